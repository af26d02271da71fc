"""Whom `assert_gate` tells of an open gate that does not block: pytest, else a warning. Light."""

import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str], None]
_listener: ContextVar[Listener | None] = ContextVar("genaiops_open_gates", default=None)


@contextmanager
def listening(listener: Listener) -> Generator[None]:
    """Have open gates told to a listener, as long as this lasts."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(text: str, *, stacklevel: int) -> None:
    """Tell of an open gate; without a listener by a warning, at the caller so many calls above."""
    listener = _listener.get()
    if listener is not None:
        listener(text)
    else:
        warnings.warn(text, stacklevel=stacklevel + 1)
