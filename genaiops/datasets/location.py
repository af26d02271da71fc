"""Where a project's dataset is: a file of the project, of a kind that is read."""

from pathlib import Path

from genaiops.datasets.formats import SUFFIXES
from genaiops.errors import InputError, suggest


def dataset_path(root: Path, written: str) -> Path:
    """The file that an evaluation names, from the project root.

    Raises:
        InputError: it lies outside of the project, is a folder, or is not there.
    """
    path = root / written
    try:
        is_inside = path.resolve().is_relative_to(root.resolve())
        is_file, is_folder = path.is_file(), path.is_dir()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL, too long
        raise InputError(f"{written!r} cannot be read: {error}") from error
    if not is_inside:
        raise InputError(
            f"{written!r} lies outside of the project; put the file into it, or name it on the "
            f"command line by -d"
        )
    if is_folder:
        inside = _datasets_in(root, path)
        told = f", such as {inside[0]!r}" if inside else ""
        raise InputError(f"{written!r} is a folder; name a file{told}")
    if not is_file:
        folders = {root, root / "datasets", path.parent}
        near = {name for folder in folders for name in _datasets_in(root, folder)}
        raise InputError(f"there is no file {written!r}{suggest(written, near)}")
    return path


def _datasets_in(root: Path, folder: Path) -> list[str]:
    return sorted(
        path.relative_to(root).as_posix()
        for suffix in SUFFIXES
        for path in folder.glob(f"*{suffix}")
        if path.is_relative_to(root)
    )
