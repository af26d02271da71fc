"""The whole page: its frame, its top, and its division into files."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError
from genaiops.evaluations.reports import ArmReport, Report, write_page, write_report
from genaiops.evaluations.reports.html import render_page
from genaiops.evaluations.reports.html.page import MAX_PAGE_BYTES
from genaiops.evaluations.scores import run_scores
from genaiops.gates import decide, estimate_run
from genaiops.specs.evaluation import GateSpec
from genaiops.store import StoredResult
from tests.evaluations.build import RUN, result
from tests.evaluations.reports.ci import decided, unstable_verdict
from tests.evaluations.reports.wild import wild_comparison

STYLE = Path(render_page.__code__.co_filename).with_name("style.css").read_text("utf-8")


def report(*results: StoredResult, gates: bool = False) -> Report:
    scores = run_scores(RUN, results)
    said = [GateSpec(metric="f1", at_least=0.5)] if gates else []
    decision = decide(said, scores, policy="block") if gates else None
    return Report(RUN, estimate_run(scores), decision, lambda: iter(results))


def page(*arms: ArmReport) -> str:
    return "".join(render_page(arms, None))


def test_the_style_is_allowed_by_its_hash_and_nothing_else_is() -> None:
    text = page(ArmReport("a", report(result("c"))))
    (sheet,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', text)
    digest = b64encode(sha256(sheet.encode()).digest()).decode()
    assert policy.split("; ") == [
        "default-src &#39;none&#39;",
        f"style-src &#39;sha256-{digest}&#39;",
        "img-src data:",
        "base-uri &#39;none&#39;",
        "form-action &#39;none&#39;",
    ]
    assert not re.search(r"<script|\sstyle=|\son\w+=|https?://|url\(", text)


def test_a_judged_run_begins_with_the_verdict() -> None:
    text = page(ArmReport("a", report(result("c", 1.0), gates=True)))
    assert "? INCONCLUSIVE" in text
    assert "f1 at_least 0.5" in text
    assert "To decide: " in text


def test_a_gate_tells_which_cases_change_between_repeats() -> None:
    text = page(ArmReport("a", decided(unstable_verdict("torn"))))
    assert "Unstable: 1 of 9 cases change between repeats, 0 in the baseline: torn." in text


def test_a_run_without_gates_begins_with_its_first_score() -> None:
    assert '<p class="lead">f1: 100.0% [' in page(ArmReport("a", report(result("c", 1.0))))


def test_a_comparison_begins_with_its_sentence_and_shows_pairs_plots_and_failed_arms() -> None:
    labels = ["a", "b", "c"]
    arms = [ArmReport("a", report(result("x"))), ArmReport("b", report(result("x")))]
    arms.append(ArmReport("c", None, "c"))
    text = "".join(render_page(arms, wild_comparison(labels)))
    assert '<p class="lead">a</p>' in text
    assert text.count('class="dot"') == 2
    assert "✗ failed: c" in text
    assert "b − a" in text
    assert "proven worse" in text
    assert "is proven best" in text


def test_many_pairs_are_folded() -> None:
    labels = [f"m{n}" for n in range(7)]
    text = "".join(render_page([ArmReport(each, None) for each in labels], wild_comparison(labels)))
    assert "<summary>Pairs: 6 comparisons of two arms</summary>" in text


def test_a_comparison_of_scores_alone_names_cases_and_has_no_answers() -> None:
    labels = ["a", "b"]
    text = "".join(render_page([ArmReport(each, None) for each in labels], wild_comparison(labels)))
    assert "Cases on which every arm does badly" in text
    assert 'id="cases"' not in text
    assert "Skip to the cases" not in text


def test_arms_of_one_name_are_told_apart() -> None:
    text = page(ArmReport("a", report(result("c"))), ArmReport("a", report(result("c"))))
    assert "<h4>a (2)</h4>" in text


def test_equal_results_give_equal_bytes() -> None:
    arms = [ArmReport("a", report(result("c", 0.3), result("d", None)))]
    assert page(*arms) == page(*arms)


def test_a_large_evaluation_goes_on_in_files_beside_it(tmp_path: Path) -> None:
    answer = "a word and one more " * 900
    arm = ArmReport("a", report(*(result(f"c{n}", 1 - n / 400, answer=answer) for n in range(400))))
    paths = write_page([arm], None, tmp_path / "out.html")
    assert [path.name for path in paths] == ["out.html", "out.2.html", "out.3.html"]
    texts = [path.read_text("utf-8") for path in paths]
    assert all(path.stat().st_size <= MAX_PAGE_BYTES for path in paths)
    found = [name for text in texts for name in re.findall(r"<h3>(c\d+)</h3>", text)]
    assert found == [f"c{n}" for n in reversed(range(400))]
    assert all('href="./out.2.html#cases"' in text for text in texts)
    assert '<a href="./out.2.html#cases" aria-current="page">2</a>' in texts[1]
    here = texts[0].count('<details class="case')
    assert f'<a href="#all">all <span class="count">{here} of 400 here</span></a>' in texts[0]
    assert "Scores over all cases" not in texts[1]


def test_a_case_that_is_over_a_page_alone_has_one_of_its_own(tmp_path: Path) -> None:
    outputs = {f"field {n}": "x " * 9_000 for n in range(200)}
    large = result("large", 0.0)
    large = StoredResult(large.case, large.result.model_copy(update={"outputs": outputs}), ())
    paths = write_page([ArmReport("a", report(large, result("small")))], None, tmp_path / "o.html")
    assert len(paths) == 2


def test_a_report_as_html_is_the_page(tmp_path: Path) -> None:
    assert write_report(report(result("c")), tmp_path / "OUT.HTML") == (tmp_path / "OUT.HTML",)
    assert (tmp_path / "OUT.HTML").read_text("utf-8").startswith("<!doctype html>")


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExecutionError, match="cannot be written"):
        write_page([ArmReport("a", report(result("c")))], None, tmp_path / "file/out.html")


def luminance(color: str) -> float:
    full = color if len(color) == 7 else "#" + "".join(2 * digit for digit in color[1:])
    parts = [int(full[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_a_contrast_of_four_and_a_half(scheme: int) -> None:
    block = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)[scheme]
    colors = dict(re.findall(r"--(\w+): (#\w+);", block))
    pairs = [
        (ink, ground)
        for ink in ("text", "quiet", "link", "good", "bad", "open")
        for ground in ("page", "soft")
    ]
    pairs += [("text", ground) for ground in ("ins", "del", "mark")]
    for ink, ground in pairs:
        light, dark = sorted((luminance(colors[ink]), luminance(colors[ground])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground)
