"""Releases as the terminal shows them."""

from collections.abc import Iterator, Mapping

from genaiops.project.release_check import Checked
from genaiops.records.releases import AuditRecord, Deed, Evidence, Release, Stage
from genaiops.release.differences import Change, Differences
from genaiops.release.evidence import Refusal
from genaiops.release.history import History
from genaiops.text.layout import hanging, one_line, table, terminal_width, wrapped
from genaiops.text.printable import printable
from genaiops.text.quantities import counted

_STAGES: tuple[Stage, ...] = ("staging", "production")
_BEFORE_STAGE: Mapping[Deed, str] = {
    "created": "for",
    "approved": "for",
    "promoted": "to",
    "rolled back": "in",
}
_SHORT = 12
_MOST_LINES = 40


def record_line(record: AuditRecord) -> str:
    """A record with its number and time."""
    return hanging(f"{record.generation:>4}  {record.at}  ", record_text(record))


def record_text(record: AuditRecord) -> str:
    """What somebody did."""
    event = record.event
    if event.deed == "rolled out":
        name = f"rollout {event.rollout}"
        by = "" if record.by == name else f"{record.by} in "
        return printable(f"{by}{name}, {event.release} of {event.flow}: {event.reason}")
    stage = f" {_BEFORE_STAGE[event.deed]} {event.stage}" if event.stage else ""
    roles = f" as {', '.join(event.roles)}" if event.deed == "approved" else ""
    instead = f", in place of {event.replaced}" if event.replaced else ""
    why = f": {event.reason}" if event.reason else ""
    did = "rolled back to" if event.deed == "rolled back" else event.deed
    commit = f" at commit {event.revision[:_SHORT]}" if event.revision else ""
    told = f"{record.by} {did} {event.release} of {event.flow}{stage}{roles}{commit}{instead}{why}"
    return printable(told)


def release_lines(release: Release) -> Iterator[str]:
    """A release with its evidence and what it is made of."""
    yield f"release {release.id} of {release.flow}"
    for name in release.evals:
        found = next((each for each in release.evidence if each.eval == name), None)
        yield _evidence_text(found) if found else f"  NO EVIDENCE  {name}"
    if release.left_out:
        yield wrapped(f"left out: {', '.join(release.left_out)}", indent=2)
    packages = ", ".join(f"{name} {version}" for name, version in release.packages.items())
    indexes = (f"index {name} {digest[:_SHORT]}" for name, digest in release.indexes.items())
    models = (name for name in release.parts if name.startswith("model "))
    yield wrapped(", ".join([counted(len(release.files), "file"), *models, *indexes]), indent=2)
    yield wrapped(packages, indent=2)


def file_lines(release: Release) -> Iterator[str]:
    """The files of a release by name."""
    for name in release.files:
        yield f"  {_flat(name)}"


def refusal_lines(release: Release, stage: Stage, refusal: Refusal) -> Iterator[str]:
    """Why a release was not promoted."""
    word = "FAIL" if refusal.kind == "failed" else "OPEN"
    yield f"{word}  release {release.id} of {release.flow} was not promoted to {stage}"
    for sentence in refusal.sentences:
        yield wrapped(sentence, indent=2)


def list_text(history: History) -> str:
    """All releases, the newest first, with where they stand."""
    rows = [("release", "flow", "stands in", "created", "by")]
    for record in reversed(history.created().values()):
        event = record.event
        stages = ", ".join(_stages_of(history, event.flow, event.release))
        rows.append((event.release, event.flow, stages, record.at[:16], record.by))
    return table(rows)


def checked_lines(checked: Checked) -> Iterator[str]:
    """What was found of a release whose files are whole."""
    yield "every file of it is as it was created"
    if checked.refusal is None:
        yield "its evidence passes"
    else:
        yield f"its evidence does not pass: {'; '.join(checked.refusal.sentences)}"
    if checked.others:
        yield f"on this machine it is not what was evaluated: {', '.join(checked.others)}"
    if checked.packages:
        yield f"other versions are installed here: {', '.join(checked.packages)}"
    if checked.edited:
        yield f"the project has changed since: {', '.join(checked.edited)}"


def difference_lines(found: Differences) -> Iterator[str]:
    """What differs between two releases."""
    if not (found.files or found.parts or found.packages or found.evals):
        yield "  nothing differs but the evidence"
    for change in found.files:
        yield f"{_mark(change)} {_flat(change.name)}"
        lines = found.lines.get(change.name, ())
        for line in lines[:_MOST_LINES]:
            yield f"    {one_line(line, terminal_width() - 4)}" if line.strip() else ""
        if len(lines) > _MOST_LINES:
            yield f"    … and {counted(len(lines) - _MOST_LINES, 'line')} more"
    for kind, changes in (
        ("", found.parts),
        ("package ", found.packages),
        ("evaluation ", found.evals),
    ):
        for change in changes:
            was, now = (
                value[:_SHORT] if value else "none" for value in (change.before, change.after)
            )
            yield f"{_mark(change)} {kind}{_flat(change.name)}  {was} -> {now}"


def _evidence_text(evidence: Evidence) -> str:
    decision = evidence.decision
    several = f", newest of {evidence.of_runs} runs" if evidence.of_runs > 1 else ""
    lead = f"  {decision.word.upper()}  "
    told = f"{evidence.eval}: {decision.summary} ({evidence.run}{several})"
    return hanging(lead, told)


def _stages_of(history: History, flow: str, release: str) -> Iterator[Stage]:
    for stage in _STAGES:
        standing = history.standing(flow, stage)
        if standing is not None and standing.release == release:
            yield stage


def _mark(change: Change) -> str:
    if change.before is None:
        return "+"
    return "-" if change.after is None else "~"


def _flat(name: str) -> str:
    return " ".join(printable(name).split())
