"""A decision with every word, and a report of it that knows its files."""

from genaiops.evaluations.reports import Report
from genaiops.evaluations.reports.origin import Origin, Site
from genaiops.records import Decision, Estimate, RunScores, Unstable, Verdict, Word
from genaiops.store import StoredResult
from tests.evaluations.build import F1, RUN, result

PROMPT = Site("app/flows/a/prompts/answer.md")
DROP = "f1 no_worse_than baseline, margin 0.05"
ORIGIN = Origin(
    evaluation=Site("app/evals/e.yaml"),
    gates={DROP: Site("app/evals/e.yaml", 7), "f1 at_least 0.9": Site("app/evals/e.yaml", 8)},
    changed=(PROMPT,),
    command="genaiops gate e",
    page="https://ci.test/page.html",
    job="https://ci.test/job/1",
)
ESTIMATE = Estimate(value=0.5, low=0.4, high=0.6, n=9, level=0.9, method="gaffke")


def verdict(gate: str, word: Word, *, tier: str = "blocking", blocks: bool = False) -> Verdict:
    compared = ESTIMATE if "baseline" in gate else None
    return Verdict.model_validate(
        {
            "gate": gate,
            "metric": F1,
            "tier": tier,
            "word": word,
            "sentence": f"What {gate} says.",
            "estimate": ESTIMATE,
            "baseline": compared,
            "difference": compared,
            "blocks": blocks,
            "to_decide": "about 105 cases" if word == "inconclusive" else None,
        }
    )


def unstable_verdict(*ids: str) -> Verdict:
    """A drop that blocks, some of whose cases change between repeats."""
    found = Unstable(candidate=ids, baseline=(), worsened=len(ids))
    return verdict(DROP, "fail", blocks=True).model_copy(update={"unstable": found})


VERDICTS = (
    verdict(DROP, "fail", blocks=True),
    verdict("f1 at_least 0.9", "inconclusive"),
    verdict("f1 at_least 0.1", "pass"),
    verdict("f1 at_least 0.8", "inconclusive", tier="report"),
)


def decided(
    *verdicts: Verdict, results: tuple[StoredResult, ...] = (), reference: RunScores | None = None
) -> Report:
    decision = Decision(
        eval="e",
        word="fail",
        summary="f1 failed",
        blocked=True,
        policy="block",
        policy_sentence="policy: a failed gate blocks -> BLOCKED (f1)",
        verdicts=verdicts or VERDICTS,
        notes=("60 cases",),
        changed=("prompt flows/a/prompts/answer.md",),
    )
    kept = results or (result("a"),)
    return Report(
        RUN,
        (),
        decision,
        lambda: iter(kept),
        reference=(lambda: reference) if reference else None,
        origin=ORIGIN,
    )
