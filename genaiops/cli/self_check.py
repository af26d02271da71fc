"""`genaiops gate --self-check`: the baseline beside itself."""

from typing import Annotated

import typer

from genaiops.cli.door import show, show_json
from genaiops.cli.power import power_as_json, show_power
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.project.self_check import check_itself
from genaiops.project.session import Session
from genaiops.records import Decision

SelfCheckOption = Annotated[
    bool,
    typer.Option("--self-check", help="Judge the baseline beside itself; calls no model."),
]


def show_self_check(session: Session, name: str, *, json: bool) -> Decision:
    """Show what the gates say where nothing changed, and how often they would on a new draw.

    Raises:
        InputError: there is no baseline, or the evaluation has no gates.
    """
    with session.read_store() as store:
        checked = check_itself(session, store, name)
    power = checked.power
    if json:
        decision = checked.decision.model_dump(mode="json")
        show_json({"decision": decision, "power": power_as_json(power)})
        return checked.decision
    show(decision_text(checked.decision, checked.run))
    show_power(power)
    return checked.decision
