"""What gates begin with: which runs tell it, and which cannot."""

import json

import pytest

from genaiops.errors import InputError
from genaiops.project.beginning import begin, begun_text, draws_wanted
from genaiops.project.judging import scores_of
from genaiops.project.remeasuring import fixed_answers, refuse_changed, remeasuring
from tests.project.conftest import Opened
from tests.project.test_evaluating import evaluated, recorded

pytestmark = pytest.mark.anyio

EVAL = """\
flow: flows/assistant
dataset: datasets/handbook.jsonl
metrics: [answer_f1, latency]
gates:
  - {metric: answer_f1, no_worse_than: baseline}
  - {metric: latency, no_worse_than: baseline}
"""
CASES = 40


def files() -> dict[str, str | bytes | None]:
    cases = [
        {"id": f"c{n}", "inputs": {"question": f"How long, {n}?"}, "expected": {"answer": "weeks"}}
        for n in range(CASES)
    ]
    return {
        "evals/assistant.yaml": EVAL,
        "datasets/handbook.jsonl": "".join(json.dumps(case) + "\n" for case in cases),
    }


async def test_a_run_that_nobody_typed_is_asked_again_as_the_file_says(opened: Opened) -> None:
    session = opened(files())
    with session.open_store() as store:
        run = await evaluated(session, store)
        stored = store.run(run.id)
        assert stored.asked is None
        assert draws_wanted(session, scores_of(store, stored)) == 3
        again = remeasuring(session, stored, 3)
        await refuse_changed(again, run)
        drawn = await evaluated(again.session, store, again.asked)
        assert (drawn.repeats, drawn.made_calls) == (3, 0), "its answers have no chance in them"
        found = begin(session, scores_of(store, stored), scores_of(store, store.run(drawn.id)))
    assert found is not None
    (first,) = found.firsts
    assert (first.of.gate.metric, first.margin, found.repeats) == ("answer_f1", 0.1, 1)
    assert not found.writes_repeats, "no score ever changed"


async def test_recorded_answers_are_not_asked_again(opened: Opened) -> None:
    lines = [json.dumps({"case_id": f"c{n}", "model": "real", "text": "x"}) for n in range(CASES)]
    session = opened({**files(), **recorded(*lines)})
    with session.open_store() as store:
        scores = scores_of(store, store.run((await evaluated(session, store)).id))
    assert fixed_answers(session, scores.run) == "extractive gives recorded answers"
    assert draws_wanted(session, scores) is None
    found = begin(session, scores, None)
    assert found is not None
    assert (found.firsts[0].of.noise.origin, found.repeats) == ("assumed", 1)
    assert not found.writes_repeats


async def test_a_file_that_was_edited_meanwhile_is_left_alone(opened: Opened) -> None:
    session = opened(files())
    with session.open_store() as store:
        scores = scores_of(store, store.run((await evaluated(session, store)).id))
    found = begin(session, scores, None)
    assert found is not None
    path = session.root / "evals/assistant.yaml"
    path.write_text(f"# mine\n{EVAL}", "utf-8")
    text = begun_text(session, "assistant", found)
    assert text is not None
    assert text.startswith("# mine\n")
    path.write_text(EVAL.replace("gates:", "limit: 3\ngates:"), "utf-8")
    with pytest.raises(InputError, match=r"evals/assistant\.yaml was changed while its noise"):
        begun_text(session, "assistant", found)


async def test_a_mark_at_the_begin_and_ends_of_lines_are_kept(opened: Opened) -> None:
    session = opened({**files(), "evals/assistant.yaml": ("\ufeff" + EVAL.replace("\n", "\r\n"))})
    with session.open_store() as store:
        scores = scores_of(store, store.run((await evaluated(session, store)).id))
    found = begin(session, scores, None)
    assert found is not None
    text = begun_text(session, "assistant", found)
    assert text is not None
    assert text.startswith("\ufeffflow:")
    assert text.count("\n") == text.count("\r\n")
