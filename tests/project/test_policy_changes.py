from typing import Any

import pytest

from genaiops.project.policy_changes import policy_changes, under_policy
from genaiops.specs.evaluation import EvalSpec

DROP = {"metric": "answer_f1", "no_worse_than": "baseline", "margin": 0.05}
FLOOR = {"metric": "answer_f1", "at_least": 0.7}
MAIN: dict[str, Any] = {
    "flow": "flows/a",
    "dataset": "cases.csv",
    "metrics": ["answer_f1", "latency"],
    "gates": [DROP, FLOOR],
}


def spec(**fields: Any) -> EvalSpec:
    return EvalSpec.model_validate({**MAIN, **fields})


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (
            {"gates": [{**DROP, "margin": 0.2}, FLOOR]},
            "this branch raises the margin of answer_f1 from 0.05 to 0.2: judged by main's 0.05",
        ),
        (
            {"gates": [DROP, {**FLOOR, "at_least": 0.1}]},
            "this branch lowers the at_least of answer_f1 from 0.7 to 0.1: judged by main's 0.7",
        ),
        (
            {"gates": [DROP, {**FLOOR, "tier": "report"}]},
            (
                "this branch changes the tier of answer_f1 from blocking to report: judged by "
                "main's blocking"
            ),
        ),
        (
            {"gates": [DROP, {**FLOOR, "on_inconclusive": "allow"}]},
            (
                "this branch changes the on_inconclusive of answer_f1 from none to allow: judged "
                "by main's none"
            ),
        ),
        (
            {"gates": [FLOOR]},
            (
                "this branch drops the gate answer_f1 no_worse_than baseline, margin 0.05: main's "
                "still decides"
            ),
        ),
        (
            {"gates": [DROP, FLOOR, {"metric": "latency", "at_most": 9}]},
            "this branch adds the gate latency at_most 9: it decides once it is in main",
        ),
        ({"metrics": ["answer_f1"]}, "this branch drops the metric latency: main's still counts"),
        (
            {"metrics": [{"exact_match": {"as": "answer_f1"}}, "latency"]},
            "this branch changes what the metric answer_f1 is: scored by main's",
        ),
        (
            {"metrics": ["answer_f1", "latency", "cost"]},
            "this branch adds the metric cost: it counts once it is in main",
        ),
        ({"repeats": 3}, "this branch raises the repeats from 1 to 3: judged by main's 1"),
        ({"limit": 5}, "this branch changes the limit from none to 5: judged by main's none"),
        (
            {"filter": {"topic": "easy"}},
            "this branch changes the filter from {} to {'topic': 'easy'}: judged by main's {}",
        ),
    ],
)
def test_each_change_of_policy_is_told_in_words_and_does_not_count(
    fields: dict[str, Any], told: str
) -> None:
    branch = spec(**fields)
    assert policy_changes(branch, spec(), "main") == (told,)
    assert under_policy(branch, spec()) == spec()


def test_changes_are_told_in_the_order_of_the_files() -> None:
    added = [{"exact_match": {"as": f"match {number}"}} for number in range(8)]
    told = policy_changes(spec(metrics=[*MAIN["metrics"], *added]), spec(), "main")
    assert [text.partition(":")[0] for text in told] == [
        f"this branch adds the metric match {number}" for number in range(8)
    ]


def test_what_is_judged_stays_that_of_the_branch() -> None:
    branch = spec(flow="flows/b", dataset="more.csv", model="m", inputs={"q": "${case.inputs.x}"})
    assert policy_changes(branch, spec(), "main") == ()
    assert under_policy(branch, spec()) == branch


def test_two_gates_of_one_kind_are_told_apart_by_their_order() -> None:
    two = [{"metric": "latency", "at_most": 4}, {"metric": "latency", "at_most": 9}]
    assert policy_changes(spec(gates=two[:1]), spec(gates=two), "main") == (
        "this branch drops the gate latency at_most 9: main's still decides",
    )
