from pathlib import Path

import pytest

from genaiops.models.address import certificates, is_address, proxy_for


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("https://a.example/v1", {}, None),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("https://a.example/v1", {"https_proxy": "p:2", "HTTPS_PROXY": "http://p:1"}, "http://p:2"),
        ("https://a.example/v1", {"HTTP_PROXY": "http://p:1"}, None),
        ("http://a.example/v1", {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example"}, None),
        (
            "https://b.a.example/v1",
            {"HTTPS_PROXY": "http://p:1", "no_proxy": "x, .a.example"},
            None,
        ),
        ("https://a.example:8/v1", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example:8"}, None),
        (
            "https://ba.example/v1",
            {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "a.example"},
            "http://p:1",
        ),
        ("https://a.example/v1", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
    ],
)
def test_the_proxy_is_that_of_the_scheme_unless_the_host_is_exempt(
    url: str, environment: dict[str, str], proxy: str | None
) -> None:
    assert proxy_for(url, environment) == proxy


def test_certificates_come_from_either_variable(tmp_path: Path) -> None:
    folder = {"REQUESTS_CA_BUNDLE": str(tmp_path)}
    assert certificates({}, "x") is None
    assert certificates(folder, "x") == tmp_path


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        ("a.example", True),
        ("a.example.", True),
        ("localhost:8080", True),
        ("[::1]:80", True),
        ("127.0.0.1", True),
        ("bücher.example", True),
        ("a..example", False),
        ("...", False),
        ("a b", False),
        ("a" * 64 + ".example", False),
        ("ü" * 64 + ".example", False),
        ("", False),
    ],
)
def test_a_host_is_a_name_that_can_be_looked_up(host: str, *, is_one: bool) -> None:
    assert is_address(f"http://{host}/v1") == is_one
