"""What a prompt node does: render, ask, answer the model's tool calls, and read the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue, TypeAdapter, ValidationError

from genaiops.errors import CallError, suggest
from genaiops.flow.answers import parse_answer, refuse_unusable
from genaiops.flow.calls import Calls
from genaiops.flow.inputs import as_messages
from genaiops.flow.tools import PythonTool, ToolResult
from genaiops.flow.trace import Ask, Outputs, Scope, Trace
from genaiops.flow.values import fill, fill_all
from genaiops.prompts import Prompt
from genaiops.protocols import Model
from genaiops.records import (
    Completion,
    CompletionRequest,
    Message,
    Parameters,
    Passage,
    Tool,
    ToolCall,
)
from genaiops.specs.flow import PromptNode

_PASSAGE = TypeAdapter(Passage)
_QUESTIONS = ("question", "query")


@dataclass(frozen=True, slots=True)
class PromptStep:
    """A prompt node with its prompt, model and tools."""

    node: PromptNode
    prompt: Prompt
    model: Model
    tools: Mapping[str, PythonTool]
    calls: Calls
    _parameters: Parameters = field(init=False)
    _offered: tuple[Tool, ...] = field(init=False)

    def __post_init__(self) -> None:
        parameters = merged(self.prompt.spec.parameters, self.node.parameters)
        object.__setattr__(self, "_parameters", parameters)
        object.__setattr__(self, "_offered", tuple(tool.tool for tool in self.tools.values()))

    async def run(self, scope: Scope, ask: Ask, trace: Trace) -> Outputs:
        """Ask until the model answers without calling a tool."""
        request = self._request(scope, ask)
        results: list[ToolResult] = []
        for _ in range(self.node.max_steps):
            trace.messages = request.messages
            making = self.calls.make(self.model, request, ask.on_text)
            completion = await trace.take(making, self.model.name)
            if not (self.tools and completion.tool_calls):
                return self._outputs(completion, results, trace)
            answered = [await self._call_tool(wish) for wish in completion.tool_calls]
            results += answered
            said = (*request.messages, *_exchange(completion, answered))
            request = request.model_copy(update={"messages": said})
        raise CallError(
            "node",
            f"the model still calls tools after {self.node.max_steps} calls; raise max_steps or "
            "look at what the tools answer",
        )

    def _request(self, scope: Scope, ask: Ask) -> CompletionRequest:
        values = fill_all(self.node.with_, scope)
        return CompletionRequest(
            messages=self._messages(values, scope),
            parameters=self._parameters,
            tools=self._offered,
            response_schema=self.prompt.spec.response_schema,
            passages=passages_in(values),
            question=question_in(values),
            case_id=ask.case_id,
            repeat=ask.repeat,
            attempt=ask.attempt,
        )

    def _messages(self, values: Mapping[str, JsonValue], scope: Scope) -> tuple[Message, ...]:
        messages = self.prompt.render(values)
        if self.node.history is None:
            return messages
        try:
            history = as_messages(fill(self.node.history, scope))
        except ValueError as error:
            raise CallError("node", f"history: {error}") from error
        return (*messages[:-1], *history, *messages[-1:])

    async def _call_tool(self, call: ToolCall) -> ToolResult:
        if call.name not in self.tools:
            message = f"Error: there is no tool {call.name!r}{suggest(call.name, self.tools)}"
            return ToolResult(call, message, is_error=True)
        return await self.tools[call.name].call(call)

    def _outputs(self, completion: Completion, results: list[ToolResult], trace: Trace) -> Outputs:
        refuse_unusable(completion)
        schema = self.prompt.spec.response_schema
        return {
            "text": completion.text,
            "json": None if schema is None else parse_answer(completion.text, schema),
            "tool_calls": [result.record for result in results],
            "finish_reason": completion.finish_reason,
            "usage": {
                "input_tokens": trace.usage.input_tokens,
                "output_tokens": trace.usage.output_tokens,
                "cost_usd": trace.usage.cost_usd,
            },
        }


def merged(below: Parameters, above: Parameters) -> Parameters:
    """Parameters of the prompt file under those of the node: what is said above holds."""
    said = {name: getattr(above, name) for name in above.model_fields_set}
    return below.model_copy(update=said)


def passages_in(values: Mapping[str, JsonValue]) -> tuple[Passage, ...]:
    """All passages among the variables, in their order."""
    lists = (value for value in values.values() if isinstance(value, list))
    return tuple(passage for items in lists for passage in _as_passages(items))


def question_in(values: Mapping[str, JsonValue]) -> str | None:
    """The variable `question`, else `query`, else the only one that is a text."""
    texts = {name: value for name, value in values.items() if isinstance(value, str)}
    named = [texts[name] for name in _QUESTIONS if name in texts]
    found = named or (list(texts.values()) if len(texts) == 1 else [])
    return found[0] if found else None


def _as_passages(items: list[JsonValue]) -> list[Passage]:
    try:
        return [_PASSAGE.validate_python(item) for item in items]
    except ValidationError:
        return []


def _exchange(completion: Completion, results: list[ToolResult]) -> list[Message]:
    """The model's wish and the answers of the tools, as messages."""
    wish = Message(role="assistant", content=completion.text, tool_calls=completion.tool_calls)
    answers = [
        Message(role="tool", content=result.text, tool_call_id=result.call.id) for result in results
    ]
    return [wish, *answers]
