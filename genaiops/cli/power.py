"""`genaiops power`: what the gates of an evaluation can tell, before money is spent."""

from dataclasses import asdict

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, EvalArgument, JsonOption, new_app
from genaiops.evaluations.reports.terminal.power import measured_text, power_text
from genaiops.project.asking import only_eval
from genaiops.project.power import Power, foresee

app = new_app("Tell what the gates of an evaluation can find, before money is spent.")


@app.command()
def command(
    name: EvalArgument = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell how often an unchanged candidate passes, which drop is found, and what would help."""
    session = trusted_session(config, None)
    with session.read_store() as store:
        power = foresee(session, store, name or only_eval(session.project))
    if json:
        show_json(power_as_json(power))
        return
    show_power(power)


def show_power(power: Power) -> None:
    """Show the prospects of each gate, what they rest on, and how less would be assumed."""
    show(power_text(power.eval, power.repeats, power.sample, power.prospects))
    if power.measured is not None:
        show(measured_text(power.measured, power.level, power.differs))
    for told in next_steps(power):
        note(told)


def next_steps(power: Power) -> list[str]:
    """What to run, so that less is assumed."""
    steps: list[str] = []
    if power.level is None:
        steps.append(f"to see what is usual: genaiops eval {power.eval}")
    noises = [each.noise for each in power.prospects if each.noise is not None]
    if any(noise.origin != "repeats" for noise in noises):
        steps.append(f"to measure the noise: genaiops eval {power.eval} --repeats 3")
    return steps


def power_as_json(power: Power) -> dict[str, object]:
    """The prospects of each gate, for programs."""
    return {
        **asdict(power),
        "prospects": [{**asdict(each), "metric": each.metric.name} for each in power.prospects],
    }
