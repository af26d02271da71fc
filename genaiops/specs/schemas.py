"""JSON Schemas (draft 2020-12) of all files that a user writes, so that editors complete them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from pydantic import JsonValue

from genaiops.specs.base import Spec
from genaiops.specs.catalog import CatalogSpec
from genaiops.specs.dataset import DatasetCard
from genaiops.specs.evaluation import RULES, EvalSpec
from genaiops.specs.flow import INPUT_TYPES, FlowSpec
from genaiops.specs.index import IndexSpec
from genaiops.specs.judge import JudgeSpec
from genaiops.specs.project import ProjectSpec
from genaiops.specs.prompt import PromptSpec
from genaiops.specs.references import RESERVED
from genaiops.specs.rollout import RolloutSpec

Schema = dict[str, Any]

KINDS: dict[str, type[Spec]] = {
    "project": ProjectSpec,
    "catalog": CatalogSpec,
    "index": IndexSpec,
    "flow": FlowSpec,
    "eval": EvalSpec,
    "judge": JudgeSpec,
    "rollout": RolloutSpec,
    "card": DatasetCard,
    "prompt-front-matter": PromptSpec,
}
"""The kinds of files, by the name of their schema."""

FILES: dict[str, tuple[str, ...]] = {
    "project": ("genaiops.yaml",),
    "catalog": ("catalog.yaml",),
    "index": ("indexes/*.yaml",),
    "flow": ("flows/*/flow.yaml",),
    "eval": ("evals/*.yaml",),
    "judge": ("judges/*.yaml",),
    "rollout": ("rollouts/*.yaml",),
    "card": ("datasets/*.card.yaml",),
}
"""Where the YAML files of each kind stand, as globs from the project root."""


def json_schemas() -> dict[str, Schema]:
    """The schema of each kind of file; it accepts the short forms too."""
    return {name: _schema(name, kind) for name, kind in KINDS.items()}


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write `<kind>.schema.json` for each kind of file, and say which files these are.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []
    for name, schema in json_schemas().items():
        path = folder / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")
        paths.append(path)
    return tuple(paths)


def _schema(name: str, kind: type[Spec]) -> Schema:
    schema = kind.model_json_schema()
    definitions: Schema = schema.get("$defs", {})
    for model, correct in _CORRECTIONS.items():
        if model in definitions:
            definitions[model] = correct(definitions[model])
    if kind is FlowSpec:
        schema["properties"]["nodes"]["propertyNames"] = {
            "pattern": "^[a-z][a-z0-9_]*$",
            "not": {"enum": sorted(RESERVED)},
        }
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **cast("Schema", _as_read(schema)), "title": f"genaiops {name}"}


def _as_read(part: JsonValue) -> JsonValue:
    """The schema without made-up titles, where a number will do as a text, as the loader has it."""
    if isinstance(part, list):
        return [_as_read(item) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {
        key: _as_read(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
    }
    is_plain_text = kept.get("type") == "string" and not kept.keys() & {"enum", "format", "pattern"}
    return {**kept, "type": ["string", "number"]} if is_plain_text else kept


def _input_forms(schema: Schema) -> Schema:
    return {"anyOf": [{"enum": list(INPUT_TYPES)}, schema]}


def _metric_forms(schema: Schema) -> Schema:
    arguments: Schema = {
        "type": "object",
        "properties": {"as": {"type": "string", "description": "The name in reports and gates."}},
    }
    short: Schema = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"not": {"const": "metric"}},
        "additionalProperties": arguments,
    }
    named = {"type": "string", "description": "A metric by name, with its default arguments."}
    return {"anyOf": [named, schema, short]}


def _watched_forms(schema: Schema) -> Schema:
    named = {"type": "string", "description": "A metric by name, with its defaults."}
    return {"anyOf": [named, schema]}


def _goal_rules(schema: Schema) -> Schema:
    return {**schema, "oneOf": [{"required": ["margin_ratio"]}, {"required": ["margin"]}]}


def _step_forms(schema: Schema) -> Schema:
    bare = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
    return {"anyOf": [{**bare, "description": "Percent of the users."}, schema]}


def _gate_rules(schema: Schema) -> Schema:
    return {**schema, "oneOf": [{"required": [rule]} for rule in RULES]}


def _secret_reference(schema: Schema) -> Schema:
    key = {"type": ["string", "null"], "pattern": r"^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$"}
    written = {**schema["properties"]["api_key"], **key}
    del written["anyOf"]
    return {**schema, "properties": {**schema["properties"], "api_key": written}}


_CORRECTIONS: dict[str, Callable[[Schema], Schema]] = {  # what pydantic's schema does not say
    "InputSpec": _input_forms,
    "MetricUse": _metric_forms,
    "GateSpec": _gate_rules,
    "GuardSpec": _watched_forms,
    "GoalSpec": _goal_rules,
    "WeightStep": _step_forms,
    "OpenAIModel": _secret_reference,
    "OpenAIEmbedder": _secret_reference,
    "LangchainModel": _secret_reference,
    "ModerationModel": _secret_reference,
}
