"""The evidence of a release: runs of its evaluations, judged by its gates."""

from collections.abc import Sequence

from pydantic import ValidationError

from genaiops.errors import InputError
from genaiops.gates import decide
from genaiops.gates.decide import refuse_none
from genaiops.project.calibrations import load_calibrations
from genaiops.project.code import is_python_flow
from genaiops.project.files import eval_name, flow_name
from genaiops.project.judging import load_baseline, scores_of
from genaiops.project.overrides import Overrides
from genaiops.project.release_home import release_home
from genaiops.project.released import Released
from genaiops.project.session import Session
from genaiops.project.supplies import OnNote
from genaiops.project.wiring import Wiring
from genaiops.records import Decision, RunScores
from genaiops.records.releases import Evidence
from genaiops.release.evidence import why_no_evidence
from genaiops.release.shelf import Shelf
from genaiops.specs.evaluation import IMPORTED, EvalSpec
from genaiops.store import Store


def evals_of(session: Session, flow: str) -> tuple[str, ...]:
    """The evaluations with gates that are of a flow as it is, sorted."""
    evals = session.project.evals
    return tuple(
        name
        for name, (spec, _) in sorted(evals.items())
        if spec.gates and why_not_of(spec, flow) is None
    )


def named_evals(session: Session, flow: str, names: Sequence[str]) -> tuple[str, ...]:
    """Evaluations that are asked to prove something of a flow, sorted.

    Raises:
        InputError: there is none of a name, or it has no gates, or is of something else.
    """
    for name in names:
        spec = session.project.eval(name).spec
        refuse_none(spec.gates, eval_name(name))
        why_not = why_not_of(spec, flow)
        if why_not is not None:
            raise InputError(f"evaluation {eval_name(name)!r} is {why_not}: it proves nothing here")
    return tuple(sorted({eval_name(name) for name in names}))


def why_not_of(spec: EvalSpec, flow: str) -> str | None:
    """What else an evaluation is of; None where it is of this flow without a change."""
    own = spec.flow if is_python_flow(spec.flow) or spec.flow == IMPORTED else flow_name(spec.flow)
    if own != flow:
        return f"of {own}, not of {flow}"
    if spec.variant is not None:
        return f"of the variant {spec.variant}"
    return None if spec.model is None else f"of {flow} with the model {spec.model}"


async def find_evidence(
    session: Session, store: Store, wiring: Wiring, name: str, on_note: OnNote
) -> Evidence | None:
    """The newest run of what an evaluation is now; None where there is none, which is noted.

    Raises:
        InputError: a file does not fit, or a variable or an extra is missing.
        TrustError: the evaluation wants what is not trusted yet.
        StoreError: the store cannot be read, or the shelf not be written.
    """
    evaluation = await wiring.evaluation(name, Overrides())
    digests = evaluation.digests()
    finished = [stored for stored in store.runs(name) if stored.state == "finished"]
    whys = [why_no_evidence(stored.run, digests) for stored in finished]
    fitting = [each for each, why in zip(finished, whys, strict=True) if why is None]
    if not fitting:
        on_note(f"{name}: {whys[0] if whys else 'was never run'}; genaiops gate {name}")
        return None
    scores = scores_of(store, fitting[0])
    return Evidence(
        eval=name,
        run=scores.run.id,
        scores=release_home(session).shelf.keep(scores.model_dump_json().encode()),
        decision=_judged(session, scores),
        of_runs=len(fitting),
    )


def judge_evidence(released: Released, shelf: Shelf) -> dict[str, Decision]:
    """What the gates of a release make of its evidence, by evaluation: judged anew.

    Raises:
        InputError: some of it is of something else than the release, or of another version of
            genaiops.
        StoreError: some of it is gone from the shelf, or was changed.
    """
    decisions: dict[str, Decision] = {}
    for each in released.release.evidence:
        data = shelf.take(each.scores, f"the scores of run {each.run}")
        try:
            scores = RunScores.model_validate_json(data)
        except ValidationError as error:
            raise InputError(
                f"the scores of run {each.run} are of another version of genaiops: "
                f"genaiops gate {each.eval}, then genaiops release create {released.release.flow}"
            ) from error
        why_not = why_no_evidence(scores.run, released.release.parts)
        if why_not is not None:
            raise InputError(f"release {released.release.id}: {why_not}")
        decisions[each.eval] = _judged(released.session, scores)
    return decisions


def _judged(session: Session, scores: RunScores) -> Decision:
    """The decision of `genaiops gate`, by the gates, baseline and calibrations of a project."""
    run = scores.run
    spec = session.project.eval(run.eval).spec
    return decide(
        spec.gates,
        scores,
        load_baseline(session, run.eval),
        policy=spec.on_inconclusive,
        calibrations=load_calibrations(session, run),
    )
