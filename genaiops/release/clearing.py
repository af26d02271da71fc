"""The folder of an unpacked release, rid of what the release does not hold."""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

_BEING_WRITTEN = re.compile(r"\.[0-9a-f]{32}")
"""A file that another process is about to put in its place."""


def clear(folder: Path, files: Iterable[Path]) -> None:
    """Remove all but these files: what lies beside them would be read as part of the release.

    Links are removed, too, so that nothing is written to where they lead.

    Raises:
        OSError: something cannot be removed.
    """
    wanted = set(files)
    folders = {parent for file in wanted for parent in file.parents}
    if folder.is_symlink():
        folder.unlink()
    for place, below, names in os.walk(folder):
        here = Path(place)
        for name in list(below):
            path = here / name
            if path.is_symlink() or path not in folders:
                below.remove(name)
                remove(path)
        for name in names:
            path = here / name
            if path.is_symlink() or (path not in wanted and not _BEING_WRITTEN.fullmatch(name)):
                remove(path)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all in it.

    Raises:
        OSError: something cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
