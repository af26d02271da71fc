"""Issues are held to the fields that GitLab's documentation names for its code quality report."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from genaiops.evaluations.reports import Report, write_report
from tests.evaluations.reports.ci import DROP, decided
from tests.evaluations.reports.wild import wild_arm
from tests.hostile import HOSTILE

ISSUE = {
    "type": "object",
    "properties": {
        "description": {"type": "string"},
        "check_name": {"type": "string"},
        "fingerprint": {"type": "string", "minLength": 1},
        "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
        "location": {
            "type": "object",
            "properties": {
                "path": {"type": "string", "pattern": r"^(?!\./|/)"},
                "lines": {
                    "type": "object",
                    "properties": {"begin": {"type": "integer", "minimum": 1}},
                    "required": ["begin"],
                },
            },
            "required": ["path", "lines"],
        },
    },
    "required": ["description", "check_name", "fingerprint", "severity", "location"],
    "additionalProperties": False,
}


def issues(folder: Path, report: Report) -> list[dict[str, Any]]:
    write_report(report, folder / "r.gitlab.json")
    found = json.loads((folder / "r.gitlab.json").read_text("utf-8"))
    Draft202012Validator({"type": "array", "items": ISSUE}).validate(found)
    prints = [issue["fingerprint"] for issue in found]
    assert len(set(prints)) == len(prints)
    return found


def test_an_issue_for_each_gate_that_did_not_pass(tmp_path: Path) -> None:
    first, *others = issues(tmp_path, decided())
    assert (first["check_name"], first["severity"]) == (DROP, "blocker")
    assert first["location"] == {"path": "app/flows/a/prompts/answer.md", "lines": {"begin": 1}}
    assert [issue["severity"] for issue in others] == ["minor", "info"]


@pytest.mark.parametrize("texts", [HOSTILE[at : at + 100] for at in range(0, len(HOSTILE), 100)])
def test_issues_hold_whatever_stands_in_them(tmp_path: Path, texts: list[str]) -> None:
    report = wild_arm([f"e{text}" for text in texts]).report
    assert report is not None
    issues(tmp_path, report)
