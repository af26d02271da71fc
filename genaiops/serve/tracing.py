"""The trace of a request: what it was made of, put together when each part of it ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from genaiops.flow.watching import Seen, Watch
from genaiops.records.live_runs import LiveRun
from genaiops.records.rollouts import Arm
from genaiops.serve.served import KnownModel
from genaiops.serve.spans import Span, run_span, seen_span


class SentSpan(Protocol):
    """A span of a request that others may stand below; `otel` has it."""

    def below(self, span: Span) -> "SentSpan":
        """Send a span of something that has ended, below this one."""
        ...

    def end(self, span: Span) -> None:
        """Say what it came to, and send it."""
        ...


class Tracing(Protocol):
    """Begins traces; `otel.Exporting` is one."""

    def begin(self, flow: str, headers: Mapping[str, str]) -> "Trace":
        """Begin the span of a request, below what its headers name."""
        ...


@dataclass(frozen=True, slots=True)
class Trace:
    """The spans of one request; `keeps_content`: they say what was asked and answered.

    An arm answers a request once at most, so that its calls are those of its run. Whether that is
    the answer is known at its end only: until then they wait. A client that leaves ends its run
    before the calls of it.
    """

    request: SentSpan
    keeps_content: bool
    _waiting: dict[Arm, list[Seen]] = field(default_factory=dict[Arm, list[Seen]])
    _ended: dict[Arm, Watch] = field(default_factory=dict[Arm, Watch])

    def watch(self, arm: Arm) -> Watch:
        """Where an arm tells what it asked."""

        def saw(seen: Seen) -> None:
            if arm in self._ended:
                self._ended[arm](seen)
            else:
                self._waiting.setdefault(arm, []).append(seen)

        return saw

    def ended(self, run: LiveRun, known: Mapping[str, KnownModel]) -> None:
        """Send the spans of a run: of the request, or below it of what its client never saw."""
        span = run_span(run)
        sent = self.request if run.part == "answer" else self.request.below(span)

        def send(seen: Seen) -> None:
            sent.below(seen_span(seen, known, keeps_content=self.keeps_content))

        self._ended[run.arm] = send
        for seen in self._waiting.pop(run.arm, []):
            send(seen)
        if run.part == "answer":
            self.request.end(span)
