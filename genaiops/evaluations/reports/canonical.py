"""The canonical JSON report: equal inputs and recorded calls give equal bytes.

What tells of one execution only (its number, times, commit, how many calls were reused) is left
out, and so are the wall-clock seconds of nodes.
"""

from collections.abc import Iterator

from genaiops.digests import canonical_json
from genaiops.evaluations.reports.report import Report
from genaiops.store import StoredResult
from genaiops.text.json_text import escaped

FORMAT = 1
_OF_THIS_EXECUTION = {
    "id", "started_at", "seconds", "git_commit", "made_calls", "reused_calls",
}  # fmt: skip


def render_json(report: Report) -> Iterator[str]:
    """The report in pieces of text; a case a line, so that large reports can be streamed."""
    head = {
        "format": FORMAT,
        "run": report.run.model_dump(mode="json", exclude=_OF_THIS_EXECUTION),
        "estimates": [
            {
                "metric": entry.info.name,
                **entry.estimate.model_dump(mode="json"),
                "slices": [
                    {"tag": part.slice, "of": part.value, **part.estimate.model_dump(mode="json")}
                    for part in entry.slices
                ],
            }
            for entry in report.estimates
        ],
        "decision": report.decision.model_dump(mode="json") if report.decision else None,
    }
    yield escaped(canonical_json(head))[:-1] + ',"results":[\n'
    separator = ""
    for stored in report.results():
        yield separator + escaped(canonical_json(_line(stored)))
        separator = ",\n"
    yield "\n]}\n"


def render_jsonl(report: Report) -> Iterator[str]:
    """The results alone, one a line."""
    for stored in report.results():
        yield escaped(canonical_json(_line(stored))) + "\n"


def _line(stored: StoredResult) -> dict[str, object]:
    case, result = stored.case, stored.result
    return {
        "case": case.model_dump(mode="json"),
        **result.model_dump(mode="json", exclude={"case_id"}),
    }
