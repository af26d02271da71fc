"""JUnit XML: a test case a gate; of a run that was not judged, its metrics and failed cases."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from genaiops.evaluations.reports.figures import estimate_text
from genaiops.evaluations.reports.origin import Origin
from genaiops.evaluations.reports.report import Report
from genaiops.evaluations.reports.unstable import unstable_text
from genaiops.gates import MetricEstimate
from genaiops.records import CaseResult, Verdict
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

Outcome = Literal["passed", "failure", "error", "skipped"]
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Test:
    """A test case, and what is told of it; `kind` is why it did not pass, `place` where to look."""

    name: str
    outcome: Outcome
    told: str
    kind: str = ""
    place: str = ""


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
        yield from (_gate_test(verdict, report.origin) for verdict in report.decision.verdicts)
        return
    yield from map(_metric_test, report.estimates)
    for stored in report.results():
        if stored.result.failure is not None:
            told = f"{stored.result.failure.kind}: {stored.result.failure.message}"
            kind = stored.result.failure.kind
            yield _Test(_case_name(stored.result), _case_outcome(stored.result), told, kind)


def _gate_test(verdict: Verdict, origin: Origin | None) -> _Test:
    """What is inconclusive is skipped, or failed where it blocks."""
    told = f"{verdict.word} ({verdict.tier}): {verdict.sentence}"
    if unstable := unstable_text(verdict):
        told += f" {unstable}"
    if verdict.blocks:
        site = origin.fault(verdict) if origin is not None else None
        place = f"{site.path}:{site.line}" if site is not None else ""
        return _Test(verdict.gate, "failure", told, verdict.word, place)
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
    told = _clean(test.told)
    if test.outcome == "passed":
        inside = f"<system-out>{escape(told)}</system-out>"
    elif test.outcome == "skipped":
        inside = f"<skipped message={quoteattr(told)}/>"
    else:
        body = escape(_clean(f"{test.place}\n{test.told}".strip()))
        kind = quoteattr(_clean(test.kind))
        inside = f"<{test.outcome} type={kind} message={quoteattr(told)}>{body}</{test.outcome}>"
    return f"<testcase classname={suite} name={name}>{inside}</testcase>\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", printable(text))
