"""A run whose gates were left open, asked again with more repeats: `on_inconclusive: extend`."""

from dataclasses import dataclass, replace

from genaiops.evaluations.scores import run_scores
from genaiops.gates import decide
from genaiops.gates.standing import with_tiers
from genaiops.gates.topping_up import top_up
from genaiops.gates.two_looks import looks_of
from genaiops.project.calibrations import load_calibrations
from genaiops.project.evaluating import Asked
from genaiops.project.judging import reference_of
from genaiops.project.remeasuring import fixed_answers, remeasuring
from genaiops.project.session import Session
from genaiops.records import EvalRun
from genaiops.store import Store
from genaiops.text.quantities import counted, money


@dataclass(frozen=True, slots=True)
class Extension:
    """What more repeats take: `asked` again in `session`, and about `cost_usd`.

    `told` says it, or where `asked` is None why there is no more to ask.
    """

    told: str
    session: Session
    asked: Asked | None = None
    cost_usd: float = 0.0


def extension_of(
    session: Session, store: Store, run: EvalRun, asked: Asked, *, against: str
) -> Extension | None:
    """What to ask after the first look at a run; None where nothing is open that extends.

    `asked` is what the run was made of; its budget is shared.

    Raises:
        InputError: the gates do not fit the run, or there is nothing to compare it with.
    """
    spec = session.project.eval(run.eval).spec
    calibrations = load_calibrations(session, run)
    gates = with_tiers(spec.gates, run, calibrations)
    if looks_of(gates, spec.on_inconclusive) == 1:
        return None
    candidate = run_scores(run, store.results(run.id, with_nodes=False))
    reference = reference_of(session, store, run.eval, against)
    policy = spec.on_inconclusive
    decision = decide(gates, candidate, reference, policy=policy, calibrations=calibrations)
    more = top_up(gates, decision, candidate, reference, policy=policy)
    if more is None:
        return None
    why_not = more.why_not or fixed_answers(session, run)
    if why_not is not None:
        return Extension(f"open, and not asked again: {why_not}", session)
    again = remeasuring(session, store.run(run.id), more.repeats)
    return Extension(
        _told(run, more.repeats),
        again.session,
        replace(again.asked, budget=asked.budget, earlier=run),
        cost_usd=_share(run, more.repeats) * run.known_cost_usd,
    )


def _share(run: EvalRun, repeats: int) -> float:
    """What is to come, as a share of what the run took."""
    return repeats / run.repeats - 1


def _told(run: EvalRun, repeats: int) -> str:
    share, cases = _share(run, repeats), run.planned // run.repeats
    calls = round(share * (run.made_calls + run.reused_calls))
    usd = share * run.known_cost_usd
    cost = f", about {money(usd)}" if usd else ""
    took = f" (+{counted(calls, 'call')}{cost})" if calls else ""
    lead = f"open at {counted(run.repeats, 'repeat')}: {repeats - run.repeats} more"
    return f"{lead} for {counted(cases, 'case')}{took}"
