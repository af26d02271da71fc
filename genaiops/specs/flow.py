"""`flow.yaml`: inputs, nodes, outputs and variants of a flow."""

import re
from typing import Annotated, Literal, get_args

from pydantic import Discriminator, Field, JsonValue, Tag, field_validator, model_validator

from genaiops.records import Parameters
from genaiops.specs.base import Spec
from genaiops.specs.references import RESERVED

InputType = Literal[
    "string", "number", "integer", "boolean", "object", "list", "messages", "passages"
]
NODE_KINDS = ("prompt", "retrieve", "python", "flow")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


class InputSpec(Spec):
    """One input; `question: string` is short for `question: {type: string}`."""

    type: InputType
    """What a value must be."""
    default: JsonValue = None
    """Makes the input optional, also when it is null."""
    description: str = ""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: JsonValue) -> JsonValue:
        return {"type": value} if isinstance(value, str) else value

    @property
    def is_required(self) -> bool:
        """Whether the input must be given."""
        return "default" not in self.model_fields_set


class OnError(Spec):
    """What stands in for the outputs of a node that failed."""

    use: JsonValue
    """A text becomes the field `text` of a prompt node or `output` of a Python node."""


class _Node(Spec):
    """What any node may say."""

    when: str | dict[str, JsonValue] | None = None
    """A reference that must be true, or references with the value, or list of values, of each."""
    for_each: str | None = None
    """A reference to a list; the node runs once an item, with `${item}` and `${item_index}`."""
    timeout_s: float | None = Field(default=None, gt=0)
    """For all attempts together; the run fails after it."""
    retries: int = Field(default=0, ge=0, le=10)
    """Further attempts after a fault that may pass."""
    on_error: OnError | None = None
    """What stands in for the outputs when it failed."""


class PromptNode(_Node):
    """Renders a template and asks a model."""

    prompt: str
    """A template file, from the folder of the flow."""
    model: str
    """A model or a selection of the catalog."""
    parameters: Parameters = Parameters()
    """Over those of the prompt file, which are over those of the catalog."""
    history: str | None = None
    """A reference to messages, inserted as messages before the last one of the prompt."""
    tools: dict[str, str] = {}
    """Name to Python function: `nodes.py:read_meter` or `package.module:function`."""
    max_steps: int = Field(default=6, ge=1, le=50)
    """Model calls of a tool loop at most."""
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    """The variables of the template."""


class Rerank(Spec):
    """Order passages again and keep the best."""

    by: str
    """`embedder`, a model of the catalog, or `nodes.py:function`."""
    keep: int = Field(gt=0)
    """How many are kept."""


class RetrieveNode(_Node):
    """Asks an index for passages."""

    retrieve: str
    """An index by name."""
    query: str
    """What to look for: a text with references."""
    k: int = Field(default=4, ge=0, le=1000)
    """How many passages."""
    rerank: Rerank | None = None
    """Order them again, and keep the best."""


class PythonNode(_Node):
    """Calls a Python function, sync or async."""

    python: str
    """`nodes.py:clean` in the folder of the flow, or `package.module:function`."""
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    """The arguments of the function."""


class FlowNode(_Node):
    """Runs another flow of the project."""

    flow: str
    """`flows/<name>`."""
    with_: dict[str, JsonValue] = Field(default={}, alias="with")
    """The inputs of that flow."""


def _kind_of(value: object) -> str | None:
    """The tag of a node: the one kind among its keys."""
    if isinstance(value, dict):
        kinds = [kind for kind in NODE_KINDS if kind in value]
        return kinds[0] if len(kinds) == 1 else None
    return next((kind for kind in NODE_KINDS if hasattr(value, kind)), None)


NodeSpec = Annotated[
    Annotated[PromptNode, Tag("prompt")]
    | Annotated[RetrieveNode, Tag("retrieve")]
    | Annotated[PythonNode, Tag("python")]
    | Annotated[FlowNode, Tag("flow")],
    Discriminator(
        _kind_of,
        custom_error_type="node_kind",
        custom_error_message="a node has exactly one of: prompt, retrieve, python, flow",
    ),
]


class FirstOf(Spec):
    """A join of branches: the first of these references whose node was not skipped."""

    first: tuple[str, ...] = Field(min_length=1)
    """References; null if all were skipped."""


class FlowSpec(Spec):
    """A runnable graph, as written."""

    description: str = ""
    inputs: dict[str, InputSpec] = {}
    """Name to type, or to `{type, default, description}`."""
    nodes: dict[str, NodeSpec] = Field(min_length=1)
    """Name to node; lower-case letters, digits and `_`."""
    outputs: dict[str, FirstOf | str] = Field(min_length=1)
    """Name to reference, or to `{first: [references]}`."""
    variants: dict[str, dict[str, dict[str, JsonValue]]] = {}
    """Name to node to the keys that differ; `with` and lists are replaced, null removes."""
    side_effects: Literal["none"] | None = None
    """`none`: its Python functions and tools change nothing, so that a shadow may ask it, too."""

    @field_validator("nodes")
    @classmethod
    def _names(cls, nodes: dict[str, NodeSpec]) -> dict[str, NodeSpec]:
        for name in nodes:
            if name in RESERVED:
                raise ValueError(f"a node cannot be called {name!r}: the name is reserved")
            if not _NAME.match(name):
                raise ValueError(f"node name {name!r}: lower-case letters, digits and _ only")
        return nodes

    def varied(self, variant: str) -> "FlowSpec":
        """The flow with the overrides of a variant.

        Raises:
            KeyError: there is no such variant, or it names a node that is not there.
            pydantic.ValidationError: an override does not fit its node.
        """
        document = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        for node, overrides in self.variants[variant].items():
            document["nodes"][node] = _merged(document["nodes"][node], overrides)
        return FlowSpec.model_validate(document)


def _merged(base: dict[str, JsonValue], over: dict[str, JsonValue]) -> dict[str, JsonValue]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(below, dict) and key != "with":
            merged[key] = _merged(below, value)
        else:
            merged[key] = value
    return merged


INPUT_TYPES: tuple[str, ...] = get_args(InputType)
