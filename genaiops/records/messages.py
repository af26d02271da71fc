"""What is said to a model and by it: messages, tools, passages."""

from typing import Literal

from pydantic import Field, JsonValue

from genaiops.records.record import Record


class ToolCall(Record):
    """A model's wish to call a tool; `arguments` is the JSON text as the model wrote it."""

    id: str
    name: str
    arguments: str


class Message(Record):
    """One chat message; a tool's answer carries the id of the call that it answers."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None


class Tool(Record):
    """A tool offered to a model; `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: dict[str, JsonValue]


class Passage(Record):
    """A piece of a source document: `text == document[start:end]` in characters."""

    document: str
    start: int
    end: int
    text: str
    score: float | None = None


class GoldPassage(Passage):
    """A passage that a case is labelled with; of `relevance` 0 it was judged and is not wanted."""

    relevance: float = Field(default=1.0, ge=0)
