"""Rolls candidates out that fail in every way, and kills the server that carries a rollout on."""

import asyncio
import json
import random
import signal
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from genaiops.drills.checking import expected_answer, questions_of
from genaiops.drills.fault_server import ANSWERED, Asked, FaultServer
from genaiops.drills.outcome import OnNote, Outcome
from genaiops.drills.place import Ended, Place, Running, drill_place
from genaiops.errors import ExecutionError

MODES: Mapping[str, str] = {
    "dead": "reset",
    "hang": "silent",
    "500": "status_500",
    "garbage": "html",
    "drip": "drip",
    "cut": "cut",
}
"""How a candidate fails, and what its model does then."""
_CASES = 24
_AT_ONCE = 10
_MOST_ROUNDS = 40
_PAUSE_S = 0.2
_ANSWER_S = 60.0
_GATED = "metrics: [exact_match]\ngates: [{metric: exact_match, at_least: 0.5}]\n"
_FILE = (
    "flow: flows/ask\n"
    "steps: [{weight: 50, min_time: 2h}]\n"
    "guards: []\n"
    "goals: [{metric: errors, margin_ratio: 2}]\n"
)
_PROMISE = (
    "no user meets an error, each candidate that fails is rolled back, and a server that is killed "
    "goes on from what was committed"
)


@dataclass(slots=True)
class _Model:
    """What the model of the candidate does now."""

    fault: str = ANSWERED

    def plan(self, _: Asked) -> str:
        """What each call meets."""
        return self.fault


@dataclass(slots=True)
class _Asking:
    """Users who ask, each once, and those who met an error."""

    asked: int = 0
    errors: list[str] = field(default_factory=list[str])

    async def round(self, url: str) -> None:
        """Several users at once."""
        numbers = range(self.asked, self.asked + _AT_ONCE)
        self.asked += _AT_ONCE
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(asyncio.to_thread(_trouble, url, n)) for n in numbers]
        self.errors += [told for task in tasks if (told := task.result())]


@dataclass(frozen=True, slots=True)
class Rolled:
    """Which of MODES candidates meet, and how often the server is killed under one that is well."""

    modes: tuple[str, ...]
    kills: int
    seed: int


async def drill_rollout(asked: Rolled, environment: Mapping[str, str], on_note: OnNote) -> Outcome:
    """Roll out a candidate of each failure mode, and then one that is well.

    Raises:
        ExecutionError: the drill could not be set up.
    """
    model = _Model()
    async with FaultServer(lambda _: ANSWERED) as stable, FaultServer(model.plan) as candidate:
        with _place(stable.url, candidate.url, environment) as place:
            on_note("two releases are made; each rollout takes some ten seconds")
            await _released(place)
            rows = [("candidate", "users asked", "errors met", "ended")]
            broken: list[str] = []
            for mode in asked.modes:
                model.fault = MODES[mode]
                asking, verdict = await _rolled_out(place)
                on_note(f"{mode}: {verdict['word']}")
                rows.append((mode, f"{asking.asked}", f"{len(asking.errors)}", verdict["reason"]))
                broken += [f"{mode}: {told}" for told in asking.errors[:1]]
                if verdict["word"] != "rolled_back":
                    broken.append(f"{mode}: ended as {verdict['word']}: {verdict['reason']}")
            model.fault = ANSWERED
            asking, ended = await _killed(place, asked)
            told = "; ".join(ended) or "goes on from what was committed"
            rows.append((f"well, {asked.kills} kills", f"{asking.asked}", "-", told))
            broken += ended
    return Outcome("rollout", _PROMISE, tuple(rows), tuple(broken))


async def _rolled_out(place: Place) -> tuple[_Asking, Mapping[str, str]]:
    """Users until the rollout ended, or many came."""
    await _done(place, "rollout", "start", "--candidate", "ask", "--as", "drill")
    asking = _Asking()
    async with _serving(place) as (url, _):
        for _ in range(_MOST_ROUNDS):
            await asking.round(url)
            if (verdict := await _verdict(place))["word"] != "progressing":
                break
            await asyncio.sleep(_PAUSE_S)
    verdict = await _verdict(place)
    if verdict["word"] == "progressing":
        await place.run("rollout", "abort", "--as", "drill")
    return asking, verdict


