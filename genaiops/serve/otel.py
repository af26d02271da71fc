"""Sends spans by OTLP over HTTP: the door of OpenTelemetry.

Headers, time limits, certificates, sampling and the sizes of queues are what the variables of
OpenTelemetry say, which its own SDK reads.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span as OtelSpan
from opentelemetry.trace import SpanKind, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from genaiops import __version__
from genaiops.serve.answering import OnNote
from genaiops.serve.spans import Span, opening
from genaiops.serve.tracing import Trace
from genaiops.threads import call_in_thread

LONGEST = 32_768
"""Characters of an attribute; what is longer is cut."""
_FLUSH_S = 5.0
_KINDS = {"client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}
_WIRE = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class _Sent:
    """A span of a request, which is begun; `SentSpan` of `tracing`."""

    tracer: Tracer
    span: OtelSpan

    def below(self, span: Span) -> "_Sent":
        begun = self.tracer.start_span(
            span.name,
            set_span_in_context(self.span, Context()),
            _KINDS[span.kind],
            dict(span.attributes),
            start_time=span.began_ns,
        )
        if span.error is not None:
            begun.set_status(StatusCode.ERROR)
        begun.end(span.ended_ns)
        return _Sent(self.tracer, begun)

    def end(self, span: Span) -> None:
        self.span.set_attributes(dict(span.attributes))
        if span.error is not None:
            self.span.set_status(StatusCode.ERROR)
        self.span.end()


class Exporting:
    """Sends the spans of requests in groups, from a thread of its own; `Tracing` of `tracing`.

    A collector that does not take them is told of once, until it takes some again.
    """

    def __init__(self, service: Mapping[str, str], note: OnNote, *, keeps_content: bool) -> None:
        """Make what sends; nothing is sent before there is a span.

        Args:
            service: What the sender is called, where no variable says otherwise.
            note: Takes lines for the log.
            keeps_content: Spans say what was asked and answered.

        Raises:
            ValueError: a variable of OpenTelemetry has no value that it can have.
        """
        self._note = note
        self._keeps_content = keeps_content
        self._log = _Log()
        logging.getLogger("opentelemetry").addHandler(self._log)
        self._provider = TracerProvider(
            resource=Resource({**service}).merge(_said_by_variables()),
            span_limits=SpanLimits(max_span_attribute_length=LONGEST),
            shutdown_on_exit=False,
        )
        self._sender = _Telling(OTLPSpanExporter(), self._log, note)
        self._provider.add_span_processor(BatchSpanProcessor(self._sender))
        self._tracer = self._provider.get_tracer("genaiops", __version__)
        if self._log.last:
            note(f"of the variables of OpenTelemetry: {self._log.last}")

    def begin(self, flow: str, headers: Mapping[str, str]) -> Trace:
        """Begin the span of a request, below the one that its `traceparent` names."""
        span = self._tracer.start_span(
            f"invoke_workflow {flow}",
            _WIRE.extract(headers, Context()),
            SpanKind.SERVER,
            dict(opening(flow)),
        )
        return Trace(_Sent(self._tracer, span), self._keeps_content)

    async def aclose(self) -> None:
        """Send what is queued, unless that takes too long, or failed before."""
        if self._sender.is_failing:
            self._sender.shutdown()
        try:
            async with asyncio.timeout(_FLUSH_S):
                await call_in_thread(self._provider.shutdown)
        except TimeoutError:
            self._note(f"the last spans are lost: they were not taken within {_FLUSH_S:g} s")
        logging.getLogger("opentelemetry").removeHandler(self._log)


class _Log(logging.Handler):
    """Keeps what OpenTelemetry says, which else would be written to the terminal each time."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.last = record.getMessage()


class _Telling(SpanExporter):
    """Sends, and tells when that begins to fail, and when it works again."""

    def __init__(self, exporter: SpanExporter, log: _Log, note: OnNote) -> None:
        self._exporter = exporter
        self._log = log
        self._note = note
        self.is_failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not self.is_failing:
            self._note(f"spans are lost, requests go on: {self._log.last[:300]}")
        elif self.is_failing and not failed:
            self._note("spans are taken again")
        self.is_failing = failed
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def _said_by_variables() -> Resource:
    """What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say, and what finds itself out."""
    found = Resource.create()
    said = dict(found.attributes)
    if str(said.get("service.name", "")).startswith("unknown_service"):
        del said["service.name"]
    return Resource(said, found.schema_url)
