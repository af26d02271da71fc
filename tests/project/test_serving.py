from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.project.serving import Address, masked, until_restart
from genaiops.project.session import open_session
from genaiops.specs.serving import ServingSpec
from tests.project.build import build_project

KEY, TOKEN = "sk-canary-0123456789", "token-canary-0123456789"
CATALOG = """\
    models:
      extractive: {provider: extractive}
      paid: {provider: openai, model: m, base_url: "http://a.example", api_key: "${env:PAID_KEY}"}
    """


def test_the_log_holds_neither_keys_nor_the_token_in_any_form(tmp_path: Path) -> None:
    session = open_session(build_project(tmp_path, {"catalog.yaml": CATALOG}))
    session = replace(session, environment={"PAID_KEY": KEY, "GENAIOPS_TOKEN": TOKEN, "HOME": "/h"})
    lines: list[str] = []
    note = masked(session, lines.append)
    note(f"RuntimeError: {KEY} and {TOKEN} and {b64encode(KEY.encode()).decode()} in /h")
    (line,) = lines
    assert "canary" not in line
    assert line.endswith("in /h")
    assert line.count("***") == 3


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True),
        ("0.0.0.0", False), ("::", False), ("", False), ("192.0.2.1", False),  # noqa: S104  asked only
        ("localhost.example.org", False), ("127.0.0.1.example.org", False),
    ],
)  # fmt: skip
def test_an_address_that_others_reach_is_told_from_one_that_they_do_not(
    host: str, *, is_loopback: bool
) -> None:
    assert Address(host, 0).is_loopback is is_loopback


def test_what_a_reload_does_not_take_over_is_named() -> None:
    now = ServingSpec.model_validate(
        {"flows": ["assistant"], "keep_days": 7, "limits": {"body_kb": 64, "answer_s": 120}}
    )
    assert until_restart(ServingSpec(), now) == "keep_days, limits.body_kb"
    assert until_restart(now, now) == ""
