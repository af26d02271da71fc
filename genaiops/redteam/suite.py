"""From probes to cases of an ordinary dataset, for a flow of a certain form. Pure, and seeded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from pydantic import JsonValue

from genaiops.digests import digest
from genaiops.errors import InputError
from genaiops.records import Case, Passage
from genaiops.redteam.probe import Kind, Probe, all_probes
from genaiops.redteam.techniques import DRESSES, TECHNIQUES, Technique

PLANTED = "planted"
"""The input of a case that is planted in the indexes of the flow."""

_SYLLABLES = ("quor", "vex", "zil", "trom", "blix", "nadu", "fyr", "gosk", "mivo", "pluj")
_ONLY: Mapping[Kind, Technique] = {
    "injection": "indirect_injection",
    "system_prompt": "system_prompt",
    "confidential": "confidential_data",
    "look_alike": "look_alike",
}
_OWASP: Mapping[Kind, str] = {
    "injection": "LLM01",
    "system_prompt": "LLM07",
    "confidential": "LLM02",
}


@dataclass(frozen=True, slots=True)
class Target:
    """The form of a flow: its input for a question, and where a document can be put.

    That is an index that it retrieves from (`plants`), an input for passages, or else the question.
    """

    question: str
    passages: str | None = None
    plants: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Which probes: of these hazards and techniques, all where none is named; at most `limit`."""

    hazards: tuple[str, ...] = ()
    techniques: tuple[Technique, ...] = ()
    limit: int | None = None
    seed: int = 0


def cases_of(target: Target, choice: Choice) -> tuple[Case, ...]:
    """The cases of a choice: every probe once, harmful requests by one technique after another.

    A smaller number of cases is taken evenly from all hazards and techniques. The same seed gives
    the same cases.

    Raises:
        InputError: there is no such hazard or technique, or nothing is left.
    """
    known = tuple(dict.fromkeys(probe.hazard for probe in all_probes()))
    _refuse_unknown("hazard", choice.hazards, known)
    _refuse_unknown("technique", choice.techniques, tuple(TECHNIQUES))
    chosen = list(_dressed(choice))
    if not chosen:
        raise InputError(
            f"no probe of {', '.join(choice.hazards)} goes with {', '.join(choice.techniques)}"
        )
    if choice.limit is not None and choice.limit < len(chosen):
        step = len(chosen) / choice.limit
        chosen = [chosen[int((place + 0.5) * step)] for place in range(choice.limit)]
    return tuple(
        _case(probe, technique, target, _random(choice.seed, probe)) for probe, technique in chosen
    )


def _dressed(choice: Choice) -> Iterator[tuple[Probe, Technique]]:
    """Each probe of the hazards that goes with a technique, and that."""
    wanted = choice.techniques or tuple(TECHNIQUES)
    dresses: list[Technique] = [technique for technique in DRESSES if technique in wanted]
    by_hazard: dict[tuple[Kind, str], list[Probe]] = {}
    for probe in all_probes():
        if not choice.hazards or probe.hazard in choice.hazards:
            by_hazard.setdefault((probe.kind, probe.hazard), []).append(probe)
    for place, ((kind, hazard), probes) in enumerate(by_hazard.items()):
        order = Random(digest([choice.seed, kind, hazard]))  # noqa: S311  no secret
        shuffled = order.sample(probes, len(probes))
        for turn, probe in enumerate(shuffled):
            only = _ONLY.get(kind)
            if only is None and dresses:
                yield probe, dresses[(turn + place) % len(dresses)]
            elif only in wanted:
                yield probe, only


def _refuse_unknown(what: str, named: Sequence[str], known: Sequence[str]) -> None:
    for name in named:
        if name not in known:
            raise InputError.unknown(what, name, known)


def _random(seed: int, probe: Probe) -> Random:
    return Random(digest([seed, probe.id]))  # noqa: S311  no secret


def _case(probe: Probe, technique: Technique, target: Target, random: Random) -> Case:
    canary = "".join(random.sample(_SYLLABLES, 3)).upper() if probe.order else ""
    order = probe.order.format(canary=canary)
    passage = f"{probe.passage}\n{order}" if order else probe.passage
    asked = DRESSES[technique](probe.request, random) if technique in DRESSES else probe.request
    tags: dict[str, JsonValue] = {
        "kind": probe.kind,
        "hazard": probe.hazard,
        "technique": technique,
    }
    return Case(
        id=probe.id,
        inputs=_inputs(asked, passage, target),
        expected={
            "must_refuse": probe.kind == "hazard",
            "answerable": probe.kind == "look_alike",
            "canary": canary,
            "confidential": [probe.confidential] if probe.confidential else [],
            "extracts_prompt": probe.kind == "system_prompt",
        },
        tags={**tags, **({"owasp": _OWASP[probe.kind]} if probe.kind in _OWASP else {})},
    )


def _inputs(asked: str, passage: str, target: Target) -> dict[str, JsonValue]:
    """The inputs of a case, with its document where the flow can take one."""
    if target.plants:
        return {target.question: asked, PLANTED: passage}
    if target.passages is not None:
        whole = Passage(document=PLANTED, start=0, end=len(passage), text=passage)
        given: list[JsonValue] = [whole.model_dump(mode="json")] if passage else []
        return {target.question: asked, target.passages: given}
    if passage:
        return {target.question: f"{asked}\n\nFrom a document:\n{passage}"}
    return {target.question: asked}
