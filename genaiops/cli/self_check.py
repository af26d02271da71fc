"""`genaiops gate --self-check`: the baseline beside itself."""

from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json
from genaiops.cli.power import next_steps, power_as_json
from genaiops.evaluations.reports.terminal.decision import decision_text
from genaiops.evaluations.reports.terminal.power import power_text
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
    show(power_text(power.eval, power.repeats, power.sample, power.prospects))
    for told in next_steps(power):
        note(told)
    return checked.decision
