"""`genaiops diff`: two evaluations, metrics first, then the cases that changed."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, cast

import typer
from pydantic import JsonValue

from genaiops.cli.door import show, show_json, trusted_session
from genaiops.cli.options import ConfigOption, JsonOption, new_app
from genaiops.digests import canonical_json
from genaiops.evaluations.diff import CaseChange, Diff, diff_runs, is_passage
from genaiops.evaluations.reports.answer import answer_text
from genaiops.gates import number_style
from genaiops.records import MetricInfo
from genaiops.store import StoredResult
from genaiops.text.layout import one_line, table, terminal_width, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

app = new_app("Compare two evaluations, case by case.")

_WHERE = {"passages": "their passages", "scores": "their scores"}
_WHAT = {
    "answer": "the answer changed",
    "passages": "its passages changed",
    "scores": "its scores changed",
}


@app.command()
def command(
    before: Annotated[str, typer.Argument(help="A run's id or an evaluation's name.")],
    after: Annotated[str, typer.Argument(help="Another run.")],
    most: Annotated[
        int, typer.Option("-n", "--limit", min=0, help="Show so many changed cases.")
    ] = 10,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Show what changed from one run to another, the most harmed cases first."""
    with trusted_session(config, None).read_store() as store:
        old, new = store.run(before).run, store.run(after).run
        found = diff_runs(old, new, store.results(old.id), store.results(new.id))
    if json:
        show_json(_as_json(found))
    else:
        show("\n".join(_lines(found, most)))


def _lines(found: Diff, most: int) -> Iterator[str]:
    yield f"{found.before.id} -> {found.after.id}"
    yield wrapped(f"changed inputs: {', '.join(found.digests) or 'none'}", indent=2)
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
    shown = f"; the {most} most harmed:" if 0 < most < len(found.cases) else ""
    yield wrapped(f"{_counts(found)}{shown}", indent=2)
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
    yield ""
    yield from _head(_title(case), told or _WHAT[case.kind])
    yield f"    asked   {one_line(canonical_json(case.after.case.inputs), width)}"
    shown = _places if case.kind == "passages" else answer_text
    yield f"    before  {one_line(shown(case.before), width)}"
    yield f"    after   {one_line(shown(case.after), width)}"


def _counts(found: Diff) -> str:
    """How many answers changed, and how many cases differ without that."""
    kinds = Counter(case.kind for case in found.cases)
    more = [
        f"{counted(kinds[kind], 'case')} only in {where}"
        for kind, where in _WHERE.items()
        if kinds[kind]
    ]
    return ", ".join([f"{counted(kinds['answer'], 'answer')} changed", *more])


def _head(title: str, told: str) -> Iterator[str]:
    """A case and what changed, on one line where they fit."""
    if len(title) + len(told) + 4 <= terminal_width():
        yield f"  {title}  {told}"
    else:
        yield f"  {title}"
        yield wrapped(told, indent=4)


def _title(case: CaseChange) -> str:
    repeat = case.after.result.repeat
    return f"{printable(case.after.case.id)}{f' (repeat {repeat + 1})' if repeat else ''}"


def _places(stored: StoredResult) -> str:
    """The passages of a result by document and place, best first."""
    lists = [value for value in (stored.result.outputs or {}).values() if isinstance(value, list)]
    found = [cast("dict[str, JsonValue]", p) for values in lists for p in values if is_passage(p)]
    told = [f"{p['document']} [{p['start']}:{p['end']}]" for p in found]
    return ", ".join(told) or "no passages"


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
                "kind": case.kind,
                "before": case.before.result.outputs,
                "after": case.after.result.outputs,
                "scores": {name: list(pair) for name, pair in case.scores.items()},
            }
            for case in found.cases
        ],
        "only_before": list(found.only_before),
        "only_after": list(found.only_after),
    }
