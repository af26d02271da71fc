import pytest

from genaiops.errors import FailureKind
from genaiops.models.faults import quoted, refused, retry_after_s, sent_error

NOON_S = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"Retry-After": "2"}, 2),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "1000000000"}, 1_000_000_000),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "Fri, 15 Jan 2027 08:00:09 GMT"}, 9),
        ({"Retry-After": "Fri, 15 Jan 2027 07:00:00 GMT"}, 0),
        ({"Retry-After": "Sat, 15 Jan 2028 08:00:00 GMT"}, 365 * 86_400),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "9", "Retry-After-Ms": "1500"}, 1.5),
    ],
)
def test_the_wait_is_read_from_seconds_and_dates(
    headers: dict[str, str], wait_s: float | None
) -> None:
    assert retry_after_s(headers, NOON_S) == wait_s


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, b'{"error": {"message": "maximum context length is 4096 tokens"}}', "context_window"),
        (400, b'{"error": {"type": "exceed_context_size_error"}}', "context_window"),
        (413, b"input is too long", "context_window"),
        (400, b'{"error": {"code": "content_policy_violation"}}', "content_filter"),
        (400, b'{"error": {"message": "Invalid messages[0].content"}}', "malformed"),
        (422, b'{"detail": "no"}', "malformed"),
        (402, b"", "budget"),
        (404, b"not found", "malformed"),
        (408, b"", "timeout"),
        (409, b"", "server"),
        (418, b"", "malformed"),
        (429, b"", "rate_limit"),
        (429, b'{"error": {"message": "check your plan and billing"}}', "budget"),
        (503, b'{"error": "the context length of the universe"}', "server"),
        (504, b"", "timeout"),
    ],
)
def test_a_status_has_its_kind(status: int, body: bytes, kind: FailureKind) -> None:
    assert refused(status, {}, body, now_s=NOON_S, url="http://a.example").kind == kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("upstream failed", "server"),
        ({"message": "Rate limit reached"}, "rate_limit"),
        ({"message": "slow down", "code": 429}, "rate_limit"),
        ({"message": "bad gateway after 429 s", "code": 502}, "server"),
        ({"code": "context_length_exceeded"}, "context_window"),
        ({"code": "content_filter"}, "content_filter"),
    ],
)
def test_an_error_in_a_reply_has_its_kind(error: object, kind: FailureKind) -> None:
    assert sent_error(error).kind == kind


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": {"message": "no", "type": "t", "code": "c"}}', "c: t: no"),
        (b'{"error": {"message": "same", "type": "same"}}', "same"),
        (b'{"message": "no"}', "no"),
        (b'{"detail": "no"}', "no"),
        (b'{"other": 1}', '{"other": 1}'),
        (b"plain \x1b[31m text\n\xff", "plain [31m text �"),
        (b"  <!DOCTYPE html><html>", "an HTML page"),
        (b"[" * 100_000, "[" * 100_000),
    ],
)
def test_the_words_of_a_provider_are_one_printable_line(body: bytes, words: str) -> None:
    assert quoted(body) == words
