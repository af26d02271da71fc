"""In which state a case ends whose endpoint fails in one way at every attempt. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from genaiops.drills.fault_server import ANSWERED
from genaiops.errors import FailureKind

ENDS: Mapping[str, tuple[str, FailureKind | None]] = MappingProxyType(
    {
        ANSWERED: ("scored", None),
        "rate_limit": ("errored", "rate_limit"),
        "rate_limit_date": ("errored", "rate_limit"),
        "rate_limit_bare": ("errored", "rate_limit"),
        "rate_limit_forever": ("errored", "rate_limit"),
        "no_credit": ("errored", "budget"),
        "status_500": ("errored", "server"),
        "status_502": ("errored", "server"),
        "status_503": ("errored", "server"),
        "status_529": ("errored", "server"),
        "slow": ("scored", None),
        "reset": ("errored", "connection"),
        "silent": ("scored", "timeout"),
        "drip": ("scored", "timeout"),
        "cut": ("scored", "truncated"),
        "half_json": ("errored", "malformed"),
        "wrong_type": ("errored", "malformed"),
        "no_choices": ("errored", "malformed"),
        "html": ("errored", "malformed"),
        "gzip_bomb": ("errored", "malformed"),
        "not_http": ("errored", "malformed"),
        "error_200": ("errored", "server"),
        "content_filter": ("scored", "content_filter"),
        "filter_finish": ("scored", "content_filter"),
        "refusal": ("scored", None),
        "empty": ("scored", "empty"),
        "length": ("scored", "length"),
        "auth": ("errored", "auth"),
        "forbidden": ("errored", "auth"),
        "no_model": ("errored", "malformed"),
        "bad_request": ("errored", "malformed"),
        "too_long": ("scored", "context_window"),
        "redirect": ("errored", "malformed"),
    }
)
"""Status and kind of a case whose endpoint answers so at every attempt."""
