"""A project in a temporary folder whose model is a server of this drill."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from genaiops.drills.checking import expected_answer
from genaiops.errors import ExecutionError
from genaiops.store import Store, StoredResult

CONCURRENCY = 64
EVAL = "drill"
_LOOK_S = 0.002
_STORE = ".genaiops/store.sqlite"
_TIMEOUTS = "timeouts: {first_byte_s: 2, total_s: 6}"
_FILES = {
    "genaiops.yaml": "name: drill\n",
    "flows/ask/flow.yaml": (
        "inputs: {question: string}\n"
        "nodes:\n"
        '  answer: {prompt: ask.md, model: m, with: {question: "${inputs.question}"}}\n'
        'outputs: {answer: "${answer.text}"}\n'
    ),
    "flows/ask/ask.md": "{{ question }}\n",
    "evals/drill.yaml": (
        "flow: flows/ask\n"
        "dataset: cases.jsonl\n"
        "metrics: [exact_match]\n"
        f"concurrency: {CONCURRENCY}\n"
    ),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that ended; the code of one that was killed is negative."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Running:
    """A command under way; who started it waits for its end."""

    process: asyncio.subprocess.Process

    async def reached(self, claim: Callable[[], bool]) -> bool:
        """Wait until the claim holds, or the command ended before."""
        while self.process.returncode is None:
            if claim():
                return True
            await asyncio.sleep(_LOOK_S)
        return False

    async def line(self) -> str:
        """The next line of what it tells on stderr; empty where there is none any more."""
        told = self.process.stderr
        return "" if told is None else (await told.readline()).decode()

    async def end(self) -> Ended:
        """Wait for its end."""
        out, err = await self.process.communicate()
        return Ended(self.process.returncode or 0, out.decode(), err.decode())


@dataclass(frozen=True, slots=True)
class Place:
    """The folder, and the variables that its commands see."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    async def start(
        self,
        *words: str,
        most_bytes: int | None = None,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> Running:
        """Start a command of genaiops in the folder; no file may grow over `most_bytes`."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *_command(most_bytes),
            *words,
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        return Running(process)

    async def run(
        self,
        *words: str,
        most_bytes: int | None = None,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> Ended:
        """Run a command of genaiops to its end."""
        running = await self.start(*words, most_bytes=most_bytes, variables=variables)
        return await running.end()

    def store(self) -> Store:
        """The store of the project, to look at; who opens it closes it."""
        return Store(self.folder / _STORE, read_only=True)

    def results(self, run: str) -> list[StoredResult]:
        """The results of a run."""
        with self.store() as store:
            return list(store.results(run))

    def kept(self) -> int | None:
        """How many results the newest run has; None where no run was begun."""
        with self.store() as store:
            runs = store.runs()
            return sum(1 for _ in store.places(runs[0].run.id)) if runs else None

    def log_bytes(self) -> int:
        """The size of what is written ahead of the store."""
        log = self.folder / f"{_STORE}-wal"
        return log.stat().st_size if log.exists() else 0

    def text(self, name: str) -> str:
        """The text of a file of the folder."""
        return (self.folder / name).read_text("utf-8")

    def forget(self) -> None:
        """Remove the store with all its runs and calls."""
        store = self.folder / _STORE
        for path in store.parent.glob(f"{store.name}*"):
            path.unlink()


def _command(most_bytes: int | None) -> tuple[str, ...]:
    if most_bytes is None:
        return ("-m", "genaiops")
    limited = (
        "import resource, sys\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most_bytes}, {most_bytes}))\n"
        "from genaiops.cli.app import main\n"
        "main(sys.argv[1:])\n"
    )
    return ("-c", limited)


@contextmanager
def drill_place(
    url: str, questions: Sequence[str], environment: Mapping[str, str]
) -> Generator[Place]:
    """A project that asks a server these questions, trusted in a trust book of its own."""
    with tempfile.TemporaryDirectory(prefix="genaiops-drill-") as name:
        folder = Path(name)
        entry = f"models:\n  m: {{provider: openai, model: m, {_TIMEOUTS}, base_url: '{url}'}}\n"
        for path, text in {
            **_FILES,
            "catalog.yaml": entry,
            "cases.jsonl": _cases(questions),
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        own = {name: value for name, value in environment.items() if not _is_ours(name)}
        yield Place(folder, {**own, "XDG_CONFIG_HOME": str(folder / "home")})


async def trusted(place: Place) -> None:
    """Trust the project with its server.

    Raises:
        ExecutionError: it cannot be trusted.
    """
    done = await place.run("trust", "--yes")
    if done.code:
        raise ExecutionError(f"the drill could not be set up: {done.err.strip()}")


def _cases(questions: Sequence[str]) -> str:
    return "".join(
        json.dumps(
            {
                "id": f"{number}",
                "inputs": {"question": question},
                "expected": {"answer": expected_answer(question)},
            }
        )
        + "\n"
        for number, question in enumerate(questions)
    )


def _is_ours(name: str) -> bool:
    return name.startswith("GENAIOPS_") or name.lower().endswith("_proxy")
