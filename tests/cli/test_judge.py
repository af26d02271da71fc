import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.project.build import build_project

CASES = 150
EVAL = """\
    flow: imported
    dataset: datasets/q.jsonl
    metrics:
      - recorded: {as: rated, value: "${run.outputs.rating}", range: [0, 1], direction: higher}
      - recorded: {as: graded, value: "${run.outputs.grade}", range: [1, 5], direction: higher}
    gates:
      - {metric: rated, at_least: 0.5}
    """


def is_good(place: int) -> bool:
    return place % 4 != 0


def rating(place: int) -> float:
    """What the judge says: it likes a third of the bad answers, too."""
    return 1.0 if is_good(place) or place % 12 == 0 else 0.0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A run q-1 of imported answers with the scores of a judge; only to read."""
    cases = [
        {"id": f"c{i}", "inputs": {"question": f"q{i}?"}, "tags": {"half": "ab"[i % 2]}}
        for i in range(CASES)
    ]
    answers = [
        {"id": f"c{i}", "answer": f"\x1b[31manswer {i}", "rating": rating(i), "grade": 3}
        for i in range(CASES)
    ]
    root = tmp_path_factory.mktemp("judged")
    changes: dict[str, str | bytes | None] = {
        "evals/q.yaml": EVAL,
        "evals/assistant.yaml": None,
        "datasets/q.jsonl": "".join(f"{json.dumps(case)}\n" for case in cases),
        "answers.jsonl": "".join(f"{json.dumps(answer)}\n" for answer in answers),
    }
    terminal = Terminal(build_project(root, changes))
    terminal.ok("import", "answers.jsonl", "--eval", "q")
    return terminal


def write(path: Path, *lines: Mapping[str, object]) -> str:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return str(path)


def all_labels(path: Path, **more: object) -> str:
    lines = ({"id": f"c{i}", "label": is_good(i), **more} for i in range(CASES))
    return write(path, *lines)


def forget(terminal: Terminal) -> None:
    for folder in ("calibrations", "labels"):
        for path in (terminal.root / "evals" / folder).glob("*"):
            path.unlink()


@pytest.fixture
def judged(made: Terminal) -> Terminal:
    forget(made)
    return made


def test_recorded_scores_are_compared_anywhere(tmp_path: Path) -> None:
    labels = write(
        tmp_path / "labels.jsonl",
        *(
            {"id": "ab"[i % 2] + str(i // 2), "label": i % 3 > 0, "judge": 0.1 * i}
            for i in range(9)
        ),
    )
    out = Terminal(tmp_path).ok("judge", "calibrate", "mine", "--labels", labels)
    assert out.startswith("mine: 9 answers\n")
    assert "AC1" in out
    assert "no answer has two raters" in out
    assert "balances the errors" in out
    assert not (tmp_path / "evals").exists()


def test_raters_are_set_beside_the_judge_and_slices_apart(tmp_path: Path) -> None:
    lines = [
        {"id": i, "rater": who, "label": word, "judge": "first", "topic": "xy"[i % 2]}
        for i in range(10)
        for who, word in (("ann", "first"), ("bob", "first" if i % 2 else "tie"))
    ]
    labels = write(tmp_path / "labels.jsonl", *lines)
    done = Terminal(tmp_path)("judge", "calibrate", "m", "--labels", labels, "--by", "topic")
    assert "10 answers, 20 labels; 5 without a majority set aside" in done.out
    assert "Two people say the same of an answer 50.0%" in done.out
    assert "topic x" in done.out
    found = json.loads(
        Terminal(tmp_path).ok("judge", "calibrate", "m", "--labels", labels, "--json")
    )
    assert found["split"] == 5
    assert found["raters_agreement"]["value"] == 0.5
    assert found["judge_with_one_rater"]["value"] == 0.75


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["m"], "has no column `judge`"),
        (["q:rate"], "unknown metric 'rate'; did you mean 'rated'?"),
        (["r:rated"], "unknown evaluation 'r'"),
        (["q:rated", "--by", "hal"], "unknown tag 'hal'; did you mean 'half'?"),
    ],
)
def test_what_is_not_there_is_told(
    judged: Terminal, tmp_path: Path, arguments: list[str], told: str
) -> None:
    labels = all_labels(tmp_path / "labels.jsonl")
    done = judged("judge", "calibrate", *arguments, "--labels", labels)
    assert done.code == 2
    assert told in done.err


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"id": "c999", "label": 1}, "run 'q-1' has no case 'c999'; did you mean 'c99'?"),
        ({"id": "c1", "label": 3}, "3.0 is not on the scale of rated, 0 to 1; --good NUMBER"),
        ({"id": "c1", "label": "fine"}, "'fine' is not on the scale"),
        ({"id": "c1", "label": 1, "repeat": 4}, "has no repeat 4 in run 'q-1'"),
        ({"id": "c1", "label": 1, "answer": "else"}, "the answer to 'c1' is another one"),
    ],
)
def test_labels_that_do_not_fit_the_run_are_told_with_their_line(
    judged: Terminal, tmp_path: Path, line: dict[str, object], told: str
) -> None:
    labels = write(tmp_path / "labels.jsonl", line)
    done = judged("judge", "calibrate", "q:rated", "--labels", labels)
    assert done.code == 2
    assert "labels.jsonl:1:1: " in done.err
    assert told in done.err
    assert not list((judged.root / "evals" / "calibrations").glob("*"))


def test_labels_of_all_answers_calibrate_the_gate(judged: Terminal, tmp_path: Path) -> None:
    before = judged.ok("gate", "q", "--run", "q-1")
    labels = all_labels(tmp_path / "labels.jsonl")
    done = judged("judge", "calibrate", "q:rated", "--labels", labels, "--by", "half")
    assert done.code == 0
    assert "CALIBRATED: 150 labels, AC1 0.8" in done.out
    assert "half a" in done.out
    assert "labels without `run` are taken to be of q-1, the newest run" in done.err
    assert "wrote evals/calibrations/q.rated.jsonl: commit it" in done.err
    after = judged.ok("gate", "q", "--run", "q-1")
    assert "CALIBRATED" not in before
    assert "CALIBRATED (150 labels, AC1 0.8" in after
    assert "150 of these 150 answers" in " ".join(after.split())
    assert "83.3%" in before
    assert "74.7%" in after


def test_chosen_labels_are_no_random_ones_unless_it_is_said(
    judged: Terminal, tmp_path: Path
) -> None:
    some = [{"id": f"c{i}", "label": is_good(i)} for i in range(120)]
    labels = write(tmp_path / "labels.jsonl", *some)
    said = ("judge", "calibrate", "q:rated", "--labels", labels)
    assert "UNCALIBRATED: its labels are no random sample" in judged.ok(*said)
    assert "\nCALIBRATED: 120 labels" in judged.ok(*said, "--random")


def test_a_calibration_that_was_edited_stops_the_gate(judged: Terminal, tmp_path: Path) -> None:
    judged.ok("judge", "calibrate", "q:rated", "--labels", all_labels(tmp_path / "labels.jsonl"))
    path = judged.root / "evals" / "calibrations" / "q.rated.jsonl"
    path.write_text(path.read_text("utf-8").replace('"people":[0.0]', '"people":[1.0]'), "utf-8")
    done = judged("gate", "q", "--run", "q-1")
    assert done.code == 2
    assert "evals/calibrations/q.rated.jsonl: was edited by hand" in done.err


def label(judged: Terminal, *typed: str, options: str = "-n 5"):  # noqa: ANN201  Done
    stdin = "".join(f"{line}\n" for line in typed)
    return judged("judge", "label", "q-1", "--metric", "rated", *options.split(), stdin=stdin)


def lines_of(judged: Terminal) -> list[dict[str, object]]:
    path = judged.root / "evals" / "labels" / "q.rated.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_person_labels_blind_and_goes_on_later(judged: Terminal) -> None:
    first = label(judged, "y", "n", "s", "q")
    assert first.code == 0
    assert "3 of 5 done" in first.err
    command = "genaiops judge calibrate q:rated --labels evals/labels/q.rated.jsonl"
    assert f"what to do with them: {command}\n" in first.err
    assert "answered answer:" in first.out
    assert "rating" not in first.out
    head, *entries = lines_of(judged)
    sample = head["sample"]
    assert isinstance(sample, dict)
    assert (sample["metric"], [*sample["runs"]], sample["seed"]) == ("rated", ["q-1"], 0)
    assert [entry.get("label") for entry in entries] == [1.0, 0.0, None]
    assert entries[2]["skipped"] is True
    second = label(judged, "0.5", "y")
    assert "--- 4 of 5" in second.out
    assert "all 5 done" in second.err
    assert len(lines_of(judged)) == 6
    assert "all 5 done" in label(judged).err


def test_control_characters_of_answers_are_never_shown(judged: Terminal) -> None:
    out = label(judged, "q").out
    assert "answer " in out
    assert "\x1b" not in out


def test_undo_takes_back_the_last_word(judged: Terminal) -> None:
    done = label(judged, "y", "n", "u", "y", "q")
    assert [entry["label"] for entry in lines_of(judged)[1:]] == [1.0, 1.0]
    assert done.out.count("--- 2 of 5") == 2
    forget(judged)
    assert "nothing to undo" in label(judged, "u", "q").err


def test_undo_takes_back_nothing_of_another_rater(judged: Terminal) -> None:
    label(judged, "y", "n", "q", options="--rater ann")
    label(judged, "n", "q", options="--rater bob")
    label(judged, "u", "q", options="--rater ann")
    said = [(entry["rater"], entry["label"]) for entry in lines_of(judged)[1:]]
    assert said == [("ann", 1.0), ("bob", 0.0)]


def test_what_is_no_label_is_asked_again(judged: Terminal) -> None:
    done = label(judged, "7", "perhaps", "", "y")
    assert done.err.count("is no label: rated: 0 to 1") == 2
    assert len(lines_of(judged)) == 2


def test_a_random_part_that_was_labelled_is_known_as_random(judged: Terminal) -> None:
    label(judged, *["y"] * 120, options="-n 120")
    path = judged.root / "evals" / "labels" / "q.rated.jsonl"
    for place, line in enumerate(lines_of(judged)):  # what a person would have said
        if place:
            line["label"] = is_good(int(str(line["case_id"])[1:]))
            everything = lines_of(judged)
            everything[place] = line
            path.write_text("".join(f"{json.dumps(each)}\n" for each in everything), "utf-8")
    out = judged.ok("judge", "calibrate", "q:rated", "--labels", str(path))
    assert "\nCALIBRATED: 120 labels" in out
    gate = " ".join(judged.ok("gate", "q", "--run", "q-1").split())
    assert "120 of these 150 answers are labelled" in gate


def test_answers_that_were_left_out_of_the_order_make_it_a_choice(judged: Terminal) -> None:
    label(judged, *["y"] * 110, options="-n 110")
    path = judged.root / "evals" / "labels" / "q.rated.jsonl"
    kept = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(kept[:3] + kept[5:]), "utf-8")
    out = judged.ok("judge", "calibrate", "q:rated", "--labels", str(path))
    assert "UNCALIBRATED: its labels are no random sample" in out


def test_many_skipped_answers_make_it_a_choice(judged: Terminal) -> None:
    label(judged, *["s"] * 20, *["y"] * 100, options="-n 120")
    path = judged.root / "evals" / "labels" / "q.rated.jsonl"
    out = judged.ok("judge", "calibrate", "q:rated", "--labels", str(path))
    assert "UNCALIBRATED: its labels are no random sample" in out


def test_another_rater_labels_the_same_answers(judged: Terminal) -> None:
    label(judged, "y", "y", "y", options="-n 3 --rater ann")
    label(judged, "n", "n", "n", options="-n 3 --rater bob")
    entries = lines_of(judged)[1:]
    assert [entry["case_id"] for entry in entries[:3]] == [
        entry["case_id"] for entry in entries[3:]
    ]
    out = judged.ok(
        "judge", "calibrate", "q:rated", "--labels",
        str(judged.root / "evals" / "labels" / "q.rated.jsonl"),
    )  # fmt: skip
    assert "3 answers, 6 labels" in out
    assert "Two people say the same of an answer 0.0%" in out


def test_labels_of_a_run_of_the_same_id_elsewhere_are_refused(judged: Terminal) -> None:
    label(judged, "y", "y", "q")
    path = judged.root / "evals" / "labels" / "q.rated.jsonl"
    lines = lines_of(judged)
    lines[0] = {"sample": {"metric": "rated", "runs": {"q-1": "another"}, "seed": 0}}
    write(path, *lines)
    done = judged("judge", "calibrate", "q:rated", "--labels", str(path))
    assert done.code == 2
    assert "labels another run than the q-1 that is here" in done.err
    assert "holds labels of other answers" in label(judged, "y").err


def test_a_scale_has_to_be_said_and_a_file_of_other_answers_is_refused(judged: Terminal) -> None:
    done = judged("judge", "label", "q-1")
    assert done.code == 2
    assert "say on whose scale to label: --metric NAME (rated, graded)" in done.err
    path = judged.root / "evals" / "labels" / "q.rated.jsonl"
    label(judged, "y")
    done = judged("judge", "label", "q-1", "--metric", "graded", "-o", str(path))
    assert done.code == 2
    assert "holds labels of other answers" in done.err


def test_grades_are_typed_as_numbers(judged: Terminal) -> None:
    done = judged("judge", "label", "q-1", "--metric", "graded", "-n", "2", stdin="y\n6\n4\n1\n")
    assert done.err.count("is no label: graded: 1 to 5 (higher is better)") == 2
    assert "all 2 done" in done.err


def test_labels_that_were_asked_for_another_metric_are_told(judged: Terminal) -> None:
    path = judged.root / "evals" / "labels" / "q.graded.jsonl"
    judged("judge", "label", "q-1", "--metric", "graded", "-n", "1", stdin="1\n")
    done = judged("judge", "calibrate", "q:rated", "--labels", str(path))
    assert "were asked for on the scale of graded, not of rated" in done.err


def test_passages_are_shown_with_their_documents_and_arms_are_not_told(library: Terminal) -> None:
    library.ok("eval", "assistant")
    library.ok("eval", "assistant", "--variant", "blind")
    done = library(
        "judge", "label", "assistant-1", "assistant-2", "--metric", "groundedness", stdin="y\n" * 24
    )
    assert "24 of 24 answers" in done.err
    assert "all 24 done" in done.err
    assert "  [cards.md] # Cards" in done.out
    assert "assistant-" not in done.out
    assert "blind" not in done.out
    path = library.root / "evals" / "labels" / "assistant.groundedness.jsonl"
    runs = [json.loads(line).get("run") for line in path.read_text("utf-8").splitlines()]
    assert runs.count("assistant-1") == runs.count("assistant-2") == 12


def test_a_file_without_a_label_is_told(judged: Terminal) -> None:
    label(judged, "s", "s")
    path = judged.root / "evals" / "labels" / "q.rated.jsonl"
    done = judged("judge", "calibrate", "q:rated", "--labels", str(path))
    assert done.code == 2
    assert "holds no label" in done.err


LIKED = """\
from genaiops import metric
from genaiops.protocols import Model
from genaiops.records import CompletionRequest, Message


