"""Spans as they would be sent, kept in memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from genaiops.serve.spans import Span
from genaiops.serve.tracing import Trace


@dataclass
class MemorySpan:
    """A span with those below it; None until it has ended."""

    span: Span | None = None
    spans: list["MemorySpan"] = field(default_factory=list["MemorySpan"])

    def below(self, span: Span) -> "MemorySpan":
        made = MemorySpan(span)
        self.spans.append(made)
        return made

    def end(self, span: Span) -> None:
        assert self.span is None, "it ended twice"
        self.span = span

    def tree(self, depth: int = 0) -> Iterator[tuple[int, str, str | None]]:
        """Depth, name and error of each."""
        assert self.span is not None
        yield depth, self.span.name, self.span.error
        for each in self.spans:
            yield from each.tree(depth + 1)


@dataclass
class MemoryTracing:
    """Keeps each trace."""

    keeps_content: bool = False
    requests: list[MemorySpan] = field(default_factory=list[MemorySpan])

    def begin(self, flow: str, headers: Mapping[str, str]) -> Trace:  # noqa: ARG002  the protocol has it
        self.requests.append(MemorySpan())
        return Trace(self.requests[-1], self.keeps_content)
