"""The tables of docs/files.md are written from the specs: anew with `--update-golden`."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from genaiops.records import Parameters
from genaiops.specs import (
    catalog,
    dataset,
    evaluation,
    flow,
    index,
    judge,
    project,
    prompt,
    releases,
    rollout,
    serving,
)
from tests.pages import DOCS

PAGE = DOCS / "files.md"
MODULES = (
    catalog, dataset, evaluation, flow, index, judge, project, prompt, releases, rollout,
    serving,
)  # fmt: skip
NAMES = {"string": "text", "integer": "whole number", "array": "list", "object": "map"}
"""What a type of JSON Schema is called here; others are called as they are."""
LINKS = {
    "Parameters": "[parameters](#parameters)",
    "Requirements": "[requirements](#requirements)",
    "Timeouts": "[timeouts](#endpoints)",
    "ChunkSpec": "[chunks](#chunks)",
    "FreshnessSpec": "[freshness](#freshness)",
    "MetricUse": "[metrics](#metrics)",
    "GateSpec": "[gates](#gates)",
    "ShadowStep": "[steps](#steps)",
    "GuardSpec": "[guards](#guards-and-goals)",
    "GoalSpec": "[goals](#guards-and-goals)",
    "JudgeExample": "[examples](#examples-of-judges)",
    "InputSpec": "[inputs](#inputs)",
    "SelectionSpec": "[selections](#selections)",
    "ReleasesSpec": "[releases](#who-approves)",
    "ServingSpec": "[serving](#what-is-served)",
    "ServingLimits": "[limits](#what-is-served)",
    "StageSpec": "[stage](#who-approves)",
    "PromptNode": "[nodes](#nodes)",
    "OpenAIModel": "[models](#models)",
    "OpenAIEmbedder": "[embedders](#embedders)",
}
"""Where a spec inside of another one is described; of several kinds, the first."""
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
TABLE = re.compile(r"(<!-- keys of (\w+)(?: beyond (\w+))? -->\n)(?:\|.*\n)*")


def spec(name: str) -> Any:
    """A spec by its name."""
    if name == "Parameters":
        return Parameters
    return next(getattr(module, name) for module in MODULES if hasattr(module, name))


def table(name: str, beyond: str | None) -> str:
    """The keys of a spec, without those that another one has, as a table."""
    schema = spec(name).model_json_schema()
    known = spec(beyond).model_json_schema()["properties"] if beyond else {}
    required = schema.get("required", [])
    rows = ["| key | holds | default | meaning |", "|---|---|---|---|"]
    for key, part in schema["properties"].items():
        if key in known:
            continue
        default = "required" if key in required else shown(part.get("default"))
        definitions = schema.get("$defs", {})
        cells = (f"`{key}`", holds(part, definitions), default, meaning(part, definitions))
        rows.append(" | ".join(("", *(cell.replace("|", "\\|") for cell in cells), "")).strip())
    return "".join(f"{row}\n" for row in rows)


def meaning(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What is said of a key, or of the spec behind it."""
    named = definitions.get(part.get("$ref", "").rpartition("/")[2], {})
    return " ".join((part.get("description") or named.get("description", "")).split())


def shown(default: object) -> str:
    """A default as YAML has it; nothing for what is empty."""
    if default in (None, "", [], {}) or isinstance(default, dict):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def holds(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What may stand behind a key."""
    if "$ref" in part:
        return _named(definitions[part["$ref"].rpartition("/")[2]])
    choices = [
        each for each in part.get("anyOf", part.get("oneOf", ())) if each != {"type": "null"}
    ]
    if choices:
        first = holds(choices[0], definitions)
        is_kinds = "oneOf" in part and first in LINKS.values()
        return first if is_kinds else " or ".join(holds(each, definitions) for each in choices)
    if "enum" in part or "const" in part:
        return ", ".join(f"`{each}`" for each in part.get("enum", [part.get("const")]))
    return _plain(part, definitions)


def _plain(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    kind = part.get("type", "any value")
    text = NAMES.get(kind, kind)
    if kind == "string" and part.get("format") == "date":
        text = "date"
    inner = part.get("items") if kind == "array" else part.get("additionalProperties")
    if isinstance(inner, dict) and inner:
        text += f" of {holds(inner, definitions)}"
    bounds = [f"{sign} {part[key]}" for key, sign in BOUNDS.items() if key in part]
    return ", ".join((text, *bounds))


def _named(definition: Mapping[str, Any]) -> str:
    """A spec inside of another one: where it is described, or its keys."""
    if "properties" not in definition:
        return holds(definition, {})
    title, parts = definition.get("title", ""), definition["properties"]
    choices = [
        f": {holds(part, {})}" for part in parts.values() if "enum" in part and len(parts) == 1
    ]
    return LINKS.get(title) or f"`{{{', '.join(parts)}}}`{''.join(choices)}"


def tables(text: str) -> Iterator[tuple[str, str | None]]:
    """Of which specs a page has tables."""
    for match in TABLE.finditer(text):
        yield match[2], match[3]


def test_the_tables_of_keys_are_those_of_the_specs(golden: Callable[[Path, str], None]) -> None:
    text = PAGE.read_text("utf-8")
    assert len(list(tables(text))) > 10
    golden(PAGE, TABLE.sub(lambda match: match[1] + table(match[2], match[3]), text))
