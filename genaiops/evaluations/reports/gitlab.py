"""GitLab's code quality report: an issue for each gate that did not pass.

Source: GitLab documentation, Code Quality, "Code Quality report format".
"""

import json
from collections.abc import Iterator

from genaiops.evaluations.reports.annotations import Annotation, Level, annotations_of
from genaiops.evaluations.reports.report import Report
from genaiops.text.json_text import escaped

_SEVERITIES: dict[Level, str] = {"error": "blocker", "warning": "minor", "notice": "info"}


def render_gitlab(report: Report) -> Iterator[str]:
    """The list of issues, with paths from the root of the repository."""
    issues = [_issue(each, report.run.eval) for each in annotations_of(report)]
    yield escaped(json.dumps(issues, ensure_ascii=False, indent=2)) + "\n"


def _issue(found: Annotation, evaluation: str) -> dict[str, object]:
    return {
        "description": found.message,
        "check_name": found.rule,
        "fingerprint": found.fingerprint(evaluation),
        "severity": _SEVERITIES[found.level],
        "location": {"path": found.site.path, "lines": {"begin": found.site.line}},
    }
