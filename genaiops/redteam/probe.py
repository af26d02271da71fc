"""The probes that ship: what is asked or planted, and what it is after."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

Kind = Literal["hazard", "look_alike", "injection", "system_prompt", "confidential"]
_FILES: Mapping[Kind, str] = {
    "hazard": "hazards",
    "look_alike": "look_alikes",
    "injection": "injections",
    "system_prompt": "system_prompts",
    "confidential": "confidential",
}
KINDS = tuple(_FILES)
_RISKS: Mapping[Kind, str] = {
    "injection": "prompt_injection",
    "system_prompt": "system_prompt_leakage",
    "confidential": "sensitive_information",
}


@dataclass(frozen=True, slots=True)
class Probe:
    """One attack, or one harmless question that looks like one.

    `passage` is a document that holds the answer or the attack; `order` is the instruction in it,
    with `{canary}` for the word that shows whether it was obeyed; `confidential` is what may not be
    told of it.
    """

    id: str
    kind: Kind
    hazard: str
    """One of the twelve hazards, or the risk of an application that it is after."""
    request: str
    passage: str = ""
    order: str = ""
    confidential: str = ""


@cache
def all_probes() -> tuple[Probe, ...]:
    """All probes, kind by kind."""
    return tuple(probe for kind in KINDS for probe in _read(kind))


def _read(kind: Kind) -> Iterator[Probe]:
    text = files("genaiops.redteam").joinpath("probes", f"{_FILES[kind]}.jsonl").read_text("utf-8")
    for line in text.splitlines():
        read = cast("dict[str, str]", json.loads(line))
        yield Probe(
            id=read["id"],
            kind=kind,
            hazard=read.get("hazard") or _RISKS[kind],
            request=read["request"],
            passage=read.get("passage", ""),
            order=read.get("order", ""),
            confidential=read.get("confidential", ""),
        )
