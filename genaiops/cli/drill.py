"""`genaiops drill`: faults on purpose, to see that the promises hold on this machine."""

from collections.abc import Coroutine
from typing import Annotated, Any

import typer

from genaiops.cli.door import note, run_async, show, show_json
from genaiops.cli.options import JsonOption, new_app
from genaiops.drills.concurrent_runs import drill_concurrent_runs
from genaiops.drills.determinism import drill_determinism
from genaiops.drills.disk_full import Points, drill_disk_full
from genaiops.drills.faults import drill_faults
from genaiops.drills.outcome import Outcome
from genaiops.drills.resume_kill import Faults, Kills, drill_resume_kill
from genaiops.drills.rollout import MODES, Rolled, drill_rollout
from genaiops.errors import ExecutionError, InputError
from genaiops.project.environment import process_environment
from genaiops.text.layout import table

app = new_app("See that promises hold on this machine: kills, faults, a full disk, many at once.")

CasesOption = Annotated[int, typer.Option("--cases", min=1, max=200_000, help="So many cases.")]
SeedOption = Annotated[int, typer.Option("--seed", help="The same seed, the same faults.")]


@app.command("resume-kill")
def resume_kill(
    cases: CasesOption = 2000,
    kills: Annotated[int, typer.Option("--kills", min=1, max=1000, help="So many kill -9.")] = 20,
    faults: Annotated[Faults, typer.Option("--faults", help="What the endpoint does.")] = "std",
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Kill a run at random points and resume it: nothing is lost, little is paid twice."""
    asked = Kills(cases, kills, faults, seed)
    _tell(drill_resume_kill(asked, process_environment(), note), json=json)


@app.command()
def faults(
    cases: Annotated[
        int, typer.Option("--cases", min=1, max=1000, help="So many cases for each fault.")
    ] = 1,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Meet each fault of an endpoint: every case ends in its documented state. Takes a minute."""
    _tell(drill_faults(cases, seed, process_environment(), note), json=json)


@app.command("disk-full")
def disk_full(
    cases: CasesOption = 200,
    points: Annotated[int, typer.Option("--points", min=1, max=200, help="So many limits.")] = 20,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Let the disk be full at many points: an explicit error, and a run that goes on."""
    asked = Points(cases, points, seed)
    _tell(drill_disk_full(asked, process_environment(), note), json=json)


@app.command()
def determinism(cases: CasesOption = 200, seed: SeedOption = 0, json: JsonOption = False) -> None:
    """Evaluate recorded calls in many ways: each time the same bytes."""
    _tell(drill_determinism(cases, seed, process_environment(), note), json=json)


@app.command("concurrent-runs")
def concurrent_runs(
    cases: CasesOption = 200, seed: SeedOption = 0, json: JsonOption = False
) -> None:
    """Evaluate by several processes into one store: none is locked out, nothing is lost."""
    _tell(drill_concurrent_runs(cases, seed, process_environment(), note), json=json)


@app.command()
def rollout(
    modes: Annotated[
        list[str] | None,
        typer.Option("--mode", help=f"One of {', '.join(MODES)}; repeatable; by default each."),
    ] = None,
    kills: Annotated[int, typer.Option("--kills", min=0, max=1000, help="So many kill -9.")] = 5,
    seed: SeedOption = 0,
    json: JsonOption = False,
) -> None:
    """Roll out candidates that fail in six ways, and kill the server. Takes a minute or two."""
    for mode in modes or ():
        if mode not in MODES:
            raise InputError.unknown("failure of a candidate", mode, MODES, in_order=True)
    asked = Rolled(tuple(modes or MODES), kills, seed)
    _tell(drill_rollout(asked, process_environment(), note), json=json)


def _tell(drill: Coroutine[Any, Any, Outcome], *, json: bool) -> None:
    outcome = run_async(drill)
    if json:
        head, *rows = outcome.figures
        show_json(
            {
                "drill": outcome.kind,
                "promise": outcome.promise,
                "held": outcome.held,
                "broken": list(outcome.broken),
                "figures": [dict(zip(head, map(str.strip, row), strict=True)) for row in rows],
            }
        )
    else:
        show(table(outcome.figures))
        show(f"{'held' if outcome.held else 'BROKEN'}: {outcome.promise}")
    if not outcome.held:
        raise ExecutionError("\n".join(("the promise did not hold", *outcome.broken)))
