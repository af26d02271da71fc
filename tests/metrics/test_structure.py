import pytest
from pydantic import JsonValue

from genaiops.metrics.structure import json_schema
from tests.metrics.building import bind

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ('{"n": 1}', 1), ({"n": 1}, 1), ('```json\n{"n": 1}\n```', 1), ('{"n": "1"}', 0), ("{}", 0),
        ('{"n": 1', 0), ("n is 1", 0), ("[" * 5000, 0),
        ('{"n": 1, "m": NaN}', 0), ('{"n": 1, "m": 1e999}', 0),
    ],
)  # fmt: skip
def test_an_answer_keeps_to_its_schema_or_not(answer: JsonValue, value: float) -> None:
    assert json_schema(answer, SCHEMA).value == value


def test_what_is_wrong_is_explained() -> None:
    assert json_schema("{}", SCHEMA).explanation == "the value: 'n' is missing"
    assert "not JSON" in (json_schema("{", SCHEMA).explanation or "")


def test_a_schema_that_is_not_understood_is_refused_when_it_is_bound() -> None:
    with pytest.raises(Exception, match="unknown keyword 'typ' in a JSON schema; did you mean"):
        bind({"json_schema": {"schema": {"typ": "object"}}})
