"""Logs are held to what SARIF 2.1.0 demands of the objects that are used here.

The schema below is written for this test from the text of the standard (OASIS, SARIF Version 2.1.0,
sections 3.13 to 3.52); its own schema may not be copied.
"""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from genaiops.evaluations.reports import Report
from genaiops.evaluations.reports.sarif import render_sarif
from tests.evaluations.reports.ci import DROP, decided, verdict
from tests.evaluations.reports.wild import wild_arm
from tests.hostile import HOSTILE


def an_object(required: str = "", **fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": required.split(),
        "additionalProperties": False,
    }


def a_list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


TEXT = {"type": "string"}
INDEX = {"type": "integer", "minimum": 0}
MESSAGE = an_object("text", text=TEXT)
LOCATION = {
    "id": INDEX,
    "message": MESSAGE,
    "physicalLocation": an_object(
        "artifactLocation",
        artifactLocation=an_object("uri", uri={"type": "string", "pattern": r"^[^\s<>\[\]\\]*$"}),
        region=an_object("startLine", startLine={"type": "integer", "minimum": 1}),
    ),
}
RULE = an_object("id", id=TEXT, shortDescription=MESSAGE)
RESULT = an_object(
    "message",
    ruleId=TEXT,
    ruleIndex=INDEX,
    level={"enum": ["none", "note", "warning", "error"]},
    message=MESSAGE,
    locations=a_list(an_object("", **LOCATION)),
    relatedLocations={**a_list(an_object("", **LOCATION)), "uniqueItems": True},
    partialFingerprints={"type": "object", "additionalProperties": TEXT},
)
RUN = an_object(
    "tool",
    tool=an_object("driver", driver=an_object("name", name=TEXT, version=TEXT, rules=a_list(RULE))),
    automationDetails=an_object("", id=TEXT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=a_list(RESULT),
)
LOG = an_object(
    "version runs", **{"$schema": TEXT, "version": {"const": "2.1.0"}, "runs": a_list(RUN)}
)


def log_of(report: Report) -> dict[str, Any]:
    log = json.loads("".join(render_sarif(report)))
    Draft202012Validator(LOG).validate(log)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    assert [rules[each["ruleIndex"]] for each in run["results"]] == [
        each["ruleId"] for each in run["results"]
    ]
    return run


def test_a_log_has_a_rule_and_a_result_for_each_gate_that_did_not_pass() -> None:
    run = log_of(decided())
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        (DROP, "error"),
        ("f1 at_least 0.9", "warning"),
        ("f1 at_least 0.8", "note"),
    ]
    place, gate = run["results"][0]["locations"], run["results"][0]["relatedLocations"]
    assert (
        place[0]["physicalLocation"]["artifactLocation"]["uri"] == "app/flows/a/prompts/answer.md"
    )
    assert gate[0]["physicalLocation"]["region"]["startLine"] == 7
    assert run["automationDetails"]["id"] == "genaiops/e/"


def test_where_every_gate_passed_the_log_is_empty() -> None:
    assert log_of(decided(verdict("f1 at_least 0.1", "pass")))["results"] == []


def test_a_message_makes_no_link() -> None:
    run = log_of(decided(verdict("[click](http://evil.test)", "fail")))
    text = run["results"][0]["message"]["text"]
    assert "\\[click\\](http://evil.test)" in text


@pytest.mark.parametrize("texts", [HOSTILE[at : at + 100] for at in range(0, len(HOSTILE), 100)])
def test_a_log_holds_whatever_stands_in_it(texts: list[str]) -> None:
    report = wild_arm(texts).report
    assert report is not None
    log_of(report)
