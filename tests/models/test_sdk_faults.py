import pytest

from genaiops.errors import FailureKind
from genaiops.models.sdk_faults import sdk_fault


class ReadTimeout(Exception):
    """As the packages of providers name theirs."""


class RemoteProtocolError(Exception):
    """As above."""


class LengthFinishReasonError(Exception):
    """As above."""


class Refused(Exception):
    """With a reply."""

    def __init__(self, status: int) -> None:
        super().__init__("told why")
        self.status_code = status
        self.response = self
        self.headers = {"Retry-After": "3"}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ReadTimeout("slow"), "timeout"),
        (TimeoutError(), "timeout"),
        (ConnectionResetError("gone"), "connection"),
        (RemoteProtocolError("cut"), "truncated"),
        (LengthFinishReasonError("long"), "length"),
        (Refused(401), "auth"),
        (ValueError("odd"), "malformed"),
    ],
)
def test_an_exception_of_any_package_has_its_kind(error: Exception, kind: FailureKind) -> None:
    assert sdk_fault(error).kind == kind


def test_the_wait_of_a_reply_is_kept() -> None:
    fault = sdk_fault(Refused(429))
    assert (fault.kind, fault.retry_after_s) == ("rate_limit", 3)
    assert "told why" in fault.said
