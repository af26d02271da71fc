"""Flows for tests: from the folders beside this file, or from a few lines of YAML."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

from genaiops.flow.calls import Calls, Resources
from genaiops.flow.compile import FlowParts, compile_flow
from genaiops.flow.engine import CompiledFlow
from genaiops.flow.other_nodes import SubFlow
from genaiops.protocols import Embedder, Ledger, Model
from genaiops.resolve import load_attribute, load_file_attribute
from genaiops.specs.flow import FlowSpec
from genaiops.specs.load import load_spec, parse_yaml, validate
from tests.fakes import FixedIndex, ScriptedModel

FLOWS = Path(__file__).parent / "flows"


class Naps:
    """Waits that take no time, and are remembered."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def spec_of(text: str) -> FlowSpec:
    return validate(parse_yaml(dedent(text), "flow.yaml"), FlowSpec)


def resources(
    models: Mapping[str, Model] | None = None,
    *,
    index: FixedIndex | None = None,
    ledger: Ledger | None = None,
    stand_in: str | None = None,
) -> Resources:
    known = {"m": ScriptedModel()} if models is None else models
    return Resources(Calls(ledger), known, {"handbook": index or FixedIndex()}, stand_in)


def parts(
    folder: Path,
    reached: Resources | None = None,
    *,
    flows: Mapping[str, SubFlow] | None = None,
    embedder: Embedder | None = None,
) -> FlowParts:
    def load(text: str) -> object:
        place, _, attribute = text.rpartition(":")
        is_file = place.endswith(".py")
        return load_file_attribute(folder / place, attribute) if is_file else load_attribute(text)

    embedders = {} if embedder is None else {"handbook": embedder}
    return FlowParts(folder, folder, reached or resources(), load, flows or {}, embedders)


def shipped(name: str, reached: Resources, *, variant: str | None = None) -> CompiledFlow:
    """A flow of the folders beside this file."""
    spec, _ = load_spec(FLOWS / name / "flow.yaml", FlowSpec, f"{name}/flow.yaml")
    return compile_flow(
        name, spec.varied(variant) if variant else spec, parts(FLOWS / name, reached)
    )


def written(
    folder: Path,
    flow: str,
    files: Mapping[str, str],
    reached: Resources | None = None,
    **more: object,
) -> CompiledFlow:
    """A flow of a few lines, with its files; waits take no time."""
    for name, text in files.items():
        (folder / name).write_text(dedent(text), encoding="utf-8")
    made = parts(folder, reached, **more)  # type: ignore[arg-type]
    return replace(compile_flow("f", spec_of(flow), made), sleep=Naps())


def asked(models: Iterable[ScriptedModel]) -> list[str]:
    """The last message of every request, in order."""
    return [r.messages[-1].content for model in models for r in model.requests]
