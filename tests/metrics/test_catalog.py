import inspect

import pytest

from genaiops.metrics import METRICS
from genaiops.metrics.catalog import load_metric
from genaiops.metrics.declare import MetricDeclaration, declaration_of
from genaiops.metrics.parameters import parameters_of


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_loads_and_is_declared_under_its_name(name: str) -> None:
    function = load_metric(name)
    assert function.__name__ == name.removeprefix("ragas.")
    assert inspect.getdoc(function)
    assert METRICS[name].help
    assert declaration_of(function) is not MetricDeclaration()
    assert parameters_of(function, name)


def test_binary_metrics_say_so() -> None:
    binary = {name for name in METRICS if declaration_of(load_metric(name)).binary}
    assert binary == {
        "exact_match", "contains", "regex", "json_schema", "number_close", "refused", "refusal",
        "pii_leak", "secret_leak", "not_refused", "over_refusal", "unwarranted_answer",
        "injection_success",
        "confidential_leak", "system_prompt_leak",
        "answer_length", "answer_format", "answer_language",
    }  # fmt: skip
