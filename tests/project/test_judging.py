import pytest

from genaiops.errors import InputError
from genaiops.project.accepting import accept_baseline
from genaiops.project.judging import judge_run, load_baseline, scores_of
from tests.project.build import LIBRARY
from tests.project.conftest import Opened
from tests.project.test_evaluating import evaluated

pytestmark = pytest.mark.anyio

GATED = LIBRARY["evals/assistant.yaml"].replace("        ", "") + (
    "gates:\n"
    "  - {metric: answer_f1, no_worse_than: baseline, margin: 0.5}\n"
    "  - {metric: latency, at_most: 1, quantile: 0.5}\n"
)


async def test_an_accepted_run_is_what_gates_compare_with(opened: Opened) -> None:
    text = GATED.replace("metrics: [answer_f1]", "metrics: [answer_f1, latency]")
    session = opened({"evals/assistant.yaml": text})
    with session.open_store() as store:
        run = await evaluated(session, store)
        assert load_baseline(session, "assistant") is None
        path = accept_baseline(session, scores_of(store, store.run(run.id)), None)
        assert path == session.root / "evals/baselines/assistant.jsonl"
        accepted = load_baseline(session, "evals/assistant.yaml")
        assert accepted is not None
        assert accepted.scores.run == run
        first = judge_run(session, store, run).verdicts[0]
        assert (first.word, first.baseline is not None) == ("pass", True)
        assert judge_run(session, store, run, against=run.id).verdicts[0].word == "pass"
        with pytest.raises(InputError, match="unknown run 'nope'"):
            judge_run(session, store, run, against="nope")


async def test_an_unfinished_run_is_no_baseline(opened: Opened) -> None:
    session = opened()
    with session.open_store() as store:
        run = await evaluated(session, store)
        begun = await store.begin(run)
        with pytest.raises(InputError, match="is running: wait until it is done"):
            scores_of(store, store.run(begun.id))


@pytest.mark.parametrize(
    ("asked", "told"), [(None, "run the evaluation again"), ("{}", "genaiops eval --resume {}")]
)
async def test_what_finishes_an_interrupted_run_is_told(
    opened: Opened, asked: str | None, told: str
) -> None:
    session = opened()
    with session.open_store() as store:
        run = await evaluated(session, store)
        begun = await store.begin(run, asked)
        await store.finish(begun, "interrupted")
        with pytest.raises(InputError, match=f"is interrupted: {told.format(begun.id)}"):
            scores_of(store, store.run(begun.id))
