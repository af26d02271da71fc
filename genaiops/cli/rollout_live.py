"""`genaiops rollout start | status | …`: a rollout that is under way, or over."""

from pathlib import Path
from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.exit_codes import EXIT_FAILED, EXIT_INCONCLUSIVE
from genaiops.cli.options import ConfigOption, JsonOption
from genaiops.cli.person import AsOption, ReasonOption, act_of
from genaiops.cli.rollout_status_text import event_lines, list_text, status_lines
from genaiops.cli.rollout_text import refusal_text, traffic_text
from genaiops.errors import InputError
from genaiops.evaluations.reports.output import write_pieces
from genaiops.project.release_home import release_home
from genaiops.project.rollout_starting import Started, arms_of, decide_by_hand, start_rollout
from genaiops.project.rollout_status import (
    LAST,
    all_verdicts,
    course_of,
    explained,
    report_of,
    status_of,
)
from genaiops.project.rollouts import (
    SaidTraffic,
    assumed_traffic,
    find_rollout,
    plan_rollout,
    too_little,
)
from genaiops.project.session import Session, kept_session
from genaiops.records.rollout_events import RolloutDeed
from genaiops.records.rollout_verdicts import RolloutVerdict
from genaiops.rollout.report.page import render
from genaiops.rollout.traffic import Traffic
from genaiops.specs.rollout import RolloutSpec
from genaiops.text.layout import wrapped
from genaiops.text.quantities import counted

FoundArgument = Annotated[
    str, typer.Argument(help="A rollout by its id; a name: its newest; last.")
]
TrafficOption = Annotated[
    str | None,
    typer.Option(
        "--traffic",
        help="Requests of both arms: 5/min, 2/s, 300/h, 1000/d; by default what was measured.",
    ),
]
NewUsersOption = Annotated[
    str | None,
    typer.Option(
        "--new-users",
        help="Share of requests that are a user's first; without --traffic as measured, else 0.4.",
    ),
]
FileArgument = Annotated[
    str | None, typer.Argument(help="A rollout file by name; not needed where there is one.")
]


def start(
    candidate: Annotated[
        str, typer.Option("--candidate", help="A release; of an external service, its own name.")
    ],
    name: FileArgument = None,
    stable: Annotated[
        str | None, typer.Option("--stable", help="By default what stands in production.")
    ] = None,
    traffic: TrafficOption = None,
    new_users: NewUsersOption = None,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Start a plan that is not likely to reach a verdict.")
    ] = False,
    as_: AsOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Begin with a candidate beside stable; genaiops serve carries it on."""
    session, act = trusted_session(config, None), act_of(as_, None)
    name, spec = find_rollout(session.project, name)
    arms = arms_of(session, name, spec, candidate, stable)
    assumed = assumed_traffic(session, spec, SaidTraffic(traffic, new_users))
    if assumed is None:
        note(f"the plan was not checked: {too_little(spec)}; --traffic 5/min checks it")
    elif not anyway:
        _refuse_without_verdict(name, spec, assumed)
    started = start_rollout(session, name, spec, arms, act)
    if started.stored is None:
        _refused(started, json=json)
        return
    verdict = status_of(session, started.stored.rollout.id)
    _show(verdict, json=json)
    _tell_head(session)


def _refuse_without_verdict(name: str, spec: RolloutSpec, traffic: Traffic) -> None:
    """Check the plan by the traffic that is said or was measured.

    Raises:
        InputError: it is not likely to reach a verdict.
    """
    planned = plan_rollout(name, spec, traffic, proposes=False)
    if planned.forecast.promoted_s is None:
        told = f"{traffic_text(traffic)}; {refusal_text(planned)}"
        raise InputError(f"{told}; --anyway starts it as it is")
    note(f"checked the plan by {traffic_text(traffic)}")


def status(
    name: FoundArgument = LAST, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Exit 0: promoted or as planned, 1: rolled back, 3: held or nobody comes."""
    verdict = status_of(kept_session(config), name)
    _show(verdict, json=json)
    if verdict.exit_code:
        raise typer.Exit(verdict.exit_code)


