"""`genaiops rollout`: what a rollout can tell with the traffic there is, before it begins."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from genaiops.cli import rollout_live as live
from genaiops.cli.door import show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.cli.render import count_progress
from genaiops.cli.rollout_live import NewUsersOption, TrafficOption
from genaiops.cli.rollout_manifests import manifests
from genaiops.cli.rollout_text import (
    clock,
    plan_text,
    proposal_text,
    refusal_text,
    simulated_text,
)
from genaiops.errors import InputError
from genaiops.project.rollouts import (
    Plan,
    SaidTraffic,
    find_rollout,
    known_traffic,
    plan_rollout,
    read_effects,
)
from genaiops.rollout.simulation import Simulated, simulate

NameArgument = Annotated[
    str | None, typer.Argument(help="A rollout by name; not needed where there is one.")
]
BadRateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--bad-rate", help="Of stable's users: 0.1 for all goals, or METRIC=0.001; repeatable."
    ),
]

app = new_app("Plan how a release gets into traffic, and what has to be proven on the way.")
app.command()(manifests)


@app.command()
def plan(
    name: NameArgument = None,
    traffic: TrafficOption = None,
    new_users: NewUsersOption = None,
    bad_rate: BadRateOption = None,
    start: Annotated[
        str | None,
        typer.Option("--start", help="Also tell the time of day: 2026-11-23T09:00."),
    ] = None,
    proposes: Annotated[
        bool, typer.Option("--propose", help="Also print steps that suit the traffic.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Tell what can be known when; a plan that cannot reach a verdict is refused (exit 2)."""
    session = trusted_session(config, None)
    name, spec = find_rollout(session.project, name)
    assumed = known_traffic(session, spec, SaidTraffic(traffic, new_users, bad_rate or ()))
    when = clock(_read_start(start))
    planned = plan_rollout(name, spec, assumed, proposes=proposes)
    if json:
        show_json(_plan_as_json(planned))
    else:
        show(plan_text(planned, spec, when))
        if proposes:
            show(proposal_text(planned, spec, when))
    if planned.forecast.promoted_s is None:
        raise InputError(refusal_text(planned))


@app.command("simulate")
def simulate_(
    name: NameArgument = None,
    traffic: TrafficOption = None,
    new_users: NewUsersOption = None,
    bad_rate: BadRateOption = None,
    effect: Annotated[
        list[str] | None,
        typer.Option(
            "--effect", help="METRIC=TIMES worse; of several metrics with commas; repeatable."
        ),
    ] = None,
    rollouts: Annotated[
        int, typer.Option("--rollouts", min=20, max=100_000, help="Of each candidate.")
    ] = 200,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of what is drawn.")] = 0,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Carry the plan through with users that are drawn, by candidates that are so much worse."""
    session = trusted_session(config, None)
    name, spec = find_rollout(session.project, name)
    assumed = known_traffic(session, spec, SaidTraffic(traffic, new_users, bad_rate or ()))
    effects = read_effects(spec, effect or [])
    seeds = range(seed * rollouts, (seed + 1) * rollouts)
    with count_progress(name, "rollouts") as on_progress:
        done = 0

        def told() -> None:
            nonlocal done
            done += 1
            on_progress(done, rollouts * len(effects))

        simulated = [simulate(spec, assumed, each, seeds, told) for each in effects]
    if json:
        show_json([_simulated_as_json(each) for each in simulated])
        return
    show(simulated_text(name, assumed, simulated, rollouts))


for command in (
    live.start, live.status, live.explain, live.replay, live.report,
    live.pause, live.resume, live.abort, live.promote,
):  # fmt: skip
    app.command()(command)
app.command("list")(live.list_)


def _read_start(written: str | None) -> datetime | None:
    try:
        return None if written is None else datetime.fromisoformat(written)
    except ValueError as error:
        told = f"--start {written!r} is not a time such as 2026-11-23T09:00"
        raise InputError(told) from error


def _plan_as_json(planned: Plan) -> dict[str, object]:
    return {**asdict(planned), "reaches_verdict": planned.forecast.promoted_s is not None}


def _simulated_as_json(simulated: Simulated) -> dict[str, object]:
    phases = ("promoted", "rolled_back", "paused")
    return {
        "effect": dict(simulated.effect.times),
        "rollouts": len(simulated.ends),
        **{
            phase: {**asdict(simulated.share(phase)), "median_s": simulated.after_s(phase)}
            for phase in phases
        },
    }