@metric(range=(0, 1), direction="higher", binary=True)
async def liked(answer: str, model: Model) -> bool:
    asked = CompletionRequest(messages=(Message(role="user", content=answer),), question=answer)
    return bool((await model.complete(asked)).text)
"""


def test_a_judge_is_advisory_until_people_stand_behind_it(library: Terminal) -> None:
    (library.root / "scores.py").write_text(LIKED, "utf-8")
    path = library.root / "evals" / "assistant.yaml"
    rule = "{metric: liked, at_least: 0.99}"
    text = path.read_text("utf-8").replace(
        "groundedness,", '"scores.py:liked": {model: extractive},'
    )
    text = text.replace("metrics: [answer_f1,", "metrics: [answer_f1, {").replace(
        "{model: extractive}, latency]", "{model: extractive}}, latency]"
    )
    path.write_text(text.replace("gates:\n", f"gates:\n  - {rule}\n"), "utf-8")
    library.ok("trust", "--yes")
    out = " ".join(library("gate", "assistant").out.split())
    assert "(advisory) UNCALIBRATED (no labels of people yet: genaiops judge label)" in out
    path.write_text(path.read_text("utf-8").replace(rule, rule[:-1] + ", tier: blocking}"), "utf-8")
    out = " ".join(library("gate", "assistant").out.split())
    assert "UNCALIBRATED (no labels of people yet" in out
    assert "(advisory)" not in out
    done = library("judge", "label", "assistant", "-n", "2", stdin="y\ny\n")
    assert "liked: y or n" in done.err
    assert "all 2 done" in done.err