def list_(json: JsonOption = False, config: ConfigOption = None) -> None:
    """List all that were started, the newest first."""
    verdicts = all_verdicts(kept_session(config))
    if json:
        show_json([_json(each) for each in verdicts])
    else:
        show(list_text(verdicts) if verdicts else "no rollout was started: genaiops rollout start")


def explain(
    name: FoundArgument = LAST, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Tell why a rollout stands where it does, and what would change that."""
    verdict, told = explained(kept_session(config), name)
    if json:
        show_json({**_json(verdict), "told": list(told)})
        return
    _show(verdict, json=False)
    for sentence in told:
        show(wrapped(f"- {sentence}", indent=2))


def replay(
    name: FoundArgument = LAST, json: JsonOption = False, config: ConfigOption = None
) -> None:
    """Run the recorded evidence through the machine again; exit 1 if it decides otherwise."""
    course = course_of(kept_session(config), name)
    fault = course.events[-1].fault
    looks = sum(each.event.deed == "looked" for each in course.events)
    if json:
        answer = {"rollout": course.verdict.rollout, "ok": fault is None, "fault": fault}
        show_json({**answer, "events": len(course.events), "looks": looks})
    else:
        for line in event_lines(course.events):
            show(line)
        same = f"THE SAME  {counted(looks, 'look')}, every decision"
        show(f"OTHERWISE  {fault}" if fault else same)
    if fault is not None:
        raise typer.Exit(EXIT_FAILED)


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="Write the page here: FILE.html.")],
    name: FoundArgument = LAST,
    config: ConfigOption = None,
) -> None:
    """Write a page: traffic, evidence, metrics by arm, events, the audit head."""
    if output.suffix.lower() != ".html":
        raise InputError(f"-o {output}: a page ends in .html; as JSON: genaiops rollout explain")
    told = report_of(kept_session(config), name)
    write_pieces([render(told)], output)
    show(str(output))


def pause(
    name: FoundArgument = LAST,
    as_: AsOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Stay at this share of users; harm still rolls back."""
    _decide("paused", kept_session(config), name, as_, reason, json=json)


def resume(
    name: FoundArgument = LAST,
    as_: AsOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Go on where it was paused."""
    _decide("resumed", kept_session(config), name, as_, reason, json=json)


def abort(
    name: FoundArgument = LAST,
    as_: AsOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Roll back: all users get stable."""
    _decide("aborted", kept_session(config), name, as_, reason, json=json)


def promote(
    name: FoundArgument = LAST,
    as_: AsOption = None,
    reason: ReasonOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Promote the candidate now, whatever is proven of it in traffic."""
    _decide("promoted by hand", trusted_session(config, None), name, as_, reason, json=json)


def _decide(
    deed: RolloutDeed,
    session: Session,
    name: str,
    as_: str | None,
    reason: str | None,
    *,
    json: bool,
) -> None:
    act = act_of(as_, reason)
    reference = status_of(session, name).rollout
    stored = decide_by_hand(session, reference, deed, act)
    _show(status_of(session, stored.rollout.id), json=json)
    _tell_head(session)


def _show(verdict: RolloutVerdict, *, json: bool) -> None:
    if json:
        show_json(_json(verdict))
        return
    for line in status_lines(verdict):
        show(line)


def _refused(started: Started, *, json: bool) -> None:
    refusal = started.refusal
    if refusal is None:
        return
    word = "FAIL" if refusal.kind == "failed" else "OPEN"
    if json:
        show_json({"refusal": {"kind": refusal.kind, "sentences": list(refusal.sentences)}})
    else:
        show(f"{word}  the candidate may not get to users")
        for sentence in refusal.sentences:
            show(wrapped(sentence, indent=2))
    raise typer.Exit(EXIT_FAILED if refusal.kind == "failed" else EXIT_INCONCLUSIVE)


def _json(verdict: RolloutVerdict) -> dict[str, object]:
    return {**verdict.model_dump(mode="json"), "exit_code": verdict.exit_code}


def _tell_head(session: Session) -> None:
    """Print the head, which who keeps it can hold against the chain."""
    trail = release_home(session).audit.read()
    note(f"audit: record {trail.length}, head {trail.head}")
