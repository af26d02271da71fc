from genaiops.evaluations.reports.terminal.summary import failures_text
from genaiops.records import Case, CaseResult, Failure, Score
from genaiops.store import StoredResult


def unpriced(case_id: str) -> StoredResult:
    scores = {"right": Score(value=1), "cost": Score(reason="no price is known")}
    result = CaseResult(case_id=case_id, status="scored", scores=scores)
    return StoredResult(Case(id=case_id, inputs={}), result, ())


def late(case_id: str, message: str) -> StoredResult:
    failure = Failure(kind="timeout", message=message)
    result = CaseResult(case_id=case_id, status="scored", failure=failure)
    return StoredResult(Case(id=case_id, inputs={}), result, ())


def test_what_cases_have_in_common_is_told_once() -> None:
    assert failures_text([unpriced("a"), unpriced("b"), unpriced("c")]).splitlines() == [
        "  3 x cost missing",
        "    a and 2 more: cost: no price is known",
    ]


def test_each_kind_has_an_example_however_late_it_comes() -> None:
    results = [
        *(unpriced(str(n)) for n in range(9)),
        late("x", "after 3 s"),
        late("y", "after 4 s"),
    ]
    told = failures_text(results, most=1).splitlines()
    assert told == [
        "  9 x cost missing",
        "  2 x failed: timeout",
        "    0 and 8 more: cost: no price is known",
        "    x: after 3 s",
    ]


def test_a_result_that_went_well_is_not_told() -> None:
    well = CaseResult(case_id="a", status="scored", scores={"right": Score(value=0)})
    assert failures_text([StoredResult(Case(id="a", inputs={}), well, ())]) == ""
