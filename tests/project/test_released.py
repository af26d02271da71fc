"""A release answers as it did when it was created, whatever became of the project."""

import asyncio
import shutil
from dataclasses import replace

import pytest

from genaiops.errors import InputError, TrustError
from genaiops.project.indexing import build
from genaiops.project.release_home import release_home
from genaiops.project.released import Released, open_release
from genaiops.project.releasing import create_release
from genaiops.project.session import Session, open_session
from genaiops.project.wiring import Wiring
from genaiops.records import FlowRun
from genaiops.records.releases import Release
from genaiops.trust import OWN_CODE
from tests.project.conftest import Opened

QUESTION = "For how long may a book be kept?"
LOANS = "datasets/handbook/loans.md"
FLOW = """\
    inputs: {question: string}
    nodes:
      clean: {python: "nodes.py:clean", with: {text: "${inputs.question}"}}
    outputs: {answer: "${clean.output}"}
    """
CODE = "def clean(text: str) -> str:\n    return 'released'\n"


def _notes(_note: str) -> None: ...


def _created(session: Session, flow: str = "assistant") -> Release:
    async def create() -> Release:
        with session.read_store() as store:
            made = await create_release(session, store, flow, (), by="ann", on_note=_notes)
        return made.release

    return asyncio.run(create())


def _answer(session: Session, flow: str = "assistant") -> object:
    async def ask() -> FlowRun:
        async with Wiring(session, None) as wiring:
            return await (await wiring.flow(flow)).run({"question": QUESTION})

    run = asyncio.run(ask())
    assert run.outputs is not None, run.failure
    return run.outputs["answer"]


def _rebuilt(session: Session, text: str) -> None:
    (session.root / LOANS).write_text(f"# Loans\n\n{text}\n", "utf-8")
    asyncio.run(build(session, "handbook", lambda _done, _planned: None))


def _opened(session: Session, release: Release) -> Released:
    return open_release(session, release)


def test_an_older_release_answers_after_all_was_edited_and_its_index_was_pruned(
    opened: Opened,
) -> None:
    session = opened()
    release = _created(session)
    assert "three weeks" in str(_answer(session))
    for weeks in ("four", "five", "six", "seven"):
        _rebuilt(session, f"A book may be kept for {weeks} weeks.")
    version = release.indexes["handbook"][:12]
    assert not (session.root / ".genaiops/indexes/handbook" / version).exists()
    assert "seven weeks" in str(_answer(session))
    for name in ("flows", "indexes", "datasets"):
        shutil.rmtree(session.root / name)
    assert "three weeks" in str(_answer(_opened(session, release).session))


def test_what_is_opened_keeps_its_records_in_the_project(opened: Opened) -> None:
    session = opened()
    released = _opened(session, _created(session))
    assert released.session.kept == session.root
    assert released.session.root != session.root
    assert asyncio.run(released.differences()) == ()


def test_a_part_that_is_another_one_here_is_named(opened: Opened) -> None:
    session = opened()
    release = _created(session)
    other = release.model_copy(update={"parts": {**release.parts, "model extractive": "older"}})
    found = asyncio.run(replace(_opened(session, release), release=other).differences())
    assert found == ("model extractive",)


def test_a_release_is_found_by_its_id_and_stands_nowhere_at_first(opened: Opened) -> None:
    session = opened()
    release = _created(session)
    assert release_home(session).find(release.id[:5]) == release
    assert release_home(session).standing("assistant", "production") is None
    with pytest.raises(InputError, match="unknown release 'none'"):
        release_home(session).find("none")


def test_code_that_was_trusted_when_it_was_released_can_be_gone_back_to(opened: Opened) -> None:
    session = opened({"flows/code/flow.yaml": FLOW, "flows/code/nodes.py": CODE})
    session.book.trust(session.root, session.all_wants())
    release = _created(session, "code")
    (session.root / "flows/code/nodes.py").write_text(CODE.replace("released", "edited"), "utf-8")
    session = open_session(session.root)
    session.book.trust(session.root, session.all_wants())
    assert _answer(session, "code") == "edited"
    assert _answer(_opened(session, release).session, "code") == "released"
    assert _answer(session, "code") == "edited"


def test_code_that_was_trusted_once_only_is_asked_for_again(opened: Opened) -> None:
    session = opened({"flows/code/flow.yaml": FLOW, "flows/code/nodes.py": CODE})
    with pytest.raises(TrustError, match=r"nodes\.py"):
        _created(session, "code")
    session.granted.update(session.all_wants())
    release = _created(session, "code")
    with pytest.raises(TrustError, match=r"nodes\.py"):
        _answer(_opened(open_session(session.root), release).session, "code")


def test_own_code_that_is_trusted_as_it_is_edited_is_trusted_as_it_was_released(
    opened: Opened,
) -> None:
    session = opened({"flows/code/flow.yaml": FLOW, "flows/code/nodes.py": CODE})
    session.book.trust(session.root, [OWN_CODE])
    release = _created(session, "code")
    released = _opened(open_session(session.root), release)
    assert _answer(released.session, "code") == "released"
    assert OWN_CODE not in session.book.trusted(released.session.root)


def test_code_that_was_edited_on_the_opened_copy_is_put_right(opened: Opened) -> None:
    session = opened({"flows/code/flow.yaml": FLOW, "flows/code/nodes.py": CODE})
    session.book.trust(session.root, session.all_wants())
    release = _created(session, "code")
    copy = _opened(session, release).session.root / "flows/code/nodes.py"
    copy.write_text(CODE.replace("released", "planted"), "utf-8")
    assert _answer(_opened(session, release).session, "code") == "released"
    assert release_home(session).shelf.faults(release) == ()
