from pathlib import Path

import pytest

from genaiops.models.address import certificates, proxy_for


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
