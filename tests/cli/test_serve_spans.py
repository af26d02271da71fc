"""Spans of served requests, as a collector gets them from a server that is a process."""

import json
import socket
from collections.abc import Generator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.cli.serving import Running, SlowModel, project_of, serving, slow_model
from tests.cli.terminal import Terminal
from tests.serve.collector import Collector, Got, collector

pytestmark = pytest.mark.slow
SECRET = "my secret question"
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def model() -> Generator[SlowModel]:
    with slow_model() as running:
        running.may_go_on.set()
        yield running


@pytest.fixture
def collecting() -> Generator[Collector]:
    with collector() as running:
        yield running


def project(root: Path, model: SlowModel, serving_: str) -> Terminal:
    terminal = project_of(root, model)
    with (root / "genaiops.yaml").open("a", encoding="utf-8") as file:
        file.write(f"serving: {serving_}\n")
    return terminal


def variables(url: str, **more: str) -> Mapping[str, str]:
    quick = {"OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    return {**quick, "OTEL_EXPORTER_OTLP_ENDPOINT": url, **more}


def ask(server: Running, flow: str = "say", **headers: str) -> dict[str, object]:
    body = json.dumps({"inputs": {"question": SECRET}, "user": "ann"}).encode()
    sent = {"Content-Type": "application/json", **headers}
    request = Request(f"{server.url}/v1/flows/{flow}", body, sent)  # noqa: S310  our own server
    with urlopen(request) as reply:  # noqa: S310  our own server
        answer: dict[str, object] = json.load(reply)
    return answer


def by_name(spans: list[Got]) -> dict[str, Got]:
    return {span.name: span for span in spans}


def test_a_request_is_a_span_with_one_below_it_for_each_call(
    tmp_path: Path, model: SlowModel, collecting: Collector
) -> None:
    terminal = project(tmp_path, model, "{otel: true}")
    with serving(terminal, environment=variables(collecting.url)) as server:
        answer = ask(server, traceparent=PARENT)
        spans = by_name(collecting.wait_for(2))
    request, call = spans["invoke_workflow say"], spans["chat m"]
    assert (request.kind, call.kind) == ("server", "client")
    assert (request.trace, request.parent) == (PARENT[3:35], PARENT[36:52])
    assert (call.trace, call.parent) == (request.trace, request.id)
    assert not request.is_error
    assert request.seconds >= call.seconds > 0
    said = request.attributes
    assert said["genaiops.run.id"] == answer["id"]
    assert said["genaiops.arm"] == "stable"
    assert len(said["genaiops.flow.digest"]) == 64
    assert said["user.hash"]
    assert said["user.hash"] != "ann"
    expected = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.response.finish_reasons": ["stop"],
        "gen_ai.usage.input_tokens": 4,
        "gen_ai.usage.output_tokens": 3,
    }
    assert expected.items() <= call.attributes.items()
    assert collecting.resource["service.name"] == "library"
    assert SECRET not in str(collecting.spans)


def test_spans_that_wait_are_sent_at_the_end_with_content_where_it_is_kept(
    tmp_path: Path, model: SlowModel, collecting: Collector
) -> None:
    terminal = project(tmp_path, model, "{otel: true, keep_content: true}")
    slow = variables(collecting.url, OTEL_BSP_SCHEDULE_DELAY="60000")
    with serving(terminal, environment=slow) as server:
        ask(server, "assistant")
        assert not collecting.spans
    spans = by_name(collecting.spans)
    assert spans.keys() == {"invoke_workflow assistant", "retrieval handbook", "chat extractive"}
    assert spans["chat extractive"].kind == "internal"
    found = spans["retrieval handbook"].attributes
    assert found["gen_ai.data_source.id"] == "handbook"
    assert found["gen_ai.retrieval.query.text"] == SECRET
    (message, *_) = json.loads(spans["chat extractive"].attributes["gen_ai.input.messages"])
    assert SECRET in message["parts"][0]["content"]
    inputs = spans["invoke_workflow assistant"].attributes["genaiops.inputs"]
    assert json.loads(inputs) == {"question": SECRET}


def test_a_dead_collector_is_told_of_once_and_keeps_nobody_waiting(
    tmp_path: Path, model: SlowModel
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as closed:
        port = closed.getsockname()[1]
    terminal = project(tmp_path, model, "{otel: true}")
    with serving(terminal, environment=variables(f"http://127.0.0.1:{port}")) as server:
        ask(server)
        server.wait_for("spans are lost, requests go on: ")
        for _ in range(3):
            ask(server)
    assert server.process.returncode == 0
    assert sum("spans" in line for line in server.lines) == 1


def test_a_collector_that_refuses_is_told_with_its_reason(
    tmp_path: Path, model: SlowModel, collecting: Collector
) -> None:
    collecting.status = 401
    terminal = project(tmp_path, model, "{otel: true}")
    with serving(terminal, environment=variables(collecting.url)) as server:
        ask(server)
        assert "401" in server.wait_for("spans are lost, requests go on: ")
        collecting.status = 200
        ask(server)
        server.wait_for("spans are taken again")


def test_nothing_is_sent_where_the_project_wants_no_spans(
    tmp_path: Path, model: SlowModel, collecting: Collector
) -> None:
    terminal = project(tmp_path, model, "{keep_content: true}")
    with serving(terminal, environment=variables(collecting.url)) as server:
        ask(server, traceparent=PARENT)
    assert collecting.posts == 0
