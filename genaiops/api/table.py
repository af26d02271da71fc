"""Results as small tables of HTML for a notebook: escaped, without style or script. Pure."""

from collections.abc import Iterable, Sequence
from html import escape

from genaiops.evaluations.reports.figures import counts_text, difference_text, estimate_text
from genaiops.gates import MetricEstimate
from genaiops.records import Decision, EvalRun, Verdict
from genaiops.text.printable import printable


def estimates_table(
    run: EvalRun, estimates: Sequence[MetricEstimate], told: Sequence[str] = ()
) -> str:
    """The metrics of a run, a row each, with the slices below them, and what else is to be told."""
    head = ("metric", "score", "cases", "missing")
    rows: list[tuple[str, ...]] = []
    for entry in estimates:
        parts = [("", entry.estimate)]
        parts += [(f" · {part.slice} {part.value}", part.estimate) for part in entry.slices]
        rows += [
            (
                f"{entry.info.name}{name}",
                estimate_text(found, entry.info),
                str(found.n),
                str(found.missing),
            )
            for name, found in parts
        ]
    table = _table(f"{run.id}: {counts_text(run)}", head, rows)
    lines = "\n".join(_text(line) for line in told)
    return f"{table}<pre>{lines}</pre>" if told else table


def verdicts_table(decision: Decision) -> str:
    """The gates of a decision, a row each, under its word."""
    head = ("gate", "verdict", "score", "why")
    rows = [
        (verdict.gate, verdict.word, _figures(verdict), verdict.sentence)
        for verdict in decision.verdicts
    ]
    told = f"{decision.word.upper()} {decision.eval}: {decision.summary}"
    return _table(f"{told}. {decision.policy_sentence}", head, rows)


def _figures(verdict: Verdict) -> str:
    if verdict.difference is not None:
        return difference_text(verdict.difference, verdict.metric)
    return estimate_text(verdict.estimate, verdict.metric)


def _table(caption: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    body = "".join(_row("td", row) for row in rows)
    return (
        f"<table><caption>{_text(caption)}</caption><thead>{_row('th', head)}</thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _row(tag: str, cells: Iterable[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{_text(cell)}</{tag}>' for cell in cells)}</tr>"


def _text(text: str) -> str:
    return escape(printable(text))
