"""Gates on judges that nobody calibrated: told as advisory everywhere, and nothing asked for."""

import json

import pytest

from tests.cli.terminal import Terminal
from tests.cli.test_judge import LIKED

EVAL = """\
flow: flows/assistant
dataset: datasets/handbook.jsonl
metrics: [{METRIC: {as: liked, model: extractive}}]
gates: [{metric: liked, no_worse_than: baseline}]
"""


@pytest.fixture
def judging(library: Terminal) -> Terminal:
    """The library, whose only gate is on a judge and has no margin."""
    (library.root / "scores.py").write_text(LIKED, "utf-8")
    write(library, EVAL.replace("METRIC", '"scores.py:liked"'))
    library.ok("trust", "--yes")
    return library


def write(terminal: Terminal, text: str) -> None:
    (terminal.root / "evals/assistant.yaml").write_text(text, "utf-8")


def test_a_first_margin_of_an_advisory_gate_is_not_paid_for_and_announces_no_block(
    judging: Terminal,
) -> None:
    judging.ok("eval", "assistant")
    done = judging("baseline", "accept", "assistant")
    assert (done.code, "asking" in done.err) == (0, False), done.err
    assert len(judging.ok("runs", "list").splitlines()) == 2
    text = (judging.root / "evals/assistant.yaml").read_text("utf-8")
    assert "fails in" in text
    assert "blocked" not in text + done.out
    assert "repeats" not in text
    write(
        judging, EVAL.replace("METRIC", '"scores.py:liked"').replace("e}]", "e, tier: blocking}]")
    )
    assert "no margin yet: asking" in judging("baseline", "accept", "assistant").err


def test_power_tells_the_tier_of_a_judge_and_why(judging: Terminal) -> None:
    write(judging, EVAL.replace("METRIC", "judges/relevance") + "on_inconclusive: extend\n")
    out = " ".join(judging.ok("power", "assistant").split())
    why = "UNCALIBRATED (no labels of people yet: genaiops judge label), advisory; what is told"
    assert f"liked: {why}" in out
    (told,) = json.loads(judging.ok("power", "assistant", "--json"))["prospects"]
    assert told["tier"] == "advisory"


def test_check_wants_no_margin_of_a_judge_that_blocks_nothing(judging: Terminal) -> None:
    written = EVAL.replace("METRIC", "judges/relevance")
    write(judging, written.replace("liked, no_worse_than: baseline", "liked, at_least: 2"))
    assert judging("eval", "assistant").code == 4  # this endpoint refuses to judge
    judging.ok("baseline", "accept", "assistant", "--reason", "the first")
    write(judging, written)
    assert "no margin yet" not in judging("check").out
    write(judging, written.replace("e}]", "e, tier: blocking}]"))
    assert "no margin yet, so that it stays open" in judging("check").out


def test_check_tells_of_a_calibration_that_was_edited(judging: Terminal) -> None:
    path = judging.root / "evals/calibrations/assistant.liked.jsonl"
    path.parent.mkdir()
    path.write_text("{}\n", "utf-8")
    done = judging("check")
    told = "evals/calibrations/assistant.liked.jsonl:1:1: not a line of a calibration"
    assert (done.code, told in done.out) == (2, True), done.out


def test_early_stops_are_refused_where_only_judges_could_be_decided(judging: Terminal) -> None:
    written = EVAL.replace("METRIC", '"scores.py:liked"')
    write(judging, written.replace("no_worse_than: baseline", "at_least: 0.5"))
    done = judging("gate", "assistant", "--sequential")
    told = "those on judges that nobody calibrated are advisory): leave --sequential out"
    assert (done.code, told in " ".join(done.err.split())) == (2, True), done.err
