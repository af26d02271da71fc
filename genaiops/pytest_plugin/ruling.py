"""The decision on a run that is made now, once for all gates, and once for all processes."""

import fcntl
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter

from genaiops.api.door import run_to_end
from genaiops.errors import GenaiopsError, TrustError
from genaiops.project.consent import refuse_surprise
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.judging import judge_run
from genaiops.project.paying import capped
from genaiops.project.session import Session, open_session
from genaiops.pytest_plugin.options import MAX_COST
from genaiops.records import Decision, EvalRun
from genaiops.records.record import Record
from genaiops.trust import wants_digest


class Ruling(Record):
    """A run, and the decision on it."""

    run: EvalRun
    decision: Decision


class NoRuling(Record):
    """Why there is no decision; it is not tried again for another gate."""

    reason: str


Outcome = Ruling | NoRuling
_OUTCOME: TypeAdapter[Outcome] = TypeAdapter(Outcome)


def rule(root: Path, name: str, cap_usd: float | None) -> Outcome:
    """Run an evaluation of a project, reusing recorded calls, and judge it.

    Without a cap it may cost no more than the project spends without a question.
    """
    try:
        session = open_session(root)
        try:
            return run_to_end(_ruled(session, name, cap_usd))
        except TrustError as error:
            digest = wants_digest(session.all_wants())
            told = f"on this machine: genaiops trust --yes; in CI: GENAIOPS_TRUST={digest}"
            return NoRuling(reason=f"{error}\nto trust the project {told}")
    except GenaiopsError as error:
        return NoRuling(reason=str(error))


async def _ruled(session: Session, name: str, cap_usd: float | None) -> Ruling:
    asked = Asked(name, budget=None if cap_usd is None else capped(cap_usd, MAX_COST))
    if asked.budget is None:
        await refuse_surprise(session, asked, f"allow it by {MAX_COST} USD")
    with session.open_store() as store:
        run = await run_evaluation(session, store, asked, on_note=lambda _: None)
        return Ruling(run=run, decision=judge_run(session, store, run))


def once(path: Path, make: Callable[[], Outcome]) -> Outcome:
    """What one process made, for all that share a file: the others wait for it.

    The kernel lets go of the lock of a process that ends, however it ends; the next one makes it
    then.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as shared:
        fcntl.flock(shared, fcntl.LOCK_EX)
        shared.seek(0)
        written = shared.read()
        if written.endswith(b"\n"):
            return _OUTCOME.validate_json(written)
        made = make()
        shared.truncate(0)
        shared.write(_OUTCOME.dump_json(made) + b"\n")
        shared.flush()
        return made
