"""What the gates of an evaluation can tell on its dataset, before money is spent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import ValidationError

from genaiops.datasets import Dataset, open_dataset
from genaiops.errors import InputError
from genaiops.evaluations.evaluation import cases_digest
from genaiops.evaluations.scores import run_scores
from genaiops.gates.baselines import metric_of
from genaiops.gates.noise import ASSUMED, Noise, noise_of_change, noise_of_repeats
from genaiops.gates.prospects import Basis, Prospect, prospect
from genaiops.gates.ranges import bounded_range
from genaiops.gates.sample import Level, Sample
from genaiops.gates.standing import (
    Calibrations,
    Standing,
    as_declared,
    standing_before,
    standing_text,
    tiered,
)
from genaiops.gates.two_looks import gates_at_a_look
from genaiops.project.asking import Said
from genaiops.project.calibrations import calibrations_of
from genaiops.project.check_metrics import known_infos
from genaiops.project.files import Project, eval_name
from genaiops.project.judging import load_baseline
from genaiops.project.session import Session
from genaiops.project.wish import Wish
from genaiops.records import EvalRun, MetricInfo, RunScores
from genaiops.specs.evaluation import EvalSpec, GateSpec
from genaiops.store import Store, StoredRun

_NOT_ANSWERING = {"genaiops", "dataset", "cases", "metrics"}
"""The names of those digests of a run that do not tell what gave its answers."""


@dataclass(frozen=True, slots=True)
class Power:
    """The prospects of each gate of an evaluation, and the runs that they rest on.

    `level` names the run that tells what is usual, and `measured` the one that tells the noise;
    None where there is none. `differs` names what answered otherwise in `measured` than in `level`.
    """

    eval: str
    sample: Sample
    repeats: int
    prospects: tuple[Prospect, ...]
    level: str | None
    measured: str | None
    differs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    """The runs that tell something of an evaluation.

    `level` is the baseline, or else the newest run. `drawn` has repeats: the newest run in which
    the same answered as in `level`, or else one of the evaluation as its file said it. `changed` is
    the newest run of something else than the baseline.
    """

    baseline: RunScores | None
    level: RunScores | None
    drawn: RunScores | None
    changed: RunScores | None

    def noise(self, gate: GateSpec, info: MetricInfo) -> Noise:
        """That of a gate with a margin: of repeats, or of the last change, or assumed."""
        if gate.no_worse_than is None or bounded_range(info) is None:
            return ASSUMED
        if self.drawn is not None and _has(self.drawn, info):
            found = noise_of_repeats(self.drawn, info)
            if found is not None:
                return found
        one, other = self.changed, self.baseline
        if one is None or other is None or not (_has(one, info) and _has(other, info)):
            return ASSUMED
        return noise_of_change(one, other, info) or ASSUMED


def foresee(session: Session, store: Store, name: str) -> Power:
    """Tell what each gate of an evaluation is likely to say of an unchanged candidate.

    Raises:
        InputError: the evaluation has no gates, or its dataset has no case left by its filter.
        SpecError: the dataset, or the file of the baseline or of a calibration is damaged.
    """
    name = eval_name(name)
    spec = session.project.eval(name).spec
    if not spec.gates:
        raise InputError(
            f"evaluation {name!r} has no gate whose power could be told: add one under `gates:`, "
            "for instance {metric: answer_f1, at_least: 0.7}"
        )
    dataset = open_dataset(session.dataset_path(spec.dataset), session.shown(spec.dataset))
    sample = Sample.of(case.cluster for case in dataset.cases(spec.filter, spec.limit))
    if not sample.cases:
        raise InputError(f"no case of {dataset.shown} is left by filter and limit")
    known = _known(session, store, name)
    calibrations = calibrations_of(session.root, name, [use.label for use in spec.metrics])
    asked = _asked(session.project, spec, known, calibrations)
    prospects = tuple(_prospects(asked, spec, known, sample, dataset))
    noises = [each.noise for each in prospects if each.noise is not None]
    measured = known.drawn if any(each.origin == "repeats" for each in noises) else None
    if measured is None and any(each.origin == "change" for each in noises):
        measured = known.changed
    return Power(
        eval=name,
        sample=sample,
        repeats=spec.repeats,
        prospects=prospects,
        level=known.level.run.id if known.level else None,
        measured=measured.run.id if measured else None,
        differs=_differing(measured.run, known.level.run) if measured and known.level else (),
    )


def _known(session: Session, store: Store, name: str) -> _Known:
    accepted = load_baseline(session, name)
    baseline = accepted.scores if accepted else None
    stored = [each for each in store.runs(name) if each.is_whole and each.run.scored]
    runs = [each.run for each in stored]
    level = baseline or _read(store, iter(runs))
    if level is None:
        return _Known(None, None, None, None)
    drawn = _read(store, _drawn(stored, level.run))
    if drawn is None and level.run.repeats > 1:
        drawn = level
    if baseline is None:
        return _Known(None, level, drawn, None)
    changed = _read(store, (run for run in runs if run.digest != baseline.run.digest))
    return _Known(baseline, level, drawn, changed)


def _drawn(stored: Sequence[StoredRun], level: EvalRun) -> Iterator[EvalRun]:
    """The runs with repeats that tell the noise of a level, the one that does it best first."""
    found = [each for each in stored if each.run.repeats > 1]
    yield from (each.run for each in found if not _differing(each.run, level))
    if level.repeats == 1:
        yield from (each.run for each in found if _is_as_filed(each))


def _is_as_filed(stored: StoredRun) -> bool:
    """Whether nothing took the place of what the file of the evaluation says."""
    try:
        said = Wish.model_validate_json(stored.asked or "").said
    except ValidationError:  # from Python, of another version, or of another commit
        return False
    return said == Said(stored.run.eval)


def _differing(run: EvalRun, level: EvalRun) -> tuple[str, ...]:
    """What answered otherwise in one run than in another: flow, prompts, models, code, indexes."""
    return tuple(name for name in run.changed_since(level) if name not in _NOT_ANSWERING)


def _read(store: Store, runs: Iterator[EvalRun]) -> RunScores | None:
    """The scores of the first of these runs."""
    run = next(runs, None)
    return run_scores(run, store.results(run.id, with_nodes=False)) if run else None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A gate in its tier, with its metric; `is_seen` where a run holds that."""

    gate: GateSpec
    info: MetricInfo
    standing: Standing | None
    is_seen: bool


