"""Replies as JSON, and refusals in the form that clients of OpenAI know. Pure."""

import json

from pydantic import JsonValue
from pydantic_core import PydanticSerializationError, to_json

from genaiops.errors import Refused
from genaiops.serve.messages import Reply

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "invalid_request_error",
    429: "rate_limit_error",
}


def as_json(value: JsonValue) -> bytes:
    """Compact JSON in UTF-8; half of a surrogate pair, which a model may say, is escaped."""
    try:
        return to_json(value)
    except (PydanticSerializationError, UnicodeEncodeError):
        return json.dumps(value, allow_nan=False).encode()


def json_reply(value: JsonValue, *headers: tuple[str, str]) -> Reply:
    """A reply of status 200."""
    return Reply(as_json(value), headers=headers)


def error_body(error: Refused) -> dict[str, JsonValue]:
    """What a client is told, in the form of OpenAI."""
    kind = _TYPES.get(error.status, "server_error" if error.status >= 500 else "invalid_request")
    told: dict[str, JsonValue] = {"message": str(error), "type": kind, "code": error.code}
    return {"error": told | {"param": None}}


def refusal(error: Refused, *headers: tuple[str, str]) -> Reply:
    """The reply to a request that is not served."""
    if error.retry_after_s is not None:
        headers = (*headers, ("Retry-After", str(error.retry_after_s)))
    if error.status == 401:
        headers = (*headers, ("WWW-Authenticate", "Bearer"))
    return Reply(as_json(error_body(error)), error.status, headers=headers)
