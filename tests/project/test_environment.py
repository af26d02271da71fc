from pathlib import Path

import pytest

from genaiops.errors import SpecError
from genaiops.project.environment import parse_environment, process_environment, read_environment


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("export A=b", "b"),
        ("  A = b  ", "b"),
        ("A=", ""),
        ("A=b # why", "b"),
        ("A=# why", ""),
        ("A=b#c", "b#c"),
        ("A=$B=c", "$B=c"),
        ("A='b # $c'  # why", "b # $c"),
        (r"A='b\n'", r"b\n"),
        (r'A="b\n\"c\" \\ # d"', 'b\n"c" \\ # d'),
        ("A=é£", "é£"),
    ],
)
def test_a_line_gives_its_value(line: str, value: str) -> None:
    assert parse_environment(f"# keys\n\n{line}\n", ".env") == {"A": value}


def test_faults_have_their_lines_and_show_no_value() -> None:
    with pytest.raises(SpecError) as caught:
        parse_environment('A=1\nsk-secret\nB = \'sk-open\n1C=sk-x\nD="sk-a" sk-b', ".env")
    assert str(caught.value).split("\n") == [
        ".env:2:1: not of the form KEY=VALUE",
        ".env:3:4: the quotes of B do not close, or text follows them",
        ".env:4:1: not of the form KEY=VALUE",
        ".env:5:3: the quotes of D do not close, or text follows them",
    ]


def test_the_process_stands_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "keys.env").write_bytes(b"\xef\xbb\xbfA=file\r\nB=file\r\n")
    found = read_environment(tmp_path, "keys.env", {"B": "process"})
    assert found == {"A": "file", "B": "process"}


def test_no_file_is_read_unless_it_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1")
    assert read_environment(tmp_path, None, {}) == {}


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"keys\.env: there is no such file"):
        read_environment(tmp_path, "keys.env", {})


def test_the_process_environment_is_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENAIOPS_A", "1")
    found = process_environment()
    monkeypatch.setenv("GENAIOPS_A", "2")
    assert found["GENAIOPS_A"] == "1"


@pytest.mark.parametrize(
    "name",
    [
        "HTTPS_PROXY", "all_proxy", "SSL_CERT_FILE", "HF_ENDPOINT", "GENAIOPS_TRUST",
        "OTEL_EXPORTER_OTLP_ENDPOINT",
    ],
)  # fmt: skip
def test_a_file_of_the_project_does_not_say_through_whom_requests_go(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / ".env").write_text(f"{name}=http://far.example\nA=1\n", "utf-8")
    assert read_environment(tmp_path, ".env", {}) == {"A": "1"}
    assert read_environment(tmp_path, ".env", {name: "mine"}) == {"A": "1", name: "mine"}
