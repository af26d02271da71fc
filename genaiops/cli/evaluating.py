"""What commands that evaluate share: running with a bar, trust, filters and reports."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from pydantic import JsonValue

from genaiops.cli.door import ensure_trust, note, run_code, show, show_json
from genaiops.cli.interrupting import stoppable
from genaiops.cli.render import eval_progress
from genaiops.errors import InputError, Interrupted, StoreError
from genaiops.evaluations.reports import Report, check_suffix, write_report
from genaiops.evaluations.reports.terminal.summary import failures_text, run_text
from genaiops.evaluations.stopping import Stop
from genaiops.project.asking import Said, Setup, set_up
from genaiops.project.evaluating import Asked, run_evaluation
from genaiops.project.overrides import FlowOverrides
from genaiops.project.session import Session, open_session
from genaiops.project.wants import Used, used_by_eval
from genaiops.records import EvalRun
from genaiops.specs.load import plain_value
from genaiops.store import Store


def said_of(
    name: str | None,
    *ways: list[str] | None,
    data: Path | None = None,
    metric: list[str] | None = None,
) -> Said:
    """What the options say; `ways` are the prompts, models, variants and settings."""
    prompts, models, variants, settings = (tuple(each or ()) for each in ways)
    return Said(name, prompts, models, variants, settings, data, tuple(metric or ()))


def set_up_aloud(session: Session, said: Said) -> Setup:
    """Find or draft the evaluation that is meant, and tell what was noticed in it.

    Raises:
        InputError: words that do not fit together, or name what is not there.
    """
    setup = set_up(session, said)
    for told in setup.notes:
        note(told)
    return setup


def run_with_progress(
    session: Session, store: Store, asked: Asked, *, resume: str | None = None
) -> EvalRun:
    """Run an evaluation with a bar; an interruption says what was kept.

    `resume` is the command that goes on with a run that is named after it.
    """
    stop = Stop()
    asked = replace(asked, stop=stop, resume=resume)
    with eval_progress(asked.name) as watcher, telling_what_is_kept(store, resume):
        work = run_evaluation(session, store, asked, watcher=watcher, on_note=note)
        return run_code(stoppable(work, stop))


@contextmanager
def telling_what_is_kept(store: Store, resume: str | None = None) -> Generator[None]:
    """Tell how to go on after an interruption, or when the disk is full.

    Raises:
        KeyboardInterrupt: somebody asked to stop.
    """
    try:
        yield
    except (KeyboardInterrupt, Interrupted):
        _tell_what_is_kept(store, resume)
        raise KeyboardInterrupt from None
    except StoreError:
        with suppress(StoreError):
            _tell_what_is_kept(store, resume)
        raise


def _tell_what_is_kept(store: Store, resume: str | None) -> None:
    if store.began is None:
        return
    run = store.run(store.began).run
    done = sum(1 for _ in store.places(run.id))
    if done < run.planned:
        again = "the same command again reuses their calls"
        how = f"to go on: {resume} {run.id}" if resume else again
        note(f"{done} of {run.planned} cases are kept in run {run.id}; {how}")


def show_run(report: Report, *, json: bool) -> None:
    """Print a run with its estimates and what failed, or as JSON."""
    if json:
        show_json(report.run.model_dump(mode="json"))
        return
    show(run_text(report.run, report.estimates))
    show_failures(report)


def write_reports(report: Report, paths: Iterable[Path]) -> None:
    """Write a report to each path, and say so."""
    for path in paths:
        for written in write_report(report, path):
            note(f"wrote {written}")


def show_failures(report: Report) -> None:
    """Print what failed and what is missing, if anything."""
    failures = failures_text(report.results()) if report.has_failures else ""
    if failures:
        show(failures)


def trust_evaluation(session: Session, name: str, flows: Iterable[FlowOverrides]) -> None:
    """See that all that an evaluation uses is trusted, with each of what is said over its flow.

    Raises:
        TrustError: it is not.
    """
    used = Used()
    for over in flows:
        used |= used_by_eval(session.project, name, variant=over.variant, model=over.model)
    ensure_trust(session, used)


def trust_saved(folder: Path, name: str) -> None:
    """Trust in a project that was just saved what its command line named."""
    saved = open_session(folder)
    saved.book.trust(saved.root, saved.wants(used_by_eval(saved.project, name)))


def check_outputs(paths: Iterable[Path]) -> None:
    """Refuse a report that cannot be written before anything is run.

    Raises:
        InputError: no report has that suffix.
    """
    for path in paths:
        check_suffix(path.name)


def parse_filters(written: list[str]) -> dict[str, JsonValue]:
    """`topic=bills` to a tag and its value; true, false and numbers are meant as such.

    Raises:
        InputError: an entry is no TAG=VALUE.
    """
    found: dict[str, JsonValue] = {}
    for entry in written:
        tag, equals, value = entry.partition("=")
        if not (equals and tag.strip() and value.strip()):
            raise InputError(f"--filter {entry!r}: write TAG=VALUE")
        found[tag] = plain_value(value)
    return found
