"""JUnit XML: a test case a gate; what is inconclusive is skipped, or failed where it blocks."""

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from genaiops.evaluations.reports.printable import printable
from genaiops.evaluations.reports.report import Report
from genaiops.records import Verdict

_NOT_XML = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report) -> Iterator[str]:
    """One test suite of the evaluation's gates; without gates it is empty."""
    verdicts = report.decision.verdicts if report.decision else ()
    failed = sum(_outcome(verdict) == "failure" for verdict in verdicts)
    skipped = sum(_outcome(verdict) == "skipped" for verdict in verdicts)
    name = quoteattr(_clean(report.run.eval))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n'
    yield (
        f'<testsuite name={name} tests="{len(verdicts)}" failures="{failed}"'
        f' errors="0" skipped="{skipped}">\n'
    )
    for verdict in verdicts:
        yield _test_case(report.run.eval, verdict)
    yield "</testsuite>\n</testsuites>\n"


def _outcome(verdict: Verdict) -> str:
    if verdict.blocks or (verdict.word == "fail" and verdict.tier == "blocking"):
        return "failure"
    return "passed" if verdict.word == "pass" else "skipped"


def _test_case(eval_name: str, verdict: Verdict) -> str:
    suite, name = quoteattr(_clean(eval_name)), quoteattr(_clean(verdict.gate))
    told = f"{verdict.word} ({verdict.tier}): {verdict.sentence}"
    outcome = _outcome(verdict)
    inside = {
        "passed": f"<system-out>{escape(_clean(told))}</system-out>",
        "failure": f"<failure message={quoteattr(_clean(told))}/>",
        "skipped": f"<skipped message={quoteattr(_clean(told))}/>",
    }[outcome]
    return f"<testcase classname={suite} name={name}>{inside}</testcase>\n"


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", printable(text))
