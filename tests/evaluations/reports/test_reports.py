import csv
import io
import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.evaluations.reports import Report, check_suffix, write_report
from genaiops.evaluations.scores import run_scores
from genaiops.gates import decide, estimate_run
from genaiops.records import Usage
from genaiops.specs.evaluation import GateSpec
from genaiops.store import StoredResult
from tests.evaluations.build import RUN, result

HOSTILE = '=1+1 <b>|`x`\x1b[31m\u202e & "q"'


def report(*results: StoredResult) -> Report:
    scores = run_scores(RUN, results)
    gates = [GateSpec(metric="f1", at_least=0.5), GateSpec(metric="f1", at_least=0.0)]
    decision = decide(gates, scores, policy="allow")
    return Report(RUN, estimate_run(scores), decision, lambda: iter(results))


def written(folder: Path, name: str, *results: StoredResult) -> str:
    write_report(report(*results), folder / name)
    return (folder / name).read_text("utf-8")


def test_json_holds_run_estimates_decision_and_results(tmp_path: Path) -> None:
    read = json.loads(written(tmp_path, "r.json", result("a"), result("b", None)))
    assert read["run"]["digest"] == RUN.digest
    assert [line["case"]["id"] for line in read["results"]] == ["a", "b"]
    assert read["estimates"][0]["missing"] == 1
    assert not {"id", "started_at", "seconds", "git_commit"} & read["run"].keys()


def test_jsonl_has_a_line_for_each_result(tmp_path: Path) -> None:
    lines = written(tmp_path, "r.jsonl", result("a"), result("b")).splitlines()
    assert [json.loads(line)["case"]["id"] for line in lines] == ["a", "b"]


def test_a_csv_cell_never_begins_a_formula(tmp_path: Path) -> None:
    text = written(tmp_path, "r.csv", result("=cmd", answer="@x"), result("-b", answer="+1"))
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows] == ["case", "'=cmd", "'-b"]
    assert [row[5] for row in rows[1:]] == ["'@x", "'+1"]


@pytest.mark.parametrize(("cost_usd", "told"), [(0.25, "0.25"), (None, "")])
def test_a_row_tells_what_its_case_took(tmp_path: Path, cost_usd: float | None, told: str) -> None:
    usage = Usage(input_tokens=7, output_tokens=3, cost_usd=cost_usd)
    paid = result("a")
    paid = replace(paid, result=paid.result.model_copy(update={"usage": usage}))
    (row,) = csv.DictReader(io.StringIO(written(tmp_path, "r.csv", paid)))
    assert (row["input_tokens"], row["output_tokens"], row["cost_usd"]) == ("7", "3", told)


def test_junit_is_xml_whatever_is_in_it(tmp_path: Path) -> None:
    run = RUN.model_copy(update={"eval": HOSTILE})
    hostile = report(result("a", 0.0))
    write_report(
        Report(run, hostile.estimates, hostile.decision, hostile.results), tmp_path / "r.junit.xml"
    )
    suite = ET.parse(tmp_path / "r.junit.xml").getroot()[0]  # noqa: S314  written by us just now
    assert suite.attrib["tests"] == "2"
    assert len(suite.findall("testcase/skipped")) == 1
    assert len(suite.findall("testcase/system-out")) == 1


def test_junit_of_an_evaluation_that_was_not_judged_lists_metrics_and_failed_cases(
    tmp_path: Path,
) -> None:
    results = [
        result("fine"),
        result("slow", 0.0, kind="timeout"),
        result("cut", None, status="errored", kind="rate_limit"),
        result("left", None, status="skipped", kind="template"),
    ]
    judged = report(*results)
    write_report(replace(judged, decision=None), tmp_path / "r.junit.xml")
    suite = ET.parse(tmp_path / "r.junit.xml").getroot()[0]  # noqa: S314  written by us just now
    counts = {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    told = {case.attrib["name"]: case[0] for case in suite}
    assert {name: inside.tag for name, inside in told.items()} == {
        "f1": "system-out", "case slow": "failure", "case cut": "error", "case left": "skipped",
    }  # fmt: skip
    assert (told["f1"].text or "").startswith("25.0% [")
    assert (told["f1"].text or "").endswith(", 4 cases, 2 missing")
    assert told["case cut"].attrib["message"] == "rate_limit: told"


def test_junit_names_the_repeat_of_a_failed_case_and_skips_a_metric_without_a_score(
    tmp_path: Path,
) -> None:
    failed = result("a", None, status="errored", kind="server")
    again = replace(failed, result=failed.result.model_copy(update={"repeat": 1}))
    run = RUN.model_copy(update={"repeats": 2})
    nothing = estimate_run(run_scores(run, []))
    told = Report(run, nothing, None, lambda: iter([failed, again]))
    write_report(told, tmp_path / "r.junit.xml")
    suite = ET.parse(tmp_path / "r.junit.xml").getroot()[0]  # noqa: S314  written by us just now
    assert [(case.attrib["name"], case[0].tag) for case in suite] == [
        ("f1", "skipped"), ("case a", "error"), ("case a (repeat 2)", "error"),
    ]  # fmt: skip


def test_markdown_keeps_text_as_text(tmp_path: Path) -> None:
    failed = result(f"a{HOSTILE}", kind="length")
    text = written(tmp_path, "r.md", failed)
    assert "`` a=1+1 <b>|`x` &" in text
    assert "## 1 case failed" in text


def test_an_unknown_suffix_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"-o r\.pdf: the suffix must be one of \.json"):
        check_suffix("r.pdf")


def test_a_report_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExecutionError, match="cannot be written"):
        write_report(report(result("a")), tmp_path / "file/r.json")
