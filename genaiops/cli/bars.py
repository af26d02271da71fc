"""Bars on stderr, while something runs: the door of rich."""

import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text
from typing_extensions import override

from genaiops.cli.hold_lines import SHORTEST_S
from genaiops.evaluations.progress import Progress as EvalProgress
from genaiops.evaluations.watcher import Watcher
from genaiops.flow.hold import Hold
from genaiops.text.layout import one_line
from genaiops.text.quantities import money

OnCount = Callable[[int, int], None]
_SHOWN_EVERY_S = 0.1


class HoldLine:
    """What calls wait for just now, with the seconds that are left of it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._hold: Hold | None = None
        self._until_s = 0.0

    def take(self, hold: Hold) -> None:
        """Show a wait, unless one is shown that lasts longer."""
        until_s = self._clock() + hold.wait_s
        if hold.wait_s >= SHORTEST_S and until_s > self._until_s:
            self._hold, self._until_s = hold, until_s

    @property
    def text(self) -> str | None:
        """The line, as long as the wait lasts."""
        left_s = self._until_s - self._clock()
        if self._hold is None or left_s <= 0:
            return None
        return one_line(str(replace(self._hold, wait_s=left_s)), 200)


class _Bar(Progress):
    """A bar with a line below it while calls wait."""

    hold: HoldLine | None = None

    @override
    def get_renderables(self) -> Iterable[RenderableType]:
        yield from super().get_renderables()
        if self.hold is not None and (text := self.hold.text):
            yield Text(text, no_wrap=True, overflow="ellipsis")


def _bar() -> _Bar:
    return _Bar(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True, highlight=False),
        transient=True,
    )


@contextmanager
def eval_bar(name: str) -> Generator[Watcher]:
    """A bar with rate, cost and time left, ten times a second: cases may end more often."""
    with _bar() as bar:
        bar.hold = HoldLine()
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
                told=f"{rate}{failed}{money(progress.known_cost_usd)}",
            )

        yield Watcher(show, bar.hold.take)


@contextmanager
def count_bar(name: str, unit: str) -> Generator[OnCount]:
    """A bar of a known number of things: documents, or bytes shown as MB."""
    scale = 1_000_000 if unit == "MB" else 1
    with _bar() as bar:
        task = bar.add_task(one_line(name, 40), total=None, told=unit)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done // scale, total=max(total // scale, 1))

        yield show
