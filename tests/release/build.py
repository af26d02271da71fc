"""Chains of deeds with releases, and small releases, for tests."""

from collections.abc import Sequence
from typing import Any

from genaiops.records import Decision, Word
from genaiops.records.releases import AuditRecord, Evidence, Release, ReleaseEvent
from genaiops.release.chain import Trail, line_of, read_trail
from genaiops.release.history import History

AT = "2026-11-21T12:00:00+00:00"


def event(deed: Any, release: str = "r1", **fields: Any) -> ReleaseEvent:
    """A deed with a release of the assistant; its bundle is called as the release."""
    known = {"flow": "assistant", "bundle": f"bundle of {release}", **fields}
    return ReleaseEvent(deed=deed, release=release, **known)


def chain(events: Sequence[tuple[str, ReleaseEvent]]) -> tuple[AuditRecord, ...]:
    """The records of deeds, each by somebody."""
    trail = Trail(())
    for by, each in events:
        record = trail.next_record(each, by=by, at=AT)
        trail = Trail((*trail.records, record), trail.length + 1)
    return trail.records


def written(records: Sequence[AuditRecord]) -> bytes:
    """The file of a chain."""
    return b"".join(map(line_of, records))


def history(*events: tuple[str, ReleaseEvent]) -> History:
    """What a chain of deeds says."""
    return History(read_trail(written(chain(events))).records)


def release(**fields: Any) -> Release:
    """A small release."""
    known: dict[str, Any] = {
        "flow": "assistant",
        "files": {"flows/assistant/flow.yaml": "1" * 64},
        "parts": {"flow assistant": "f", "model extractive": "m"},
        "packages": {"genaiops": "0.1.0"},
        "evals": ("assistant",),
    }
    return Release(**{**known, **fields})


def decision(word: Word, name: str = "assistant", **fields: Any) -> Decision:
    """A decision of an evaluation."""
    known: dict[str, Any] = {
        "summary": f"it is {word}",
        "blocked": word != "pass",
        "policy": "block",
        "policy_sentence": "",
        "verdicts": (),
    }
    return Decision(eval=name, word=word, **{**known, **fields})


def evidence(word: Word = "pass", name: str = "assistant", **fields: Any) -> Evidence:
    """The evidence of an evaluation."""
    known = {"run": f"{name}-1", "scores": "5" * 64, **fields}
    return Evidence(eval=name, decision=decision(word, name), **known)
