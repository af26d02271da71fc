"""`genaiops diff`: two evaluations, metrics first, then the cases that changed."""

from collections.abc import Iterator
from typing import Annotated

import typer

from genaiops.cli.door import show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.cli.text import one_line, safe, table, terminal_width
from genaiops.digests import canonical_json
from genaiops.evaluations.diff import CaseChange, Diff, diff_runs
from genaiops.gates import number_style
from genaiops.records import MetricInfo
from genaiops.store import StoredResult

app = new_app("Compare two evaluations, case by case.")


@app.command()
def command(
    before: Annotated[str, typer.Argument(help="A run's id or an evaluation's name.")],
    after: Annotated[str, typer.Argument(help="Another run.")],
    most: Annotated[int, typer.Option("-n", "--limit", help="Show so many changed cases.")] = 10,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show what changed from one run to another, the most harmed cases first."""
    with trusted_session(config, None).open_store() as store:
        old, new = store.run(before).run, store.run(after).run
        found = diff_runs(old, new, store.results(old.id), store.results(new.id))
    if json:
        show_json(_as_json(found))
    else:
        show("\n".join(_lines(found, most)))


def _lines(found: Diff, most: int) -> Iterator[str]:
    yield f"{found.before.id} -> {found.after.id}"
    yield f"  changed inputs: {', '.join(found.digests) or 'none'}"
    rows = [("  metric", "before", "after", "difference", "better", "worse", "pairs")]
    for change in found.metrics:
        style = number_style(change.info)
        gap = None
        if change.before is not None and change.after is not None:
            gap = change.after - change.before
        rows.append(
            (
                f"  {change.info.name}",
                style.value(change.before),
                style.value(change.after),
                style.difference(gap) if gap is not None else "",
                str(change.improved),
                str(change.worsened),
                str(change.paired),
            )
        )
    yield table(rows, right=range(1, 7))
    yield f"  {len(found.cases)} cases changed" + (
        f"; the {most} most harmed:" if len(found.cases) > most else ""
    )
    infos = {change.info.name: change.info for change in found.metrics}
    for case in found.cases[:most]:
        yield from _case_lines(case, infos)
    for label, ids in (("before", found.only_before), ("after", found.only_after)):
        if ids:
            yield f"  only {label}: {one_line(', '.join(ids), terminal_width() - 16)}"


def _case_lines(case: CaseChange, infos: dict[str, MetricInfo]) -> Iterator[str]:
    width = terminal_width() - 12
    told = ", ".join(
        f"{name} {number_style(infos[name]).value(old)} -> {number_style(infos[name]).value(new)}"
        for name, (old, new) in case.scores.items()
    )
    yield f"\n  {safe(case.after.case.id)}  {told or 'the answer or its passages changed'}"
    yield f"    asked   {one_line(canonical_json(case.after.case.inputs), width)}"
    yield f"    before  {one_line(_answer(case.before), width)}"
    yield f"    after   {one_line(_answer(case.after), width)}"


def _answer(stored: StoredResult) -> str:
    result = stored.result
    if result.failure is not None:
        return f"{result.failure.kind}: {result.failure.message}"
    texts = [value for value in (result.outputs or {}).values() if isinstance(value, str)]
    return texts[0] if texts else canonical_json(result.outputs)


def _as_json(found: Diff) -> dict[str, object]:
    return {
        "before": found.before.id,
        "after": found.after.id,
        "changed_inputs": list(found.digests),
        "metrics": [
            {
                "metric": change.info.name,
                "before": change.before,
                "after": change.after,
                "pairs": change.paired,
                "improved": change.improved,
                "worsened": change.worsened,
            }
            for change in found.metrics
        ],
        "cases": [
            {
                "case_id": case.after.case.id,
                "repeat": case.after.result.repeat,
                "before": case.before.result.outputs,
                "after": case.after.result.outputs,
                "scores": {name: list(pair) for name, pair in case.scores.items()},
            }
            for case in found.cases
        ],
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
    }
