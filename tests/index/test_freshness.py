from datetime import timedelta

import pytest

from genaiops.errors import InputError
from genaiops.index import Changes
from tests.fakes import HashEmbedder
from tests.index.project import Project

pytestmark = pytest.mark.anyio


def refusal(project: Project) -> str:
    with pytest.raises(InputError) as caught:
        project.open()
    return str(caught.value)


async def test_an_index_that_was_just_built_is_fresh(project: Project) -> None:
    await project.build()
    status = project.status()
    assert (status.state, status.problems, status.changes) == ("fresh", (), Changes())
    assert project.open().warnings == ()


def test_an_index_that_was_never_built_says_how_to(project: Project) -> None:
    assert project.status().state == "never_built"
    assert refusal(project) == "index 'docs' was never built: genaiops index build docs"


async def test_documents_that_changed_are_named_and_refused(project: Project) -> None:
    await project.build()
    project.write({"new.md": "New.", "meters.md": "Changed."})
    (project.root / "docs/sub/refunds.md").unlink()
    status = project.status()
    assert status.state == "stale"
    assert status.changes == Changes(("new.md",), ("meters.md",), ("sub/refunds.md",))
    assert refusal(project) == (
        "index 'docs' is stale: documents 1 changed, 1 added, 1 removed "
        "(meters.md, new.md, sub/refunds.md): genaiops index build docs"
    )


async def test_at_most_three_documents_are_named(project: Project) -> None:
    await project.build()
    project.write({f"{i}.md": "New." for i in range(5)})
    assert "5 added (0.md, 1.md, 2.md, …)" in refusal(project)


async def test_a_change_only_warns_where_the_spec_says_so(project: Project) -> None:
    project.say(freshness={"on_change": "warn"})
    await project.build()
    project.write({"meters.md": "Changed."})
    index = project.open()
    assert index.warnings == (
        "index 'docs' is stale: documents 1 changed (meters.md): genaiops index build docs",
    )
    assert await index.retrieve("smart meter", 1)


@pytest.mark.parametrize("before", ["\ufeff", ""], ids=["mark", "no mark"])
async def test_other_line_ends_and_a_mark_are_no_change(project: Project, before: str) -> None:
    await project.build()
    path = project.root / "docs/meters.md"
    path.write_bytes((before + path.read_text("utf-8").replace("\n", "\r\n")).encode())
    assert project.status().state == "fresh"


async def test_another_embedder_is_refused(project: Project) -> None:
    await project.build()
    project.embedder = HashEmbedder(name="newer")
    assert project.status().state == "other_embedder"
    assert "was built with another embedder than 'hash' as it is now" in refusal(project)


async def test_an_embedder_that_is_no_longer_named_is_refused(project: Project) -> None:
    await project.build()
    project.embedder = None
    project.say(embedder=None, retrieve={"mode": "lexical"})
    assert "was built with another embedder than none" in refusal(project)


async def test_another_chunker_is_refused(project: Project) -> None:
    await project.build()
    project.say(chunk={"size": 40, "overlap": 4})
    assert project.status().state == "other_chunker"
    assert refusal(project) == (
        "index 'docs' was cut by recursive 16 with overlap 0 in tokens, and its file says "
        "recursive 40 with overlap 4 in tokens: genaiops index build docs"
    )


async def test_a_default_that_is_written_out_is_no_change(project: Project) -> None:
    await project.build()
    project.say(chunk={"size": 16, "overlap": 0, "unit": "tokens", "by": "recursive"})
    assert project.status().state == "fresh"


@pytest.mark.parametrize(
    ("limit", "age", "state"),
    [
        ("12h", timedelta(hours=12), "fresh"),
        ("12h", timedelta(hours=13), "old"),
        ("7d", timedelta(days=7), "fresh"),
        ("7d", timedelta(days=8), "old"),
        ("4w", timedelta(weeks=4, seconds=1), "old"),
        ("1h", timedelta(hours=-5), "fresh"),
    ],
)
async def test_an_index_over_its_age_is_old(
    project: Project, limit: str, age: timedelta, state: str
) -> None:
    project.say(freshness={"max_age": limit})
    await project.build()
    project.wait(age)
    assert project.status().state == state


async def test_age_warns_and_never_refuses(project: Project) -> None:
    project.say(freshness={"max_age": "7d"})
    await project.build()
    project.wait(timedelta(days=9))
    assert project.open().warnings == (
        "index 'docs' was built 9d ago, max_age is 7d: genaiops index build docs",
    )


async def test_all_that_is_off_is_told_the_gravest_first(project: Project) -> None:
    project.say(freshness={"max_age": "1h"})
    await project.build()
    project.wait(timedelta(hours=2))
    project.write({"meters.md": "Changed."})
    project.embedder = HashEmbedder(name="newer")
    status = project.status()
    assert status.state == "other_embedder"
    assert [problem.split()[1] for problem in status.problems] == ["built", "stale:", "built"]


@pytest.mark.parametrize(
    ("file", "damage", "message"),
    [
        ("passages.jsonl", b"{}\n", "passages.jsonl of version .* is not what was built"),
        ("embeddings.npy", b"", "embeddings.npy of version .* is not what was built"),
        ("words.txt", None, "words.txt of version .* is missing"),
        ("manifest.json", b"{", "manifest.json of version .* cannot be read.*"),
        ("manifest.json", None, "manifest.json of version .* is missing"),
    ],
)
async def test_a_damaged_version_is_refused_with_the_file(
    project: Project, file: str, damage: bytes | None, message: str
) -> None:
    path = (await project.build()).folder / file
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    with pytest.raises(InputError, match=f"index 'docs' is damaged: {message}: genaiops index"):
        project.open()


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('"passages":', '"passages":1'),
        ('"overlap":0', '"overlap":1'),
        ('"files":{', '"files":{"x":"",'),
    ],
)
async def test_a_manifest_that_tells_of_another_version_is_refused(
    project: Project, said: str, instead: str
) -> None:
    path = (await project.build()).folder / "manifest.json"
    path.write_text(path.read_text("utf-8").replace(said, instead), "utf-8")
    assert "is damaged" in refusal(project)


async def test_a_damaged_list_of_versions_is_refused(project: Project) -> None:
    await project.build()
    (project.home / "current.json").write_text("not JSON")
    assert "is damaged: current.json cannot be read" in refusal(project)
