"""Bars on stderr, while something runs: the door of rich."""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

from genaiops.evaluations.runner import OnProgress
from genaiops.evaluations.runner import Progress as EvalProgress
from genaiops.text.layout import one_line
from genaiops.text.quantities import money

OnCount = Callable[[int, int], None]
_SHOWN_EVERY_S = 0.1


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )


@contextmanager
def eval_bar(name: str) -> Generator[OnProgress]:
    """A bar with rate, cost and time left, ten times a second: cases may end more often."""
    with _bar() as bar:
        task = bar.add_task(one_line(name, 24), total=None, told="")
        shown_s = 0.0

        def show(progress: EvalProgress) -> None:
            nonlocal shown_s
            now_s = time.monotonic()
            if now_s - shown_s < _SHOWN_EVERY_S and progress.done < progress.planned:
                return
            shown_s = now_s
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            rate = f"{speed:.1f}/s " if speed else ""
            failed = f"{progress.errored} errored " if progress.errored else ""
            bar.update(
                task,
                total=progress.planned,
                completed=progress.done,
                told=f"{rate}{failed}{money(progress.usage.cost_usd or 0.0)}",
            )

        yield show


@contextmanager
def count_bar(name: str, unit: str) -> Generator[OnCount]:
    """A bar of a known number of things: documents, or bytes shown as MB."""
    scale = 1_000_000 if unit == "MB" else 1
    with _bar() as bar:
        task = bar.add_task(one_line(name, 40), total=None, told=unit)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done // scale, total=max(total // scale, 1))

        yield show
