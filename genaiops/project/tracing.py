"""Where spans of requests go: to whom the user names by variables, if the project wants any."""

from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from genaiops.errors import InputError
from genaiops.project.session import Session
from genaiops.resolve import load_extra
from genaiops.serve.answering import OnNote

if TYPE_CHECKING:  # the door of OpenTelemetry loads on use
    from genaiops.serve.otel import Exporting

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN = "http/protobuf"


def open_tracing(session: Session, note: OnNote) -> "Exporting | None":
    """What sends spans; None where the project wants none, or no variable says where they go.

    Raises:
        InputError: the variables name no such place, or the extra is not installed.
    """
    spec, environment = session.project.spec, session.environment
    if not spec.serving.otel:
        return None
    named = next((name for name in _ENDPOINTS if environment.get(name)), None)
    if named is None:
        note(f"no spans are sent: {_ENDPOINTS[1]} does not say where to")
        return None
    _require_url(named, environment[named])
    spoken = next((name for name in _PROTOCOLS if environment.get(name)), None)
    if spoken is not None and environment[spoken] != _SPOKEN:
        told = f"{spoken} is {environment[spoken]!r}: spans are sent by {_SPOKEN} only"
        raise InputError(f"{told}; unset it, and name the port for HTTP, as a rule 4318")
    door = load_extra("genaiops.serve.otel", "`serving: {otel: true}`", "otel")
    exporting = cast("type[Exporting]", door.Exporting)
    service = {"service.name": spec.name}
    try:
        return exporting(service, note, keeps_content=spec.serving.keep_content)
    except (ValueError, RuntimeError) as error:
        raise InputError(f"a variable of OpenTelemetry does not fit: {error}") from error


def _require_url(name: str, value: str) -> None:
    """Refuse what is no address; its text is not told, for it may hold a password.

    Raises:
        InputError: it is none.
    """
    try:
        url = urlsplit(value)
        is_url = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise InputError(f"{name} is no URL; write it as http://localhost:4318")
