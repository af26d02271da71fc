import pytest

from genaiops.errors import InputError
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.lock import read_lock
from genaiops.project.overrides import FlowOverrides, Overrides
from genaiops.project.selecting import check_selection, gather_evidence, resolve_selection
from genaiops.project.session import Session, open_session
from genaiops.store import Store
from tests.project.build import LIBRARY
from tests.project.conftest import Opened

pytestmark = pytest.mark.anyio

CATALOG = """\
    models:
      extractive: {provider: extractive}
      spare: {provider: extractive}
      wordy: {provider: extractive, sentences: 3}
    selections:
      best: {prefer: best_quality, evidence: evals/assistant.yaml}
      cheap: {prefer: cheapest_passing, evidence: evals/assistant.yaml}
      odd: {prefer: best_quality, evidence: evals/assistant.yaml, quality: answr}
    """
GATES = "\ngates:\n  - {metric: answer_f1, at_least: 0.99}\n"


async def evaluate(session: Session, store: Store, *models: str) -> None:
    for model in models:
        await run_evaluation(
            session, store, Asked("assistant", Overrides(FlowOverrides(model=model))),
            on_note=lambda _: None,
        )  # fmt: skip


async def test_the_newest_run_of_each_model_is_its_evidence(opened: Opened) -> None:
    session = opened({"catalog.yaml": CATALOG})
    spec = session.project.catalog.spec.selections["best"]
    with session.open_store() as store:
        await evaluate(session, store, "extractive", "spare", "extractive")
        found = gather_evidence(session, store, spec)
        newest = store.run("last").run.digest
    assert set(found) == {"extractive", "spare"}
    assert found["extractive"].run_digest == newest
    assert (found["extractive"].usd_per_1k_cases, found["extractive"].passes) == (0, True)


async def test_a_choice_is_locked_and_holds_until_something_changes(opened: Opened) -> None:
    session = opened({"catalog.yaml": CATALOG})
    with session.open_store() as store:
        assert resolve_selection(session, store, "cheap").model is None
        assert read_lock(session.root).models == {}
        await evaluate(session, store, "extractive", "spare")
        choice = resolve_selection(session, store, "cheap")
        assert choice.model == "extractive"
        again = open_session(session.root)
        assert again.lock.models == {"cheap": "extractive"}
        assert check_selection(again, store, "cheap") is None
        problem = check_selection(again, store, "best")
    assert problem == "selection 'best' is not resolved: genaiops select best"


async def test_one_selection_leaves_the_others_as_they_are(opened: Opened) -> None:
    session = opened({"catalog.yaml": CATALOG})
    with session.open_store() as store:
        await evaluate(session, store, "extractive")
        resolve_selection(session, store, "cheap")
        resolve_selection(open_session(session.root), store, "best")
    assert set(read_lock(session.root).models) == {"best", "cheap"}


async def test_a_model_that_passes_no_gate_is_not_cheapest_passing(opened: Opened) -> None:
    text = LIBRARY["evals/assistant.yaml"].replace("        ", "") + GATES
    session = opened({"catalog.yaml": CATALOG, "evals/assistant.yaml": text})
    with session.open_store() as store:
        await evaluate(session, store, "extractive")
        choice = resolve_selection(session, store, "cheap")
    excluded = {candidate.model: candidate.excluded for candidate in choice.candidates}
    assert choice.model is None
    assert (excluded["extractive"] or "").startswith("gates not passed: answer_f1")


async def test_wrong_words_are_told(opened: Opened) -> None:
    session = opened({"catalog.yaml": CATALOG})
    with session.open_store() as store:
        await evaluate(session, store, "extractive")
        with pytest.raises(InputError, match="unknown selection 'chep'; did you mean 'cheap'"):
            resolve_selection(session, store, "chep")
        with pytest.raises(InputError, match="unknown metric 'answr'; did you mean 'answer_f1'"):
            resolve_selection(session, store, "odd")
