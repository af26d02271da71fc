"""JUnit XML: a test case a gate; of a run that was not judged, its metrics and failed cases."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from genaiops.evaluations.reports.figures import estimate_text
from genaiops.evaluations.reports.report import Report
from genaiops.gates import MetricEstimate
from genaiops.records import CaseResult, Verdict
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

Outcome = Literal["passed", "failure", "error", "skipped"]
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Test:
    """A test case, and what is told of it."""

    name: str
    outcome: Outcome
    told: str


def render_junit(report: Report) -> Iterator[str]:
    """One test suite of the evaluation."""
    counts = Counter(test.outcome for test in _tests(report))
    name = quoteattr(_clean(report.run.eval))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    yield (
        f'<testsuite name={name} tests="{counts.total()}" failures="{counts["failure"]}"'
        f' errors="{counts["error"]}" skipped="{counts["skipped"]}">\n'
    )
    for test in _tests(report):
        yield _test_case(report.run.eval, test)
    yield "</testsuite>\n</testsuites>\n"


def _tests(report: Report) -> Iterator[_Test]:
    if report.decision is not None:
        yield from map(_gate_test, report.decision.verdicts)
        return
    yield from map(_metric_test, report.estimates)
    for stored in report.results():
        if stored.result.failure is not None:
            told = f"{stored.result.failure.kind}: {stored.result.failure.message}"
            yield _Test(_case_name(stored.result), _case_outcome(stored.result), told)


def _gate_test(verdict: Verdict) -> _Test:
    """What is inconclusive is skipped, or failed where it blocks."""
    told = f"{verdict.word} ({verdict.tier}): {verdict.sentence}"
    if verdict.blocks or (verdict.word == "fail" and verdict.tier == "blocking"):
        return _Test(verdict.gate, "failure", told)
    return _Test(verdict.gate, "passed" if verdict.word == "pass" else "skipped", told)


def _metric_test(entry: MetricEstimate) -> _Test:
    """A metric passes, for nobody judges it; one without any score is skipped."""
    estimate = entry.estimate
    missing = f", {estimate.missing} missing" if estimate.missing else ""
    told = f"{estimate_text(estimate, entry.info)}, {counted(estimate.n, 'case')}{missing}"
    return _Test(entry.info.name, "skipped" if estimate.value is None else "passed", told)


def _case_name(result: CaseResult) -> str:
    return f"case {result.case_id}{f' (repeat {result.repeat + 1})' if result.repeat else ''}"


def _case_outcome(result: CaseResult) -> Outcome:
    """A failure of the product's own is one; an error is the world's."""
    match result.status:
        case "scored":
            return "failure"
        case "errored":
            return "error"
        case "skipped":
            return "skipped"


def _test_case(eval_name: str, test: _Test) -> str:
    suite, name = quoteattr(_clean(eval_name)), quoteattr(_clean(test.name))
    inside = f"<{test.outcome} message={quoteattr(_clean(test.told))}/>"
    if test.outcome == "passed":
        inside = f"<system-out>{escape(_clean(test.told))}</system-out>"
    return f"<testcase classname={suite} name={name}>{inside}</testcase>\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", printable(text))
