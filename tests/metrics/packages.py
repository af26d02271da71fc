"""An installed package with entry points: a distribution as pip leaves it, on the path."""

from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path,
    package: str,
    source: str,
    entries: Mapping[str, str],
    group: str = "genaiops.metrics",
) -> None:
    """Put a package with one module of its name into a folder, with its entry points."""
    (folder / f"{package}.py").write_text(source, "utf-8")
    about = folder / f"{package}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = [f"{name} = {target}" for name, target in entries.items()]
    (about / "entry_points.txt").write_text("\n".join([f"[{group}]", *lines, ""]))
