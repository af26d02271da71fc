"""Several arms on the terminal and in files."""

from collections.abc import Collection, Sequence
from pathlib import Path

from genaiops.cli.door import note, show, show_json
from genaiops.digests import canonical_json
from genaiops.evaluations.comparison import Comparison
from genaiops.evaluations.reports import ArmReport
from genaiops.evaluations.reports.comparison_json import comparison_fields
from genaiops.evaluations.reports.comparison_write import check_comparison_suffix, write_comparison
from genaiops.evaluations.reports.terminal.comparison import comparison_text, named_cases
from genaiops.evaluations.reports.terminal.summary import failures_text
from genaiops.project.comparing import Compared
from genaiops.text.layout import terminal_width


def check_compared_outputs(paths: Sequence[Path]) -> None:
    """Refuse a report that cannot be written before anything is run.

    Raises:
        InputError: no report of a comparison has that suffix.
    """
    for path in paths:
        check_comparison_suffix(path.name)


def write_compared(compared: Compared, paths: Sequence[Path]) -> None:
    """Write a comparison to each path, and say so."""
    for path in paths:
        for written in write_comparison(compared.comparison, compared.arms, path):
            note(f"wrote {written}")


def show_matrix(comparison: Comparison, paths: Sequence[Path], *, json: bool) -> None:
    """Write and print a comparison of scores without answers."""
    arms = tuple(ArmReport(arm.label, None, arm.failure) for arm in comparison.arms)
    write_compared(Compared(arms, comparison), paths)
    if json:
        show_json(comparison_fields(comparison))
    else:
        show(comparison_text(comparison, terminal_width()))


def show_compared(compared: Compared, *, json: bool) -> None:
    """Print a comparison, what failed in its arms, and how to look at the answers."""
    if json:
        show_json(comparison_fields(compared.comparison))
        return
    asked = _asked(compared, named_cases(compared.comparison))
    show(comparison_text(compared.comparison, terminal_width(), asked))
    for arm in compared.arms:
        failures = failures_text(arm.report.results(), most=1) if arm.report else ""
        if failures:
            show(f"  {arm.label}:\n{failures}")
    runs = [arm.report.run.id for arm in compared.arms if arm.report is not None]
    if len(runs) > 1:
        note(f"answers side by side: genaiops view {runs[0]} {runs[1]}")


def _asked(compared: Compared, ids: Collection[str]) -> dict[str, str]:
    """What these cases ask: their first text, or all inputs as JSON."""
    reports = (arm.report for arm in compared.arms)
    report = next((each for each in reports if each is not None), None)
    asked: dict[str, str] = {}
    for stored in report.results() if report is not None and ids else ():
        if stored.case.id in ids:
            texts = [text for text in stored.case.inputs.values() if isinstance(text, str)]
            whole = canonical_json(stored.case.inputs)
            asked[stored.case.id] = texts[0] if texts else whole
    return asked
