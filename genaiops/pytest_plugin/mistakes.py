"""A user's mistake in a test, shown at the line of the test and not within genaiops. Light."""

from types import TracebackType

from genaiops.errors import GenaiopsError


def end_at_the_test(error: BaseException) -> None:
    """Leave our own frames, and what made us raise, out of the traceback of an error of ours."""
    if not isinstance(error, GenaiopsError):
        return
    here = error.__traceback__
    while here is not None and here.tb_next is not None:
        if _is_ours(here.tb_next):
            here.tb_next = None
            error.__cause__, error.__suppress_context__ = None, True
        here = here.tb_next


def _is_ours(entry: TracebackType) -> bool:
    """Whether a frame is genaiops; the plugin stands outside of the test."""
    package, _, rest = entry.tb_frame.f_globals.get("__name__", "").partition(".")
    return package == "genaiops" and not rest.startswith("pytest_plugin")
