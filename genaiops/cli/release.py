"""`genaiops release`: what is proven becomes a release, and gets into a stage or back out of it."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer

from genaiops.cli.door import (
    ensure_trust,
    naming_code,
    note,
    run_code,
    show,
    show_json,
    trusted_session,
)
from genaiops.cli.exit_codes import EXIT_FAILED, EXIT_INCONCLUSIVE
from genaiops.cli.options import ConfigOption, JsonOption, TrustOption, new_app
from genaiops.cli.person import (
    AsOption,
    ReasonOption,
    SeenOption,
    ToStageOption,
    act_of,
    person,
)
from genaiops.cli.release_package import package
from genaiops.cli.release_prune import prune
from genaiops.cli.release_text import (
    checked_lines,
    difference_lines,
    file_lines,
    list_text,
    record_line,
    record_text,
    refusal_lines,
    release_lines,
)
from genaiops.errors import InputError
from genaiops.project.promoting import PREVIOUS, Moved, promote_by_hand, roll_back
from genaiops.project.release_check import check_release
from genaiops.project.release_home import ReleaseHome, find_release_home, release_home
from genaiops.project.released import open_release
from genaiops.project.releasing import approve_release, create_release, used_to_create
from genaiops.records.releases import AuditRecord, Release, ReleaseEvent, Stage
from genaiops.release.differences import differences_of
from genaiops.release.evidence import Refusal
from genaiops.release.history import History
from genaiops.text.layout import wrapped
from genaiops.text.quantities import counted

ReleaseArgument = Annotated[
    str,
    typer.Argument(help="A release by its id or the beginning of it; a flow: its newest; last."),
]
app = new_app("Make releases of what is proven, promote them, and go back.")


@app.command()
def create(
    flow: Annotated[str, typer.Argument(help="A flow by name, or a function: app:answer.")],
    evals: Annotated[
        list[str] | None,
        typer.Option("--eval", help="Only this evaluation has to pass; repeatable."),
    ] = None,
    as_: AsOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Keep a flow as it is now, with all that its answers depend on and what was proven of it."""
    by = person(as_)
    session = naming_code(trusted_session(config, trust), flow)
    ensure_trust(session, used_to_create(session, flow, evals or ()))
    with session.read_store() as store:
        made = run_code(create_release(session, store, flow, evals or (), by=by, on_note=note))
    if json:
        refusal = asdict(made.refusal) if made.refusal else None
        record = _record_json(made.record)
        show_json({"release": _json(made.release), "refusal": refusal, "record": record})
    else:
        _show(release_lines(made.release))
    if made.record is None:
        note("the same release with the same evidence is there already")
    _tell(made.record)
    if made.refusal is not None:
        note("it cannot be promoted yet")


@app.command("list")
def list_(json: JsonOption = False, config: ConfigOption = None) -> None:
    """List the releases, the newest first, and where they stand."""
    trail = find_release_home(config).audit.read()
    history = History(trail.records)
    if json:
        show_json([_record_json(record) for record in reversed(history.created().values())])
    else:
        show(
            list_text(history) if history.created() else "no release: genaiops release create FLOW"
        )
    if trail.fault is not None:
        note(f"the record of this cannot be trusted: {trail.fault}; see genaiops audit verify")
    note(f"audit: {counted(trail.length, 'record')}, head {trail.head}")


