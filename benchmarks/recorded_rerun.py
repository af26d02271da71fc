"""What a re-run of the shipped evaluation with recorded answers costs, in CPU seconds.

    python benchmarks/recorded_rerun.py

Runs it three times in a copy of the project: with nothing there, without embedded texts, and with
all known. Beside them an interpreter that only imports what every evaluation needs.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("genaiops.yaml", "catalog.yaml", "catalog.lock", "flows", "evals", "indexes", "datasets")
EVAL = ("-m", "genaiops", "eval", "assistant", "-m", "recorded-smollm2-135m")
IMPORTS = ("-c", "import pydantic, numpy, yaml, jinja2, typer, sqlite3, asyncio")


def cpu_seconds(folder: Path, *arguments: str) -> float:
    """The user and system time of a Python process."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")},
        check=True,
        capture_output=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in PARTS:
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
        cpu_seconds(folder, *IMPORTS)
        bare = min(cpu_seconds(folder, *IMPORTS) for _ in range(3))
        print(f"imports alone            {bare:6.2f} s")
        print(f"first run, builds index  {cpu_seconds(folder, *EVAL):6.2f} s")
        (folder / ".genaiops/vectors.sqlite").unlink()
        print(f"re-run, vectors removed  {cpu_seconds(folder, *EVAL):6.2f} s")
        known = min(cpu_seconds(folder, *EVAL) for _ in range(3))
        print(f"re-run, all known        {known:6.2f} s, {known / bare:.1f} times the imports")


if __name__ == "__main__":
    main()
