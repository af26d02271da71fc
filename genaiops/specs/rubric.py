"""What does not fit together in a judge, and at which key of its file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genaiops.errors import Fault, suggest
from genaiops.specs.document import Path
from genaiops.specs.judge import ANSWER, EXPECTED, OTHER, SCALES, JudgeSpec
from genaiops.specs.load import Loaded

_MOST_SCORES = 101
_LONGEST_LABEL = 40
_TAKEN = frozenset({"model", "embedder", "case", "run"})
_NEEDED = {"reference": EXPECTED, "pairwise": OTHER}


@dataclass(frozen=True, slots=True)
class RubricProblem:
    """What is wrong between the keys of a judge, and at which of them."""

    path: Path
    message: str


def rubric_faults(loaded: Loaded[JudgeSpec]) -> list[Fault]:
    """The problems of a judge that was read, each at its place in the file."""
    return [loaded.document.fault(each.path, each.message) for each in rubric_problems(loaded.spec)]


def rubric_problems(spec: JudgeSpec) -> Iterator[RubricProblem]:
    """All that does not fit together in a judge; the scores of an unsound scale are not checked."""
    scale = [*_scale_problems(spec)]
    yield from scale
    yield from _sight_problems(spec)
    yield from _example_problems(spec)
    if spec.votes > 1 and spec.temperature == 0:
        told = "votes at temperature 0 are all the same: write `temperature: 0.7`, or one vote"
        yield RubricProblem(("votes",), told)
    if spec.form == "pairwise":
        for key in ("direction", "votes", "logprobs"):
            if key in spec.model_fields_set:
                told = f"{key} goes with one answer; a pairwise judge is asked in both orders"
                yield RubricProblem((key,), told)
    if not scale:
        yield from _score_problems(spec)


def _scale_problems(spec: JudgeSpec) -> Iterator[RubricProblem]:
    path = ("scale",)
    if spec.form == "pairwise":
        if spec.scale is not None:
            told = "a pairwise judge answers first, second or tie: leave the scale out"
            yield RubricProblem(path, told)
        return
    match spec.scale:
        case None:
            yield RubricProblem((), f"missing key 'scale': {SCALES}")
        case (low, high) if not low < high < low + _MOST_SCORES:
            told = f"[{low}, {high}]: a scale goes from low to high, over at most {_MOST_SCORES}"
            yield RubricProblem(path, f"{told} scores")
        case dict():
            yield from _label_problems(spec.scale)
        case _:
            pass


def _label_problems(labels: Mapping[str, float]) -> Iterator[RubricProblem]:
    if len(set(labels.values())) < 2 or len(labels) > _MOST_SCORES:
        told = f"a scale has 2 to {_MOST_SCORES} labels, and at least two values"
        yield RubricProblem(("scale",), told)
    seen: set[str] = set()
    for label in labels:
        folded = label.strip().casefold()
        if not folded.isprintable() or not 0 < len(folded) <= _LONGEST_LABEL:
            told = f"{label!r}: a label is one line of 1 to {_LONGEST_LABEL} characters"
            yield RubricProblem(("scale", label), told)
        if label != label.strip() or folded in seen:
            told = f"{label!r}: labels differ in more than case and blanks"
            yield RubricProblem(("scale", label), told)
        seen.add(folded)


def _sight_problems(spec: JudgeSpec) -> Iterator[RubricProblem]:
    path = ("sees",)
    doubled = sorted({name for name in spec.seen if spec.seen.count(name) > 1})
    if doubled:
        yield RubricProblem(path, f"sees {doubled[0]!r} twice")
    for name in spec.seen:
        if not name.isidentifier() or name in _TAKEN:
            told = f"{name!r} is no name of a text: write letters, digits and _"
            yield RubricProblem(path, told)
    needed = _NEEDED.get(spec.form)
    for name in (ANSWER, needed):
        if name is not None and name not in spec.seen:
            yield RubricProblem(path, f"a {spec.form} judge has to see {name!r}: add it")
    for form, name in _NEEDED.items():
        is_fine = name == needed or (name, spec.form) == (EXPECTED, "pairwise")
        if name in spec.seen and not is_fine:
            yield RubricProblem(path, f"a judge that sees {name!r} is of another form: {form}")


def _score_problems(spec: JudgeSpec) -> Iterator[RubricProblem]:
    """Scores that the scale does not have: nobody could ever give them."""
    for level in spec.levels:
        if level not in spec.values:
            yield RubricProblem(("levels", level), _unreachable(level, spec))
    for place, example in enumerate(spec.examples):
        if example.score not in spec.values:
            yield RubricProblem(("examples", place, "score"), _unreachable(example.score, spec))


def _example_problems(spec: JudgeSpec) -> Iterator[RubricProblem]:
    for place, example in enumerate(spec.examples):
        path = ("examples", place, "sees")
        for name in spec.seen:
            if name not in example.sees:
                yield RubricProblem(path, f"the judge also sees {name!r}: give a text")
        for name in example.sees:
            if name not in spec.seen:
                told = f"the judge does not see {name!r}{suggest(name, spec.seen)}"
                yield RubricProblem((*path, name), told)


def _unreachable(score: str, spec: JudgeSpec) -> str:
    labels = list(spec.values)
    shown = ", ".join(labels[:12]) + (", …" if len(labels) > 12 else "")
    return f"the scale has no score {score!r}, so that nothing reaches it (scores: {shown})"
