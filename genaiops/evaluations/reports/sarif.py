"""SARIF 2.1.0, for code scanning: a rule and a result for each gate that did not pass.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from genaiops.evaluations.reports.annotations import Annotation, Level, annotations_of
from genaiops.evaluations.reports.origin import Site
from genaiops.evaluations.reports.report import Report
from genaiops.text.json_text import escaped

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: dict[Level, str] = {"error": "error", "warning": "warning", "notice": "note"}
_LINK = re.compile(r"([\\\[\]])")


def render_sarif(report: Report) -> Iterator[str]:
    """The log, with paths from the root of the repository."""
    found = annotations_of(report)
    driver = {
        "name": "genaiops",
        "version": report.run.version,
        "rules": [{"id": each.rule, "shortDescription": {"text": each.rule}} for each in found],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"genaiops/{report.run.eval}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, place, report.run.eval) for place, each in enumerate(found)],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    yield escaped(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _result(found: Annotation, rule: int, evaluation: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": found.rule,
        "ruleIndex": rule,
        "level": _LEVELS[found.level],
        "message": {"text": _plain(found.message)},
        "locations": [_location(found.site)],
        "partialFingerprints": {"gate/v1": found.fingerprint(evaluation)},
    }
    if found.also is not None:
        result["relatedLocations"] = [
            {"id": 1, **_location(found.also), "message": {"text": "the gate"}}
        ]
    return result


def _location(site: Site) -> dict[str, object]:
    place = {"artifactLocation": {"uri": quote(site.path)}, "region": {"startLine": site.line}}
    return {"physicalLocation": place}


def _plain(text: str) -> str:
    """A message that makes no link: section 3.11.6 reads `[text](place)` as one."""
    return _LINK.sub(r"\\\1", text)
