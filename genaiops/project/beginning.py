"""What gates begin with that have no margin yet: told, and written into the evaluation's file."""

from collections.abc import Iterator
from dataclasses import dataclass

from genaiops.errors import InputError
from genaiops.evaluations.reports.output import write_pieces
from genaiops.evaluations.reports.terminal.margins import margin_comment, repeats_comment
from genaiops.gates.baselines import metric_of
from genaiops.gates.margins import (
    FirstMargin,
    OpenGate,
    first_margin,
    first_repeats,
    usual_repeats,
)
from genaiops.gates.noise import ASSUMED, noise_of_repeats
from genaiops.gates.ranges import bounded_range
from genaiops.gates.sample import Level
from genaiops.gates.standing import tiered_before
from genaiops.gates.two_looks import gates_at_a_look
from genaiops.project.calibrations import load_calibrations
from genaiops.project.remeasuring import fixed_answers
from genaiops.project.session import Session
from genaiops.records import RunScores
from genaiops.specs.additions import Addition, with_additions
from genaiops.specs.evaluation import GateSpec, OnInconclusive
from genaiops.specs.load import parse_yaml

_LEAST_DRAWS = 2
"""Of each case, to see how much its scores vary."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What the gates of an evaluation that have no margin yet begin with.

    `margins` has each with its place among the gates. `repeats` are the draws of each case that
    they reckon with; `writes_repeats` says that the file does not say so yet.
    """

    margins: tuple[tuple[int, FirstMargin], ...]
    repeats: int
    writes_repeats: bool

    @property
    def firsts(self) -> tuple[FirstMargin, ...]:
        """What is begun with, in the order of the gates."""
        return tuple(first for _, first in self.margins)

    @property
    def is_written(self) -> bool:
        """Whether anything of it belongs into the file."""
        return any(first.margin is not None for first in self.firsts)

    def additions(self, policy: OnInconclusive) -> Iterator[Addition]:
        """What is to be written into the file of the evaluation."""
        held = [first for first in self.firsts if first.margin is not None]
        for place, first in self.margins:
            if first.margin is not None:
                comment = margin_comment(first, first.of.gate.on_inconclusive or policy)
                path = ("gates", place)
                yield Addition(path, "no_worse_than", "margin", first.margin, comment)
        if held and self.writes_repeats:
            yield Addition((), "dataset", "repeats", self.repeats, repeats_comment(held))


def gates_to_begin(session: Session, scores: RunScores) -> list[tuple[int, GateSpec]]:
    """The gates against a baseline that have no margin, of metrics with a range; with places.

    Each in the tier that it has once it has a margin.

    Raises:
        SpecError: a calibration is damaged.
    """
    spec = session.project.eval(scores.run.eval).spec
    calibrations = load_calibrations(session, scores.run)
    tiers = [
        tiered_before(gate, metric_of(scores, gate.metric), calibrations) for gate in spec.gates
    ]
    return [
        (place, gate)
        for place, gate in enumerate(gates_at_a_look(tiers, spec.on_inconclusive))
        if gate.lacks_margin
        and (info := metric_of(scores, gate.metric)) is not None
        and bounded_range(info) is not None
    ]


def draws_wanted(session: Session, scores: RunScores) -> int | None:
    """How often each case of a run has to be asked, to see the noise that its gates wait for.

    None where no gate that blocks waits for it, the run shows it, or its answers are the same each
    time.
    """
    loaded, run = session.project.eval(scores.run.eval), scores.run
    is_seen = run.repeats >= _LEAST_DRAWS or fixed_answers(session, run) is not None
    if is_seen or not _blocking(gates_to_begin(session, scores)):
        return None
    is_said = ("repeats",) in loaded.document.places
    wanted = loaded.spec.repeats if is_said else usual_repeats(len(scores.cases))
    return max(wanted, _LEAST_DRAWS)


def begin(session: Session, scores: RunScores, drawn: RunScores | None) -> Beginning | None:
    """What gates without a margin begin with; None where there are none.

    Args:
        session: the project.
        scores: of the run that is accepted.
        drawn: of a run with several draws of each case, which tell the noise. Without one, that of
            the accepted run itself is taken, or else one is assumed.
    """
    run = scores.run
    loaded = session.project.eval(run.eval)
    found = gates_to_begin(session, scores)
    if not found:
        return None
    gates = [_open_gate(gate, drawn or scores) for _, gate in found]
    deciding = [each for each in gates if each.gate.tier == "blocking"]
    is_said = ("repeats",) in loaded.document.places
    if fixed_answers(session, run) is not None or not deciding:
        repeats, is_said = run.repeats, True
    elif is_said:
        repeats = loaded.spec.repeats
    else:
        made = (drawn or scores).run.repeats
        repeats = first_repeats(deciding, made if made > 1 else usual_repeats(len(scores.cases)))
    places = (place for place, _ in found)
    margins = zip(places, (first_margin(gate, repeats) for gate in gates), strict=True)
    return Beginning(tuple(margins), repeats, writes_repeats=not is_said and repeats > 1)


def begun_text(session: Session, name: str, beginning: Beginning) -> str | None:
    """The text of the evaluation's file with what its gates begin with; None if that is nothing.

    Raises:
        InputError: the file is another one by now.
        SpecError: something cannot be placed in the file; it is told, with the place.
    """
    spec, document = session.project.eval(name)
    additions = [*beginning.additions(spec.on_inconclusive)]
    if not additions:
        return None
    text = (session.root / document.shown).read_bytes().decode()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix(mark)
    if parse_yaml(text, document.shown).value != document.value:
        raise InputError(f"{document.shown} was changed while its noise was measured: accept again")
    return mark + with_additions(text, document.shown, additions)


def write_begun(session: Session, name: str, text: str) -> None:
    """Write the file of an evaluation anew.

    Raises:
        ExecutionError: it cannot be written.
    """
    shown = session.project.eval(name).document.shown
    write_pieces([text], (session.root / shown).resolve())


def _blocking(found: list[tuple[int, GateSpec]]) -> bool:
    return any(gate.tier == "blocking" for _, gate in found)


def _open_gate(gate: GateSpec, scores: RunScores) -> OpenGate:
    info = next(each for each in scores.run.metrics if each.name == gate.metric)
    noise = noise_of_repeats(scores, info) or ASSUMED
    return OpenGate(gate, info, Level.of(scores, info).sample, noise)
