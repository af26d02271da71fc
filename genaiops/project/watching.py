"""Whether files changed, by looking at them again and again: no library, no thread."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from genaiops.digests import digest_bytes

PAUSE_S = 0.2
SETTLE_S = 0.03
"""An editor writes a file in steps; a change counts when it was followed by this much of quiet."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as it was; without a stamp it was not there."""

    stamp: tuple[int, int] | None
    content: str


@dataclass(slots=True)
class FileWatch:
    """Files and what was in them when they were looked at last."""

    _seen: dict[Path, _Seen] = field(default_factory=dict[Path, _Seen])

    def follow(self, files: Collection[Path]) -> None:
        """Watch these from now on; what is known of them stays."""
        self._seen = {file: self._seen.get(file) or _look(file) for file in files}

    def changed(self) -> tuple[Path, ...]:
        """The files whose content is another than at the last look, or that came or went."""
        found: list[Path] = []
        for file, seen in self._seen.items():
            if _stamp(file) == seen.stamp:
                continue
            now = _look(file)
            self._seen[file] = now
            if now.content != seen.content:
                found.append(file)
        return tuple(found)

    async def next_change(self) -> tuple[Path, ...]:
        """Wait until a file changed and its writer is done."""
        while not (changed := self.changed()):  # noqa: ASYNC110  files tell nobody that they changed
            await asyncio.sleep(PAUSE_S)
        found = dict.fromkeys(changed)
        while changed:
            await asyncio.sleep(SETTLE_S)
            changed = self.changed()
            found |= dict.fromkeys(changed)
        return tuple(found)


def _look(file: Path) -> _Seen:
    stamp = _stamp(file)
    try:
        return _Seen(stamp, digest_bytes(file.read_bytes()))
    except OSError:
        return _Seen(stamp, "")


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
