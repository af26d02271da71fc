"""Whether spans are sent is said by the project and by its user, and what cannot work is told."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.errors import InputError, MissingExtra
from genaiops.project.session import Session, open_session
from genaiops.project.tracing import open_tracing
from tests.project.build import build_project

WHERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example:4318"}
WANTED = "name: library\nserving: {otel: true}\n"


def session_of(root: Path, environment: Mapping[str, str], text: str = WANTED) -> Session:
    session = open_session(build_project(root, {"genaiops.yaml": text}))
    return replace(session, environment=environment)


def test_a_project_that_wants_none_opens_nothing(tmp_path: Path) -> None:
    notes: list[str] = []
    assert open_tracing(session_of(tmp_path, WHERE, "name: library\n"), notes.append) is None
    assert notes == []


def test_a_project_alone_sends_nothing_and_the_log_says_so(tmp_path: Path) -> None:
    notes: list[str] = []
    assert open_tracing(session_of(tmp_path, {}), notes.append) is None
    assert notes == ["no spans are sent: OTEL_EXPORTER_OTLP_ENDPOINT does not say where to"]


@pytest.mark.parametrize(
    "value",
    ["collector:4318", "u:secret@collector:4318", "ftp://secret", "http://", "http://a:secret"],
)
def test_a_place_that_is_no_url_is_refused_without_being_told(tmp_path: Path, value: str) -> None:
    session = session_of(tmp_path, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": value})
    with pytest.raises(InputError) as caught:
        open_tracing(session, print)
    assert str(caught.value) == (
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no URL; write it as http://localhost:4318"
    )


def test_another_protocol_is_refused(tmp_path: Path) -> None:
    session = session_of(tmp_path, {**WHERE, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
    with pytest.raises(InputError, match="is 'grpc': spans are sent by http/protobuf only"):
        open_tracing(session, print)


def test_a_variable_that_opentelemetry_refuses_is_told_by_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="needs the extra otel")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "99999")
    with pytest.raises(InputError, match="a variable of OpenTelemetry does not fit: max_export"):
        open_tracing(session_of(tmp_path, WHERE), print)


@pytest.mark.anyio
async def test_a_variable_that_opentelemetry_passes_over_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="needs the extra otel")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "zip")
    notes: list[str] = []
    exporting = open_tracing(session_of(tmp_path, WHERE), notes.append)
    assert exporting is not None
    await exporting.aclose()
    assert notes == ["of the variables of OpenTelemetry: Unsupported compression type: zip"]


def test_without_the_extra_its_name_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "genaiops.serve.otel", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.context", None)
    with pytest.raises(MissingExtra, match=r'pip install "genaiops\[otel\]"'):
        open_tracing(session_of(tmp_path, WHERE), print)