def _asked(
    project: Project, spec: EvalSpec, known: _Known, calibrations: Calibrations
) -> list[_Asked]:
    declared, found = known_infos(project, spec), list[_Asked]()
    for gate in spec.gates:
        seen = metric_of(known.level, gate.metric) if known.level else None
        info = seen or declared.get(gate.metric)
        if info is None:
            raise InputError(
                f"only a run tells the range of {gate.metric!r}, a metric of your own: "
                "genaiops eval first"
            )
        standing = standing_before(gate, seen or as_declared(info, calibrations), calibrations)
        found.append(_Asked(tiered(gate, standing), info, standing, seen is not None))
    return found


def _prospects(
    asked: Sequence[_Asked], spec: EvalSpec, known: _Known, sample: Sample, dataset: Dataset
) -> Iterator[Prospect]:
    same = {"cases": cases_digest(spec), "dataset": dataset.digest}
    gates = gates_at_a_look([each.gate for each in asked], spec.on_inconclusive)
    for gate, each in zip(gates, asked, strict=True):
        info = each.info
        level = Level.of(known.level, info) if known.level and each.is_seen else None
        is_same = known.level is not None and same.items() <= known.level.run.digests.items()
        of_metric = level.sample if level and is_same else sample
        basis = Basis(of_metric, spec.repeats, known.noise(gate, info), level)
        standing = None if each.standing is None else standing_text(each.standing)
        yield replace(prospect(gate, info, basis), standing=standing)


def _has(scores: RunScores, info: MetricInfo) -> bool:
    """Whether a run holds the very same metric."""
    found = metric_of(scores, info.name)
    return found is not None and found.digest == info.digest
