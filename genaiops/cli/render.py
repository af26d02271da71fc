"""What a person sees while something runs, on stderr; where that is no terminal, nothing."""

import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import cast

from genaiops.evaluations.runner import OnProgress
from genaiops.resolve import load_attribute

OnCount = Callable[[int, int], None]


@contextmanager
def eval_progress(name: str) -> Generator[OnProgress]:
    """A bar with rate, cost and time left."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    bar = load_attribute("genaiops.cli.bars:eval_bar")
    with cast("Callable[[str], AbstractContextManager[OnProgress]]", bar)(name) as show:
        yield show


@contextmanager
def count_progress(name: str, unit: str) -> Generator[OnCount]:
    """A bar of a known number of things: documents, or bytes shown as MB."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    bar = load_attribute("genaiops.cli.bars:count_bar")
    with cast("Callable[[str, str], AbstractContextManager[OnCount]]", bar)(name, unit) as show:
        yield show
