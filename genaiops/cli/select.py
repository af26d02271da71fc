"""`genaiops select`: a model by constraints and evidence."""

from collections.abc import Iterator
from typing import Annotated

import typer

from genaiops.cli.door import note, show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.errors import InputError
from genaiops.evaluations.selection import Candidate, Choice
from genaiops.project.files import eval_name
from genaiops.project.lock import LOCK_FILE
from genaiops.project.selecting import check_selection, resolve_selection, selection_of
from genaiops.project.session import Session
from genaiops.specs.catalog import SelectionSpec
from genaiops.text.layout import table
from genaiops.text.quantities import money, seconds

app = new_app("Choose a model by constraints and evidence, and lock the choice.")


@app.command()
def command(
    name: Annotated[str, typer.Argument(help="A selection of the catalog.")],
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether the locked choice still holds.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> None:
    """Resolve a selection from the newest runs of its evidence; every exclusion is explained."""
    session = trusted_session(config, None)
    if check:
        _check(session, name, json=json)
        return
    with session.read_store() as store:
        choice = resolve_selection(session, store, name)
    if json:
        show_json(_as_json(name, choice))
    else:
        head = ("model", "quality", "$ per 1,000", "p95", "why not")
        show(table([head, *map(_row, choice.candidates)], right=(1, 2, 3), flexible=4))
    if choice.model is None:
        raise InputError(f"selection {name!r}: no model fits; nothing was locked")
    note(f"{name} -> {choice.model}; wrote {LOCK_FILE}: commit it")
    for told in _reservations(selection_of(session, name), choice):
        note(told)


def _check(session: Session, name: str, *, json: bool) -> None:
    with session.read_store() as store:
        problem = check_selection(session, store, name)
    model = session.lock.models.get(name)
    if json:
        holds = problem is None
        show_json({"selection": name, "model": model, "holds": holds, "problem": problem})
    if problem is not None:
        raise InputError(problem)
    if not json:
        show(f"{name} -> {model}: holds")


def _reservations(spec: SelectionSpec, choice: Choice) -> Iterator[str]:
    """What the choice does not rest on."""
    found = choice.evidence
    if found is None:
        return
    if found.failed:
        yield f"{spec.prefer} asks for no gate; not passed: {'; '.join(found.failed)}"
    if found.unjudged:
        it, needs = ("it", "it needs") if len(found.unjudged) == 1 else ("them", "they need")
        yield f"not judged, for {needs} a baseline: {'; '.join(found.unjudged)}"
        yield f"to judge {it}: genaiops gate {eval_name(spec.evidence)} -m {found.model}"


def _row(candidate: Candidate) -> tuple[str, ...]:
    found = candidate.evidence
    return (
        candidate.model,
        f"{found.quality:.3f}" if found and found.quality is not None else "",
        money(found.usd_per_1k_cases) if found else "",
        seconds(found.latency_p95_s) if found and found.latency_p95_s is not None else "",
        candidate.excluded or "",
    )


def _as_json(name: str, choice: Choice) -> dict[str, object]:
    return {
        "selection": name,
        "model": choice.model,
        "gates_not_judged": list(choice.evidence.unjudged) if choice.evidence else [],
        "candidates": [_candidate_as_json(candidate) for candidate in choice.candidates],
    }


def _candidate_as_json(candidate: Candidate) -> dict[str, object]:
    found = candidate.evidence
    return {
        "model": candidate.model,
        "excluded": candidate.excluded,
        "quality": found.quality if found else None,
        "usd_per_1k_cases": found.usd_per_1k_cases if found else None,
        "latency_p95_s": found.latency_p95_s if found else None,
        "gates_not_passed": list(found.failed) if found else None,
        "run_digest": found.run_digest if found else None,
    }
