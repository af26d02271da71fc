"""What is evidence, and what it has to say."""

import pytest

from genaiops.digests import digest
from genaiops.records import EvalRun
from genaiops.release.evidence import refusal_of, why_no_evidence
from tests.release.build import decision, release

DIGESTS = {"flow assistant": "f", "model extractive": "m", "dataset": "d"}


def _run(**fields: object) -> EvalRun:
    known = {
        "id": "assistant-1",
        "eval": "assistant",
        "digest": digest({"digests": DIGESTS, "seed": 1, "repeats": 3}),
        "digests": DIGESTS,
        "metrics": (),
        "seed": 1,
        "repeats": 3,
        "planned": 9,
        "scored": 8,
        "errored": 1,
        "version": "0",
    }
    return EvalRun.model_validate({**known, **fields})


def test_a_run_of_the_same_inputs_is_evidence() -> None:
    assert why_no_evidence(_run(), DIGESTS) is None
    assert why_no_evidence(_run(), {"flow assistant": "f"}) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"digests": {**DIGESTS, "flow assistant": "g"}}, "its digest is not that of its inputs"),
        ({"repeats": 1}, "its digest is not that of its inputs"),
        ({"seed": 2}, "its digest is not that of its inputs"),
        ({"scored": 9}, "counts of run assistant-1 do not add up"),
        ({"scored": 0, "errored": 9}, "run assistant-1 scored nothing"),
    ],
)
def test_a_run_whose_record_was_changed_is_none(changes: dict[str, object], told: str) -> None:
    assert told in (why_no_evidence(_run(**changes), DIGESTS) or "")


def test_a_run_of_something_else_is_none_and_what_differs_is_named() -> None:
    wanted = {**DIGESTS, "model extractive": "n", "index handbook": "i"}
    told = "run assistant-1 is of another model extractive, index handbook"
    assert why_no_evidence(_run(), wanted) == told


def test_every_evaluation_has_to_pass() -> None:
    asked = release(evals=("assistant", "redteam"))
    passing = {"assistant": decision("pass"), "redteam": decision("pass", "redteam")}
    assert refusal_of(asked, passing) is None
    failing = refusal_of(asked, {**passing, "redteam": decision("fail", "redteam")})
    assert failing
    assert (failing.kind, failing.sentences) == ("failed", ("redteam: it is fail",))
    lacking = refusal_of(asked, {"assistant": decision("pass")})
    assert lacking
    assert lacking.kind == "open"
    assert "redteam: no run is evidence; genaiops gate redteam" in lacking.sentences[0]


def test_what_is_open_proves_nothing_whatever_the_policy_makes_of_it() -> None:
    is_open = refusal_of(release(), {"assistant": decision("inconclusive", blocked=False)})
    assert is_open
    assert (is_open.kind, is_open.sentences) == ("open", ("assistant: it is inconclusive",))


def test_a_release_without_evaluations_is_not_proven() -> None:
    refused = refusal_of(release(evals=()), {})
    assert refused
    assert refused.sentences == (
        "no evaluation with gates is of assistant: nothing is proven of it",
    )
