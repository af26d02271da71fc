"""Python functions as tools: described to a model from their signature, called as it asks."""

import inspect
import re
from dataclasses import dataclass
from typing import Annotated, Any, NotRequired, Required, cast, get_type_hints

from pydantic import ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from typing_extensions import TypedDict  # that of typing does not do before Python 3.12

from genaiops.digests import canonical_json
from genaiops.errors import CallError, InputError
from genaiops.flow.functions import UserFunction
from genaiops.flow.values import plain_json
from genaiops.records import Tool, ToolCall

_ARGUMENT = re.compile(r"^\s+(\w+)\s*(?:\([^)]*\))?:\s*(\S.*)$")


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool call came to: the text for the model, which tells of an error too."""

    call: ToolCall
    text: str
    is_error: bool

    @property
    def record(self) -> dict[str, JsonValue]:
        """The call in the outputs of its node."""
        return {
            **self.call.model_dump(mode="json"),
            "result": None if self.is_error else self.text,
            "error": self.text if self.is_error else None,
        }


class PythonTool:
    """A function that a model may call.

    Raises:
        InputError: its arguments cannot be described to a model.
    """

    def __init__(self, name: str, function: UserFunction) -> None:
        if function.takes_any or function.run_parameter is not None:
            raise InputError(f"tool {name!r}: name each argument; **arguments and run cannot be")
        self._function = function
        self._arguments = _arguments(name, function)
        summary, _, _ = function.description.partition("\n\n")
        schema = self._arguments.json_schema()
        schema.pop("title", None)
        self.tool = Tool(name=name, description=" ".join(summary.split()), parameters=schema)

    async def call(self, call: ToolCall) -> ToolResult:
        """Call the function as the model asks; what goes wrong is an answer to the model."""
        try:
            arguments = self._arguments.validate_json(call.arguments or "{}")
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, detail['loc'])) or 'arguments'}: {detail['msg']}"
                for detail in error.errors(include_url=False)
            )
            return ToolResult(call, f"Error: the arguments do not fit: {problems}", is_error=True)
        try:
            value = plain_json(await self._function.call(arguments), "the result")
        except CallError as error:
            return ToolResult(call, f"Error: {error}", is_error=True)
        return ToolResult(call, value if isinstance(value, str) else canonical_json(value), False)  # noqa: FBT003  the field is a claim


def _arguments(name: str, function: UserFunction) -> TypeAdapter[dict[str, Any]]:
    """A reader of the arguments, from annotations, defaults and the `Args:` of the docstring."""
    told = _told_arguments(function.description)
    try:
        hints = get_type_hints(function.function, include_extras=True)
        fields: dict[str, Any] = {}
        for parameter in function.signature.parameters.values():
            kind = hints.get(parameter.name, JsonValue)
            described: Any = Annotated[kind, Field(description=told.get(parameter.name))]
            is_required = parameter.default is inspect.Parameter.empty
            fields[parameter.name] = Required[described] if is_required else NotRequired[described]
        shape = cast("Any", TypedDict)(name, fields)
        shape.__pydantic_config__ = ConfigDict(extra="forbid")
        adapter: TypeAdapter[dict[str, Any]] = TypeAdapter(shape)
        adapter.json_schema()
    except (PydanticUserError, NameError, TypeError, ValueError) as error:
        message = f"tool {name!r}: its arguments cannot be described: {error}"
        raise InputError(message.partition("\n")[0]) from error
    return adapter


def _told_arguments(docstring: str) -> dict[str, str]:
    """The first line on each argument under `Args:` in Google's form."""
    _, found, rest = docstring.partition("Args:\n")
    told: dict[str, str] = {}
    for line in rest.split("\n") if found else ():
        if line and not line.startswith(" "):
            break
        match = _ARGUMENT.match(line)
        if match:
            told[match[1]] = match[2]
    return told
