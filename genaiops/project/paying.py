"""What calls of a project's models cost, before they are made."""

import math
from collections.abc import Iterable

from genaiops.errors import ExecutionError, InputError
from genaiops.evaluations.budget import Budget, BudgetedModel
from genaiops.models.pricing import FREE, price_of
from genaiops.project.session import Session
from genaiops.project.supplies import Wrap
from genaiops.protocols import Model
from genaiops.records import EvalRun
from genaiops.text.quantities import counted


def capped(cap_usd: float, called: str = "--max-cost") -> Budget:
    """A budget of so many US dollars; `called` is what the user calls the cap.

    Raises:
        InputError: that is no amount of money.
    """
    if not 0 <= cap_usd < math.inf:
        raise InputError(f"{called} {cap_usd:g}: write US dollars, 0 or more")
    return Budget(cap_usd, called)


def budgeted(session: Session, budget: Budget | None) -> Wrap | None:
    """Puts a budget, if there is one, before each model whose calls cost something."""
    return None if budget is None else within(session, budget)


def within(session: Session, budget: Budget, *, needs_prices: bool = True) -> Wrap:
    """Puts a budget before each model whose calls cost something.

    A model without a price is refused, or where the user named no cap goes by it.
    """

    def wrap(model: Model) -> Model:
        entry = session.project.catalog.spec.models[model.name]
        price = price_of(entry)
        if price == FREE or (price is None and not needs_prices):
            return model
        if price is None:
            raise _unpriced(model.name, budget)
        return BudgetedModel(model, price, entry.parameters, budget)

    return wrap


def refuse_unpriced(session: Session, budget: Budget, models: Iterable[str]) -> None:
    """See that each model has a price, before any of their calls is paid for.

    Raises:
        InputError: one has none, so the budget could not hold.
    """
    known = session.project.catalog.spec.models
    for name in sorted(models):
        own = name if name in known else session.lock.models.get(name, name)
        if own in known and price_of(known[own]) is None:
            raise _unpriced(own, budget)


def _unpriced(name: str, budget: Budget) -> InputError:
    return InputError(
        f"model {name!r} has no price, so {budget.called} could not hold: write "
        "price: {input_usd_per_mtok: …, output_usd_per_mtok: …} into its entry in the "
        "catalog (0 where calls are free)"
    )


def unpaid_reason(budget: Budget | None) -> str | None:
    """Why runs of a command are not whole, where the budget did not reach all calls; or None."""
    if budget is None or not budget.turned_away:
        return None
    return f"budget: {budget.reached}; the same command with a higher {budget.called} goes on"


def stopped_by(budget: Budget, run: EvalRun, resume: str | None) -> ExecutionError:
    """The error of a run that was left unfinished, for there was no more money to spend.

    `resume` is the command line that goes on with a run that is named after it.
    """
    done = run.scored + run.errored + run.skipped
    waiting = counted(run.planned - done, "case")
    ways = {"--max-cost": f"genaiops eval --resume {run.id}", "max_cost": "resume=True"}
    again = f"{resume} {run.id}" if resume else ways.get(budget.called, "the same again")
    return ExecutionError(
        f"budget: {budget.reached}; {done} of {run.planned} cases are kept in run {run.id}, "
        f"{waiting} to go: {again} with a higher "
        f"{budget.called} goes on, and pays for no recorded call again"
    )
