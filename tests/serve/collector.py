"""A collector of OpenTelemetry on loopback, which reads by the protocol's own types."""

import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from tests.serving import served

service = pytest.importorskip(
    "opentelemetry.proto.collector.trace.v1.trace_service_pb2", reason="needs the extra otel"
)
KINDS = {1: "internal", 2: "server", 3: "client"}


@dataclass(frozen=True)
class Got:
    """A span that arrived."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: Mapping[str, Any]
    is_error: bool
    seconds: float


@dataclass
class Collector:
    """Takes spans, unless it answers with another `status`."""

    url: str = ""
    status: int = 200
    spans: list[Got] = field(default_factory=list)
    resource: dict[str, Any] = field(default_factory=dict)
    posts: int = 0
    _came: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, count: int) -> list[Got]:
        """So many spans, as they began."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.spans) >= count, timeout=20), self.spans
            return list(self.spans)

    async def take(self, request: web.Request) -> web.Response:
        sent = service.ExportTraceServiceRequest.FromString(await request.read())
        with self._came:
            self.posts += 1
            if self.status == 200:
                self._keep(sent)
            self._came.notify_all()
        return web.Response(status=self.status, content_type="application/x-protobuf")

    def _keep(self, sent: Any) -> None:
        for of_resource in sent.resource_spans:
            self.resource |= _values(of_resource.resource.attributes)
            for of_scope in of_resource.scope_spans:
                self.spans.extend(_got(span) for span in of_scope.spans)


def _got(span: Any) -> Got:
    return Got(
        name=span.name,
        kind=KINDS[span.kind],
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes=_values(span.attributes),
        is_error=span.status.code == 2,
        seconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: _value(each.value) for each in attributes}


def _value(value: Any) -> Any:
    which = value.WhichOneof("value")
    if which == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, which)


@contextmanager
def collector() -> Generator[Collector]:
    """Run one."""
    made = Collector()

    def app() -> web.Application:
        application = web.Application()
        application.router.add_post("/v1/traces", made.take)
        return application

    with served(app) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made
