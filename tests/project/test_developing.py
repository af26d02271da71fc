from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError, GenaiopsError, SpecError, TrustError
from genaiops.evaluations.budget import Budget
from genaiops.project.developing import Bench, Look, develop
from genaiops.project.evaluating import Asked
from genaiops.project.session import open_session
from genaiops.store import Store
from tests.cli.library import write_library

pytestmark = pytest.mark.anyio
NODES = """\
def shorten(text: str) -> str:
    return text[:{most}]
"""
PYTHON_FLOW = """\
    inputs: {question: string}
    nodes:
      search: {retrieve: handbook, query: "${inputs.question}", k: 2}
      answer:
        prompt: answer.md
        model: extractive
        with: {question: "${inputs.question}", passages: "${search.passages}"}
      short: {python: "nodes.py:shorten", with: {text: "${answer.text}"}}
    outputs: {answer: "${short.output}", passages: "${search.passages}"}
    """
HERE = """\
    provider: extractive
    licence: mit
    context_window: 8000
    price: {input_usd_per_mtok: 1, output_usd_per_mtok: 2}
"""
DEAR = """\
    provider: openai
    model: m
    base_url: "http://127.0.0.1:9"
    price: {input_usd_per_mtok: 0, output_usd_per_mtok: 9000000}
"""


@dataclass
class Desk:
    """A bench over the library, and what it told."""

    root: Path
    bench: Bench
    notes: list[str] = field(default_factory=list)

    def edit(self, file: str, old: str, new: str) -> Path:
        path = self.root / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        return path

    async def look(self, file: str = "", old: str = "", new: str = "") -> Look:
        changed = [self.edit(file, old, new)] if file else []
        return await self.bench.look(changed)


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GENAIOPS_TRUST", raising=False)
    root = write_library(tmp_path / "library").root
    session, notes = open_session(root), list[str]()
    with session.open_store() as calls, Store(tmp_path / "runs.sqlite") as runs:
        bench = Bench(
            session=session,
            open_session=lambda: open_session(root),
            asked=Asked("assistant"),
            cases=5,
            folder=tmp_path,
            calls=calls,
            runs=runs,
            on_note=notes.append,
            budget=Budget(1.0),
            needs_prices=False,
        )
        yield Desk(root, bench, notes)
        await bench.aclose()


async def test_a_look_runs_the_few_cases_and_leaves_no_run_in_the_project(desk: Desk) -> None:
    look = await desk.look()
    assert (look.run.scored, look.cases_of_all, look.diff) == (5, 12, None)
    assert [entry.info.name for entry in look.estimates][:1] == ["answer_f1"]
    assert desk.notes == ["built index handbook: 4 documents, 4 passages"]
    with open_session(desk.root).open_store() as store:
        assert list(store.runs()) == []


async def test_a_look_that_would_cost_more_than_is_left_is_refused_and_the_next_may_succeed(
    desk: Desk,
) -> None:
    desk.edit("catalog.yaml", HERE, DEAR)
    session = open_session(desk.root)
    session.book.trust(session.root, session.all_wants())
    with pytest.raises(
        ExecutionError, match=r"^budget: --max-cost \$1.00 is reached, \$0.00 spent"
    ):
        await desk.look()
    look = await desk.look("catalog.yaml", DEAR, HERE)
    assert look.run.scored == 5


async def test_what_did_not_change_is_not_called_again(desk: Desk) -> None:
    first = await desk.look()
    second = await desk.look()
    assert (first.run.made_calls, second.run.made_calls, second.run.reused_calls) == (5, 0, 5)
    assert second.diff is not None
    assert (second.diff.digests, second.diff.cases) == ((), ())


@pytest.mark.parametrize(
    ("file", "old", "new", "changes"),
    [
        ("flows/assistant/flow.yaml", "k: 2", "k: 0", True),
        ("flows/assistant/answer.md", "{{ question }}", "Question: {{ question }}", False),
        ("catalog.yaml", "licence: mit", "licence: mit\n    sentences: 1", False),
    ],
)
async def test_an_edit_is_seen_and_compared_with_the_look_before(
    desk: Desk, file: str, old: str, new: str, *, changes: bool
) -> None:
    await desk.look()
    look = await desk.look(file, old, new)
    assert look.diff is not None
    assert look.diff.digests
    assert any(case.kind == "answer" for case in look.diff.cases) is changes
    assert look.run.made_calls == 5


