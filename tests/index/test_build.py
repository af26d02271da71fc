import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.index.home import IndexHome
from genaiops.protocols import Vectors
from tests.fakes import HashEmbedder
from tests.index.project import Project

pytestmark = pytest.mark.anyio


class _Failing(HashEmbedder):
    """Stops in the middle, in the way it is told to."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    async def embed(self, texts: Sequence[str]) -> Vectors:
        await super().embed(texts)
        raise self.error


class _Crooked(HashEmbedder):
    """Gives vectors that are none."""

    def __init__(self, spoil: float) -> None:
        super().__init__()
        self.spoil = spoil

    async def embed(self, texts: Sequence[str]) -> Vectors:
        return (await super().embed(texts)) * np.float32(self.spoil)


def versions(project: Project) -> list[str]:
    return sorted(path.name for path in project.home.iterdir() if path.is_dir())


async def test_a_version_holds_every_passage_with_its_place_and_vector(project: Project) -> None:
    version = await project.build()
    passages = list(version.passages())
    assert len(passages) == version.manifest.passages == len(version.vectors())
    for passage in passages:
        document = (project.root / "docs" / passage.document).read_text("utf-8")
        assert document[passage.start : passage.end] == passage.text
    again = await HashEmbedder().embed([passage.text for passage in passages])
    assert np.array_equal(version.vectors(), again)


async def test_passages_are_sorted_by_document_and_start(project: Project) -> None:
    version = await project.build()
    places = [(passage.document, passage.start) for passage in version.passages()]
    assert places == sorted(places)
    assert [record.document for record in version.documents()] == sorted(
        ["tariffs.md", "meters.md", "sub/refunds.md"]
    )


async def test_the_same_project_elsewhere_has_the_same_version(tmp_path: Path) -> None:
    here, there = Project(tmp_path / "a"), Project(tmp_path / "b")
    there.wait(timedelta(days=5))
    one, other = await here.build(), await there.build()
    assert one.digest == other.digest
    assert one.manifest.files == other.manifest.files


@pytest.mark.parametrize(
    "change",
    [
        {"chunk": {"size": 17}},
        {"chunk": {"size": 16, "overlap": 2}},
        {"chunk": {"size": 16, "unit": "characters"}},
        {"sources": [{"glob": "docs/*.md"}]},
    ],
)
async def test_another_spec_has_another_version(
    project: Project, change: dict[str, object]
) -> None:
    first = await project.build()
    project.say(**change)
    assert (await project.build()).digest != first.digest


async def test_building_again_embeds_nothing_and_renews_the_time(project: Project) -> None:
    first = await project.build()
    project.wait(timedelta(days=1))
    project.embedder = HashEmbedder()
    again = await project.build()
    assert again.manifest == first.manifest
    assert project.embedder.texts == []
    assert project.status().built_at == project.now


async def test_only_what_changed_is_embedded(project: Project) -> None:
    await project.build()
    project.embedder = HashEmbedder()
    project.write({"meters.md": "# Meters\n\nNow it sends one a minute.\n", "new.md": "A new one."})
    await project.build()
    assert project.embedder.texts == ["# Meters\n\nNow it sends one a minute.", "A new one."]
    assert project.progress[-2:] == [(0, 2), (2, 2)]


async def test_a_renamed_document_is_not_embedded_again(project: Project) -> None:
    await project.build()
    project.embedder = HashEmbedder()
    (project.root / "docs/meters.md").rename(project.root / "docs/zzz.md")
    version = await project.build()
    assert project.embedder.texts == []
    assert "zzz.md" in {record.document for record in version.documents()}


async def test_a_version_with_kept_vectors_equals_one_made_anew(tmp_path: Path) -> None:
    grown, fresh = Project(tmp_path / "a"), Project(tmp_path / "b")
    await grown.build()
    for project in (grown, fresh):
        project.write({"extra.md": "One more document about refunds."})
    kept, anew = await grown.build(), await fresh.build()
    assert kept.manifest.files == anew.manifest.files


async def test_another_embedder_embeds_everything(project: Project) -> None:
    first = await project.build()
    project.embedder = HashEmbedder(name="other")
    await project.build()
    assert len(project.embedder.texts) == first.manifest.passages


async def test_equal_texts_are_embedded_once(tmp_path: Path) -> None:
    project = Project(tmp_path, {"a.md": "Same text.", "b.md": "Same text.", "c.md": "Other."})
    version = await project.build()
    assert project.progress == [(0, 2), (2, 2)]
    assert np.array_equal(version.vectors()[0], version.vectors()[1])


async def test_a_title_helps_to_find_and_is_no_part_of_the_passage(tmp_path: Path) -> None:
    project = Project(tmp_path)
    lines = [{"id": "a", "title": "Solar panels", "text": "They pay."}, {"id": "b", "text": "No."}]
    (tmp_path / "d.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    project.say(sources=[{"glob": "d.jsonl"}])
    version = await project.build()
    assert [passage.text for passage in version.passages()] == ["They pay.", "No."]
    assert "Solar panels\nThey pay." in project.embedder.texts
    (found,) = await project.open().retrieve("solar", 1)
    assert (found.document, found.text) == ("a", "They pay.")


@pytest.mark.parametrize(
    "error", [ExecutionError("no answer"), KeyboardInterrupt(), RuntimeError("bug")]
)
async def test_a_build_that_stops_leaves_the_old_version_and_nothing_else(
    project: Project, error: BaseException
) -> None:
    before = await project.build()
    project.write({"new.md": "Something new."})
    good, project.embedder = project.embedder, _Failing(error)
    with pytest.raises(type(error)):
        await project.build()
    assert versions(project) == [before.folder.name]
    project.embedder = good
    project.say(freshness={"on_change": "warn"})
    assert await project.open().retrieve("meter", 1)


@pytest.mark.parametrize(("spoil", "message"), [(2.0, "length of row 0 is 2"), (np.nan, "finite")])
async def test_vectors_that_are_no_unit_vectors_are_refused(
    project: Project, spoil: float, message: str
) -> None:
    project.embedder = _Crooked(spoil)
    with pytest.raises(ExecutionError, match=message):
        await project.build()
    assert versions(project) == []


async def test_what_a_crash_left_behind_goes_with_the_next_build(project: Project) -> None:
    version = await project.build()
    for name in (".building-0123456789ab", "0" * 12, "chroma-" + "0" * 12):
        (project.home / name).mkdir()
        (project.home / name / "part").touch()
    await project.build()
    assert versions(project) == [version.folder.name]


async def test_the_last_three_versions_are_kept(project: Project) -> None:
    built: list[str] = []
    for i in range(5):
        project.write({"meters.md": f"Text number {i}."})
        built.append((await project.build()).folder.name)
    assert versions(project) == sorted(built[-3:])


async def test_going_back_makes_a_kept_version_current_without_embedding(project: Project) -> None:
    old = (project.root / "docs/meters.md").read_text("utf-8")
    first = await project.build()
    project.write({"meters.md": "Something else."})
    await project.build()
    project.write({"meters.md": old})
    project.embedder = HashEmbedder()
    assert (await project.build()).digest == first.digest
    assert project.embedder.texts == []
    assert project.open().version.digest == first.digest


async def test_a_damaged_version_is_built_again(project: Project) -> None:
    version = await project.build()
    (version.folder / "passages.jsonl").write_bytes(b"{}\n")
    with pytest.raises(InputError, match="is damaged"):
        project.open()
    assert (await project.build()).manifest.files == version.manifest.files
    assert await project.open().retrieve("meter", 1)


async def test_with_a_damaged_list_kept_versions_stay(project: Project) -> None:
    version = await project.build()
    (project.home / "current.json").write_text("[{")
    (project.home / ("0" * 12)).mkdir()
    IndexHome(project.root, "docs").clean()
    assert versions(project) == sorted(["0" * 12, version.folder.name])
    await project.build()
    assert versions(project) == [version.folder.name]


async def test_one_process_builds_at_a_time(project: Project) -> None:
    with (
        IndexHome(project.root, "docs").only_writer(),
        pytest.raises(ExecutionError, match="being built by another process"),
    ):
        await project.build()


async def test_a_disk_that_refuses_is_an_error_with_its_place(project: Project) -> None:
    (project.root / ".genaiops").write_text("a file where a folder should be")
    with pytest.raises(ExecutionError, match=r"index 'docs': cannot build it: .*\.genaiops"):
        await project.build()


async def test_an_index_without_embedder_is_lexical(project: Project) -> None:
    project.embedder = None
    project.say(embedder=None, retrieve={"mode": "lexical"})
    version = await project.build()
    assert not (version.folder / "embeddings.npy").exists()
    assert [passage.document for passage in await project.open().retrieve("refund", 2)] == [
        "sub/refunds.md"
    ]


@pytest.mark.parametrize("name", ["../up", "a/b", "", ".hidden", "a\n"])
def test_a_name_that_is_a_path_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="index name"):
        IndexHome(tmp_path, name)
