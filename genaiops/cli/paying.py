"""What a command may spend: a cap, or the consent to what it is expected to cost."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from genaiops.cli.door import confirmed, note, run_code
from genaiops.errors import InputError
from genaiops.evaluations.budget import Budget
from genaiops.project.consent import consent_to, consent_wanted
from genaiops.project.evaluating import Asked
from genaiops.project.overrides import FlowOverrides
from genaiops.project.paying import capped
from genaiops.project.session import Session
from genaiops.text.quantities import money

MaxCostOption = Annotated[
    float | None,
    typer.Option("--max-cost", help="US dollars at most: calls stop there, what was paid is kept."),
]
BatchOption = Annotated[
    bool, typer.Option("--batch", help="Ask by OpenAI's batches: half the price, within a day.")
]
YesOption = Annotated[
    bool, typer.Option("--yes", help="Spend what is expected, without a question.")
]


@dataclass(frozen=True, slots=True)
class Paying:
    """What the command line says of money: a cap, or that no question is to be asked."""

    max_cost: float | None = None
    yes: bool = False

    def agreed(self, session: Session, asked: Asked, flows: Iterable[FlowOverrides]) -> Asked:
        """What was asked for, with its cap; without one, the user agreed to what it may cost.

        `flows` has what is said over the flow, for each run.

        Raises:
            InputError: it may cost more than `ask_above_usd`, and nobody agreed; or the cap is no
                amount of money.
        """
        if self.max_cost is not None:
            return replace(asked, budget=_capped(self.max_cost))
        if not self.yes:
            asked_for = [_with(asked, flow) for flow in flows]
            _agree(run_code(consent_wanted(session, asked_for)))
        return asked

    def judged(self, session: Session, cost_usd: Callable[[], float]) -> Budget | None:
        """The cap on what judges of answers that are there may cost, or the consent to it.

        Raises:
            InputError: as for `agreed`.
        """
        if self.max_cost is not None:
            return _capped(self.max_cost)
        if not self.yes:
            _agree(consent_to(session, cost_usd(), "an estimate"))
        return None

    def allows(self, session: Session, cost_usd: float) -> bool:
        """Whether so much more may be spent on what is useful without it; told where not."""
        limit_usd = session.project.spec.ask_above_usd
        if self.yes or self.max_cost is not None or cost_usd <= limit_usd:
            return True
        told = f"that is more than ask_above_usd of genaiops.yaml: {money(limit_usd)}"
        if not _can_ask():
            note(f"not asked: {told}; allow it by --yes, or cap it by --max-cost USD")
            return False
        note(told)
        return confirmed("Make them?")


def _can_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _with(asked: Asked, flow: FlowOverrides) -> Asked:
    return replace(asked, overrides=replace(asked.overrides, flow=flow))


def _capped(cap_usd: float) -> Budget:
    budget = capped(cap_usd)
    if cap_usd == 0:
        note("--max-cost 0: no paid call is made; what is recorded or runs here goes on")
    return budget


def _agree(told: str | None) -> None:
    """Ask whether what is told may be, where there is anything to ask."""
    if told is None:
        return
    if not _can_ask():
        raise InputError(f"{told}; allow it by --yes, or cap it by --max-cost USD")
    note(told)
    if not confirmed("Make them?"):
        raise InputError("nothing was spent; --max-cost USD caps what is")