async def test_an_edit_of_the_data_moves_none_of_the_other_cases(desk: Desk) -> None:
    first = await desk.look()
    line = '{"id": "new-1", "inputs": {"question": "New?"}, "expected": {"answer": "No."}}\n'
    path = desk.root / "datasets" / "handbook.jsonl"
    path.write_text(line + path.read_text("utf-8"), "utf-8")
    second = await desk.bench.look([path])
    kept = {s.case.id for s in first.results} & {s.case.id for s in second.results}
    assert len(kept) >= 4
    assert second.cases_of_all == 13


async def test_a_fault_is_raised_and_the_next_look_goes_on(desk: Desk) -> None:
    await desk.look()
    with pytest.raises(SpecError, match=r"flow\.yaml:\d+"):
        await desk.look("flows/assistant/flow.yaml", "k: 2", "k: [")
    assert desk.root / "flows/assistant/flow.yaml" in desk.bench.files()
    look = await desk.look("flows/assistant/flow.yaml", "k: [", "k: 2")
    assert look.run.made_calls == 0


async def test_files_to_watch_are_those_that_decide(desk: Desk) -> None:
    watched = {path.relative_to(desk.root).as_posix() for path in desk.bench.files()}
    assert watched >= {
        "genaiops.yaml", "catalog.yaml", "catalog.lock", "evals/assistant.yaml",
        "flows/assistant/flow.yaml", "flows/assistant/answer.md", "indexes/handbook.yaml",
        "datasets/handbook.jsonl", "datasets/handbook.card.yaml",
    }  # fmt: skip


async def with_code(desk: Desk) -> None:
    (desk.root / "flows/assistant/flow.yaml").write_text(PYTHON_FLOW, "utf-8")
    (desk.root / "flows/assistant/nodes.py").write_text(NODES.format(most=99), "utf-8")


async def test_code_must_be_trusted_at_first(desk: Desk) -> None:
    await with_code(desk)
    with pytest.raises(TrustError, match=r"nodes\.py"):
        await desk.look()


async def test_trusted_code_is_trusted_as_it_changes_and_new_code_is_not(desk: Desk) -> None:
    await with_code(desk)
    session = open_session(desk.root)
    used = desk.bench._used(session)
    session.book.trust(session.root, session.wants(used))
    await desk.look()
    look = await desk.look("flows/assistant/nodes.py", "99", "3")
    assert {len(str(s.result.outputs and s.result.outputs["answer"])) for s in look.results} == {3}
    (desk.root / "flows/assistant/other.py").write_text("MOST = 5\n", "utf-8")
    with pytest.raises(TrustError, match=r"other\.py"):
        await desk.look(
            "flows/assistant/nodes.py", "def", "from flows.assistant.other import MOST\n\n\ndef"
        )
    with pytest.raises(TrustError):
        open_session(desk.root).require_trust(used)
    session.book.trust(session.root, session.wants(used))
    assert (await desk.look()).run.scored == 5


class _EndError(Exception):
    pass


async def test_looking_goes_on_after_a_fault_until_it_is_ended(desk: Desk) -> None:
    edits = iter([("k: 2", "k: ["), ("k: [", "k: 0"), None])
    looks: list[Look] = []
    faults: list[GenaiopsError] = []

    async def next_change(files: Collection[Path]) -> tuple[Path, ...]:
        edit = next(edits)
        if edit is None:
            raise _EndError
        path = desk.edit("flows/assistant/flow.yaml", *edit)
        assert path in files
        return (path,)

    with pytest.raises(_EndError):
        await develop(
            desk.bench,
            on_look=lambda look, _: looks.append(look),
            on_fault=faults.append,
            next_change=next_change,
        )
    assert [look.diff is not None for look in looks] == [False, True]
    assert len(faults) == 1


async def test_a_fault_at_first_ends_it(desk: Desk) -> None:
    (desk.root / "evals" / "assistant.yaml").unlink()
    with pytest.raises(GenaiopsError):
        await develop(
            desk.bench,
            on_look=lambda _, __: None,
            on_fault=lambda _: None,
            next_change=_never,
        )


async def _never(_: Collection[Path]) -> tuple[Path, ...]:
    raise AssertionError("there is nothing to wait for")
