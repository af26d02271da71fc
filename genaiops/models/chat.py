"""A request in the words of the chat completions protocol."""

from pydantic import JsonValue

from genaiops.models.parameters import drawn_seed
from genaiops.records import CompletionRequest, Message, Parameters, Tool


def chat_body(request: CompletionRequest, parameters: Parameters) -> dict[str, JsonValue]:
    """The body of a POST to `/chat/completions`, without the model and how to answer.

    `max_tokens` stays under that name, which all servers but OpenAI's newest models take.
    """
    body: dict[str, JsonValue] = {"messages": [message_json(m) for m in request.messages]}
    if parameters.model_fields_set:
        body |= parameters.model_dump(mode="json", exclude_none=True, exclude={"seed", "stop"})
    if (seed := drawn_seed(parameters.seed, request.repeat)) is not None:
        body["seed"] = seed
    if parameters.stop:
        body["stop"] = list(parameters.stop)
    if request.tools:
        body["tools"] = [tool_json(tool) for tool in request.tools]
    if request.response_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "strict": True, "schema": request.response_schema},
        }
    if request.top_logprobs:
        body |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    return body


def message_json(message: Message) -> dict[str, JsonValue]:
    """One message as the protocol writes it."""
    written: dict[str, JsonValue] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        written["content"] = message.content or None
        written["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        written["tool_call_id"] = message.tool_call_id
    return written


def tool_json(tool: Tool) -> dict[str, JsonValue]:
    """One tool as the protocol writes it."""
    return {"type": "function", "function": tool.model_dump(mode="json")}