@app.command("show")
def show_release(
    release: ReleaseArgument, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Show what a release is made of, its evidence, and all that was done with it."""
    home = find_release_home(config)
    found = home.find(release)
    if json:
        show_json(_json(found))
        return
    _show(release_lines(found))
    _show(file_lines(found))
    for record in home.audit.read().records:
        if record.event.release == found.id:
            show(record_line(record))


@app.command()
def diff(
    release: ReleaseArgument,
    other: Annotated[
        str | None, typer.Argument(help="Beside which; by default what stands in production.")
    ] = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Show what a release changes, line by line."""
    home = find_release_home(config)
    after = home.find(release)
    before = home.find(other) if other else _in_production(home, after)
    found = differences_of(before, after, home.shelf)
    if json:
        show_json({"before": before.id, "after": after.id, **asdict(found)})
        return
    show(f"{before.id} -> {after.id} of {after.flow}")
    _show(difference_lines(found))


@app.command()
def verify(
    release: ReleaseArgument,
    json: JsonOption = False,
    config: ConfigOption = None,
    trust: TrustOption = None,
) -> None:
    """Exit 0 if a release is whole, its evidence passes, and it is here what was evaluated."""
    session = trusted_session(config, trust)
    home = release_home(session)
    event = home.created(release)
    changed = home.shelf.fault(event.bundle, f"release {event.release}")
    if changed is not None:
        _verified(event, (changed,), json=json, code=EXIT_FAILED)
    found = home.find(event.release)
    faults = home.shelf.faults(found)
    if faults:
        _verified(event, faults, json=json, code=EXIT_FAILED)
    released = open_release(session, found)
    ensure_trust(released.session, released.used)
    checked = run_code(check_release(session, released))
    code = EXIT_FAILED if checked.others else _code_of(checked.refusal)
    _verified(event, tuple(checked_lines(checked)), json=json, code=code)


@app.command()
def approve(
    release: ReleaseArgument,
    to: ToStageOption,
    as_: AsOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Say that a release may get into a stage, in the roles that you have in genaiops.yaml."""
    act = act_of(as_, reason)
    record = approve_release(trusted_session(config, None), release, to, act)
    _done(record, json=json)


@app.command()
def promote(
    release: ReleaseArgument,
    to: ToStageOption,
    as_: AsOption = None,
    reason: ReasonOption = None,
    seen: SeenOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Put a release into a stage; exit 1 if a gate failed, 3 if evidence or an approval lacks."""
    act = act_of(as_, reason, seen)
    _moved(promote_by_hand(trusted_session(config, None), release, to, act), to, json=json)


@app.command()
def rollback(
    flow: Annotated[
        str | None, typer.Argument(help="A flow; not needed where releases are of one.")
    ] = None,
    to: Annotated[
        str, typer.Option("--to", help="A release that stood there, or what did before.")
    ] = PREVIOUS,
    stage: Annotated[Stage, typer.Option("--stage", help="Where.")] = "production",
    as_: AsOption = None,
    reason: ReasonOption = None,
    seen: SeenOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Go back to a release that stood in a stage; needs no evidence and no approval."""
    act = act_of(as_, reason, seen)
    _moved(roll_back(find_release_home(config), to, stage, act, flow), stage, json=json)


app.command()(package)
app.command()(prune)


def _in_production(home: ReleaseHome, after: Release) -> Release:
    standing = home.standing(after.flow, "production")
    if standing is None:
        raise InputError(
            f"no release of {after.flow} stands in production: name two, genaiops release diff "
            f"{after.id} OTHER"
        )
    return standing


def _moved(moved: Moved, stage: Stage, *, json: bool) -> None:
    release, refusal = moved.release, moved.refusal
    if refusal is not None:
        if json:
            show_json({"refusal": asdict(refusal), "record": None})
        else:
            _show(refusal_lines(release, stage, refusal))
        raise typer.Exit(_code_of(refusal))
    if moved.record is None:
        if json:
            show_json({"refusal": None, "record": None})
        note(f"nothing was done: release {release.id} of {release.flow} stands in {stage} already")
        return
    _done(moved.record, json=json)


def _done(record: AuditRecord, *, json: bool) -> None:
    if json:
        show_json({"refusal": None, "record": _record_json(record)})
    else:
        show(record_text(record))
    _tell(record)


def _tell(record: AuditRecord | None) -> None:
    """Print the head, which who keeps it can hold against the chain."""
    if record is not None:
        note(f"audit: record {record.generation}, head {record.hash}")


def _verified(event: ReleaseEvent, told: tuple[str, ...], *, json: bool, code: int) -> None:
    word = "ok" if code == 0 else "not ok"
    if json:
        show_json({"release": event.release, "ok": code == 0, "told": list(told)})
    else:
        show(f"{word}  release {event.release} of {event.flow}")
        _show(wrapped(each, indent=2) for each in told)
    if code:
        raise typer.Exit(code)


def _code_of(refusal: Refusal | None) -> int:
    if refusal is None:
        return 0
    return EXIT_FAILED if refusal.kind == "failed" else EXIT_INCONCLUSIVE


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        show(line)


def _json(release: Release) -> dict[str, object]:
    return {"id": release.id, **release.model_dump(mode="json")}


def _record_json(record: AuditRecord | None) -> object:
    return record.model_dump(mode="json") if record is not None else None
