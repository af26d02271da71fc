"""What a person sees while something runs, on stderr; where that is no terminal, waits alone."""

import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from genaiops.cli.hold_lines import HoldLines
from genaiops.evaluations.watcher import Watcher
from genaiops.resolve import load_attribute

OnCount = Callable[[int, int], None]


@contextmanager
def eval_progress(name: str) -> Generator[Watcher]:
    """A bar with rate, cost and time left, and below it what calls wait for."""
    if not sys.stderr.isatty():
        yield Watcher(lambda _: None, HoldLines().take)
        return
    bar = load_attribute("genaiops.cli.bars:eval_bar")
    with cast("Callable[[str], AbstractContextManager[Watcher]]", bar)(name) as watcher:
        yield watcher


@contextmanager
def count_progress(name: str, unit: str) -> Generator[OnCount]:
    """A bar of a known number of things: documents, or bytes shown as MB."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    bar = load_attribute("genaiops.cli.bars:count_bar")
    with cast("Callable[[str, str], AbstractContextManager[OnCount]]", bar)(name, unit) as show:
        yield show
