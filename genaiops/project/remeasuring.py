"""A run asked again with several draws of each case, which tell how noisy its scores are."""

from dataclasses import dataclass, replace

from genaiops.errors import InputError
from genaiops.project.asking import Said
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import Overrides
from genaiops.project.resuming import asked_again
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.project.wish import Wish
from genaiops.records import EvalRun
from genaiops.specs.evaluation import IMPORTED
from genaiops.store import StoredRun


@dataclass(frozen=True, slots=True)
class Remeasuring:
    """What is to be asked, in the session in which it was asked before."""

    session: Session
    asked: Asked


def fixed_answers(session: Session, run: EvalRun) -> str | None:
    """Why the answers of a run are the same however often they are asked for; or None."""
    if f"flow {IMPORTED}" in run.digests:
        return "its answers come from elsewhere"
    models = session.project.catalog.spec.models
    names = [session.lock.models.get(name, name) for name in run.models]
    replayed = [name for name in names if name in models and models[name].provider == "replay"]
    return f"{replayed[0]} gives recorded answers" if replayed else None


def remeasuring(session: Session, stored: StoredRun, repeats: int) -> Remeasuring:
    """A run asked again with so many repeats, as it was asked for.

    Raises:
        InputError: what it was asked of is no longer there.
    """
    if stored.asked is None:
        overrides, said = Overrides(repeats=repeats), Said(stored.run.eval)
        wish = Wish.of(said, overrides, reuse=True, replace=False, batched=False)
        return Remeasuring(session, Asked(stored.run.eval, overrides, wish=wish))
    setup, asked = asked_again(session, stored, concurrency=None)
    wish = Wish.model_validate_json(stored.asked).model_copy(update={"repeats": repeats})
    overrides = replace(asked.overrides, repeats=repeats)
    return Remeasuring(
        setup.session, replace(asked, overrides=overrides, wish=wish, unfinished=None)
    )


async def refuse_changed(again: Remeasuring, run: EvalRun) -> None:
    """See that what is asked again is what the run was made of, before anything is called.

    Raises:
        InputError: something that decides a number is another by now; all that is.
        TrustError: the project wants what is not trusted yet.
    """
    async with Wiring(again.session, None) as wiring:
        evaluation = await wiring.evaluation(again.asked.name, again.asked.overrides)
        now = evaluation.planned_run(started_at="", git_commit=None)
    changed = now.changed_since(run)
    if changed:
        raise InputError(
            f"run {run.id!r} cannot be asked again, to tell its noise, for this changed since: "
            f"{', '.join(changed)}; genaiops eval {run.eval} --repeats "
            f"{again.asked.overrides.repeats} makes a run to accept"
        )