async def _killed(place: Place, asked: Rolled) -> tuple[_Asking, list[str]]:
    """Kill the server again and again while users come; what is broken then."""
    await _done(place, "rollout", "start", "--candidate", "ask", "--as", "drill")
    asking, broken = _Asking(), list[str]()
    rng = random.Random(asked.seed)  # noqa: S311  no secret
    for _ in range(asked.kills):
        async with _serving(place) as (url, running):
            for _ in range(rng.randint(1, 4)):
                await asking.round(url)
                await asyncio.sleep(rng.random())
            running.process.send_signal(signal.SIGKILL)
            await running.process.wait()
        verdict = await _verdict(place)
        if verdict["word"] not in {"progressing", "held"}:
            broken.append(f"after a kill it was {verdict['word']}: {verdict['reason']}")
    for words in (("rollout", "replay", "ask"), ("audit", "verify")):
        done = await place.run(*words)
        if done.code:
            broken.append(f"genaiops {' '.join(words)}: {(done.out + done.err).strip()}")
    return asking, broken


@contextmanager
def _place(stable: str, candidate: str, environment: Mapping[str, str]) -> Generator[Place]:
    with drill_place(stable, questions_of(_CASES), environment) as place:
        timeouts = "timeouts: {first_byte_s: 2, total_s: 3}"
        entries = "".join(
            f"  {name}: {{provider: openai, model: m, {timeouts}, base_url: '{url}'}}\n"
            for name, url in (("m", stable), ("c", candidate))
        )
        (place.folder / "catalog.yaml").write_text(f"models:\n{entries}", "utf-8")
        evaluation = place.text("evals/drill.yaml").replace("metrics: [exact_match]\n", _GATED)
        (place.folder / "evals/drill.yaml").write_text(evaluation, "utf-8")
        (place.folder / "rollouts").mkdir()
        (place.folder / "rollouts/ask.yaml").write_text(_FILE, "utf-8")
        yield place


async def _released(place: Place) -> None:
    """A release that asks the one model in production, and one that asks the other."""
    flow = place.folder / "flows/ask/flow.yaml"
    for model in ("m", "c"):
        flow.write_text(flow.read_text("utf-8").replace("model: m", f"model: {model}"), "utf-8")
        await _done(place, "trust", "--yes")
        await _done(place, "gate", "drill")
        await _done(place, "release", "create", "ask", "--as", "drill")
        if model == "m":
            to = ("--to", "production", "--as", "drill")
            await _done(place, "release", "promote", "last", *to)


async def _done(place: Place, *words: str) -> Ended:
    """Run a command that has to succeed.

    Raises:
        ExecutionError: it does not.
    """
    done = await place.run(*words)
    if done.code:
        told = (done.out + done.err).strip()
        raise ExecutionError(f"the drill could not be set up: genaiops {' '.join(words)}: {told}")
    return done


@asynccontextmanager
async def _serving(place: Place) -> AsyncGenerator[tuple[str, Running]]:
    """A server of the project, and its address.

    Raises:
        ExecutionError: it does not begin.
    """
    running = await place.start("serve", "--port", "0")
    said: list[str] = []
    try:
        while line := await running.line():
            said.append(line)
            if " at http://" in line:
                yield line.rpartition(" at ")[2].strip(), running
                return
        raise ExecutionError(f"the drill could not be set up: {''.join(said).strip()}")
    finally:
        if running.process.returncode is None:
            running.process.terminate()
        await running.end()


async def _verdict(place: Place) -> Mapping[str, str]:
    return json.loads((await place.run("rollout", "status", "ask", "--json")).out)


def _trouble(url: str, number: int) -> str | None:
    """What is wrong with the answer that a user gets; None: it is as it should be."""
    question = f"question {number}"
    body = json.dumps({"inputs": {"question": question}, "user": f"user {number}"}).encode()
    request = Request(f"{url}/v1/flows/ask", body, {"Content-Type": "application/json"})  # noqa: S310  loopback
    try:
        with urlopen(request, timeout=_ANSWER_S) as answer:  # noqa: S310  loopback
            said = json.load(answer)["outputs"]["answer"]
    except HTTPError as error:
        return f"{error.code}: {error.read(500).decode(errors='replace')}"
    except (URLError, OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None if said == expected_answer(question) else f"another answer: {said!r:.100}"
