"""Files are held to what Jenkins reads: the elements and attributes of its xunit plugin's JUnit 10.

The rules below are written for this test; source: jenkinsci/xunit-plugin, junit-10.xsd.
"""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from genaiops.evaluations.reports import Report, write_report
from tests.evaluations.build import result
from tests.evaluations.reports.ci import DROP, decided, unstable_verdict
from tests.evaluations.reports.wild import wild_arm
from tests.hostile import HOSTILE

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
}
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "id"},
    "testcase": {"name", "time", "classname", "group"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
}
REQUIRED = {"testsuite": {"name", "tests", "failures", "errors"}, "testcase": {"name"}}


def suite_of(folder: Path, report: Report) -> ET.Element:
    write_report(report, folder / "r.junit.xml")
    root = ET.parse(folder / "r.junit.xml").getroot()  # noqa: S314  we wrote it
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
        assert element.attrib.keys() <= ATTRIBUTES.get(element.tag, set())
        assert REQUIRED.get(element.tag, set()) <= element.attrib.keys()
    (suite,) = root
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[count]) == len(suite.findall(f"testcase/{tag}"))
    assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
    return suite


def test_what_blocks_fails_and_says_where_to_look(tmp_path: Path) -> None:
    suite = suite_of(tmp_path, decided())
    (failure,) = suite.findall("testcase/failure")
    told = f"fail (blocking): What {DROP} says."
    assert (failure.attrib, failure.text) == (
        {"type": "fail", "message": told},
        f"app/flows/a/prompts/answer.md:1\n{told}",
    )
    assert len(suite.findall("testcase/skipped")) == 2
    assert len(suite.findall("testcase/system-out")) == 1


def test_a_gate_tells_which_cases_change_between_repeats(tmp_path: Path) -> None:
    (failure,) = suite_of(tmp_path, decided(unstable_verdict("a"))).findall("testcase/failure")
    told = "unstable: 1 of 9 cases change between repeats, 0 in the baseline: a"
    assert failure.attrib["message"].endswith(told)


def test_a_failed_case_has_the_kind_of_its_failure(tmp_path: Path) -> None:
    report = decided(results=(result("a", kind="timeout"),))
    unjudged = Report(report.run, (), None, report.results)
    (failure,) = suite_of(tmp_path, unjudged).findall("testcase/failure")
    assert failure.attrib["type"] == "timeout"


@pytest.mark.parametrize("texts", [HOSTILE[at : at + 100] for at in range(0, len(HOSTILE), 100)])
def test_a_suite_holds_whatever_stands_in_it(tmp_path: Path, texts: list[str]) -> None:
    report = wild_arm(texts).report
    assert report is not None
    suite_of(tmp_path, report)
