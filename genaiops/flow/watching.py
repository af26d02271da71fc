"""Calls of models and retrievals as they end, for whoever watches a flow while it runs."""

import asyncio
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from genaiops.errors import CallError, FailureKind
from genaiops.records import Completion, CompletionRequest, Passage


@dataclass(slots=True, kw_only=True)
class _Timed:
    """When something began and ended, in ns of Unix time, and how it failed."""

    began_ns: int = 0
    ended_ns: int = 0
    failure: FailureKind | None = None


@dataclass(slots=True, kw_only=True)
class SeenCall(_Timed):
    """A call of a model with all its attempts, by the model's name in the catalog."""

    model: str
    request: CompletionRequest
    completion: Completion | None = None


@dataclass(slots=True, kw_only=True)
class SeenRetrieval(_Timed):
    """A look into an index."""

    index: str
    query: str
    k: int
    passages: tuple[Passage, ...] = ()


Seen = SeenCall | SeenRetrieval
Watch = Callable[[Seen], None]
"""Is told of each as it ends."""
_WATCH: ContextVar[Watch | None] = ContextVar("genaiops_watch", default=None)


@contextmanager
def watching(watch: Watch | None) -> Generator[None]:
    """Tell `watch` what the flows that run in here ask; None: nobody watches."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


@contextmanager
def seeing(seen: Seen) -> Generator[None]:
    """Time what happens in here, and tell who watches."""
    watch = _WATCH.get()
    if watch is None:
        yield
        return
    seen.began_ns, started = time.time_ns(), time.perf_counter_ns()
    try:
        yield
    except CallError as error:
        seen.failure = error.kind
        raise
    except asyncio.CancelledError:
        seen.failure = "interrupted"
        raise
    except Exception:
        seen.failure = "node"
        raise
    finally:
        seen.ended_ns = seen.began_ns + time.perf_counter_ns() - started
        watch(seen)
