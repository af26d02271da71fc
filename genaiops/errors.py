"""What a user can meet, and what the command line makes of it (exit codes of the design).

GenaiopsError
├── InputError            what the user gave is wrong                                  exit 2
│   ├── SpecError         faults of files, all of them, each with its place
│   ├── TemplateError     a prompt template that does not parse or render
│   ├── Refused           a request that a server of ours does not serve
│   └── MissingExtra      a part of the installation that is not there
├── TrustError            the project wants what nobody has trusted yet                exit 5
├── Interrupted           somebody asked to stop; what was finished is kept            exit 130
└── ExecutionError        the world did not do its part: provider, store, disk         exit 4
    ├── CallError         a model call that ended without an answer, with its kind
    └── StoreError        the store cannot be read or written
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, Self

FailureKind = Literal[
    "rate_limit",
    "server",
    "timeout",
    "connection",
    "truncated",
    "malformed",
    "content_filter",
    "length",
    "context_window",
    "auth",
    "budget",
    "recording",
    "template",
    "schema",
    "empty",
    "node",
    "metric",
    "interrupted",
]
"""Why a call, a node, a case or a metric has no result.

`malformed` is a reply that is not the protocol (HTML, broken JSON), `schema` an answer that breaks
its response schema, `node` an exception in a node, `recording` a replay without its recording.
"""


Again = FailureKind | Literal["hedged"]
"""Why a call was made again: it failed so, or it was slow and a second one raced it."""


class GenaiopsError(Exception):
    """Everything genaiops raises on purpose."""


class InputError(GenaiopsError):
    """What the user gave is wrong; the message says what to do."""

    @classmethod
    def unknown(cls, what: str, name: str, known: Iterable[str], *, in_order: bool = False) -> Self:
        """An unknown name, with the nearest valid one and the others; see `suggest`."""
        return cls(f"unknown {what} {name!r}{suggest(name, known, in_order=in_order)}")


class MissingExtra(InputError):
    """A feature needs an optional dependency that is not installed."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f'{feature} needs an extra: pip install "genaiops[{extra}]"')
        self.extra = extra


class TemplateError(InputError):
    """A prompt template does not parse, or does not render with what it was given."""


class Refused(InputError):
    """A request is not served; `status` is that of HTTP, `code` a word for programs.

    `retry_after_s` is given where the same request may be served later.
    """

    def __init__(
        self, status: int, code: str, message: str, *, retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong in a file; lines and columns count from 1, 0 is the whole file."""

    file: str
    line: int
    column: int
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {'warning: ' if self.severity == 'warning' else ''}{self.message}"


class SpecError(InputError):
    """The faults of one or many files, gathered."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in sorted(faults)))
        self.faults = tuple(sorted(faults))


class TrustError(GenaiopsError):
    """The project wants to run code, reach a host or read a variable that is not trusted yet."""

    def __init__(self, wants: Sequence[str]) -> None:
        listed = "\n".join(f"  {want}" for want in wants)
        super().__init__(f"not trusted yet:\n{listed}")
        self.wants = tuple(wants)


class Interrupted(GenaiopsError):
    """Somebody asked to stop; what was finished is kept."""


class ExecutionError(GenaiopsError):
    """The world did not do its part: a provider, the store, the disk."""


class CallError(ExecutionError):
    """A model call ended without a usable answer.

    `is_final` says that it was tried again as often as that makes sense, and `made_again` why.
    """

    def __init__(
        self,
        kind: FailureKind,
        message: str,
        *,
        retry_after_s: float | None = None,
        is_final: bool = False,
        made_again: tuple[Again, ...] = (),
    ) -> None:
        super().__init__(message)
        self.kind: FailureKind = kind
        self.retry_after_s = retry_after_s
        self.is_final = is_final
        self.made_again = made_again


class StoreError(ExecutionError):
    """The store cannot be read or written."""


def suggest(name: str, known: Iterable[str], *, in_order: bool = False) -> str:
    """The tail of a message about an unknown name: the nearest valid word, then the valid ones.

    These are sorted, unless they come in an order that says more, as that of time.
    """
    names = list(dict.fromkeys(known)) if in_order else sorted(set(known))
    if not names:
        return "; there are none"
    near = get_close_matches(name, names, n=1, cutoff=0.6)
    lead = f"; did you mean {near[0]!r}?" if near else ""
    shown = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    return f"{lead} (known: {shown})"
