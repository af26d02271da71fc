"""The document says what the server takes, and what it answers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from genaiops.errors import InputError, Refused
from genaiops.project.session import open_session
from genaiops.project.wants import Used
from genaiops.project.wiring import Wiring
from genaiops.serve.app import ROUTES
from genaiops.serve.bodies import UNUSED, chat_body, feedback_body, outcome_body
from genaiops.serve.offering import offered
from genaiops.serve.openapi import document
from genaiops.serve.served import Served, ServedFlow
from tests.project.build import build_project
from tests.rollout.test_seen import verdict
from tests.serve.server import FakeFlow, offer

FLOW = """\
    description: Answers from the handbook.
    inputs:
      question: {type: string, description: What is asked.}
      history: {type: messages, default: []}
      limit: {type: integer, default: 4}
      given: {type: passages, default: null}
    nodes:
      search: {retrieve: handbook, query: "${inputs.question}"}
      answer:
        prompt: answer.md
        model: extractive
        with: {question: "${inputs.question}", passages: "${search.passages}"}
    outputs:
      answer: ${answer.text}
      passages: ${search.passages}
      told: "It says: ${answer.text}"
      limit: ${inputs.limit}
    """
CODE = """\
class Order(__import__("pydantic").BaseModel):
    number: int
    parts: list["Order"] = []

def answer(question: str, order: Order | None = None, count: int = 3) -> str:
    '''Says it.'''
    return question
"""


async def _close() -> None: ...


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def flows(
    tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> dict[str, ServedFlow]:
    assert anyio_backend
    root = tmp_path_factory.mktemp("described")
    build_project(root, {"flows/assistant/flow.yaml": FLOW, "app.py": CODE})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(root / ".home"))
        session = open_session(root)
        session.book.trust(root, session.wants(Used(functions=frozenset({("app:answer", root)}))))
        async with Wiring(session, None) as wiring:
            return {
                name: offered(await wiring.flow(name), digest="d" * 64, chat=None)
                for name in ("assistant", "app:answer")
            }


@pytest.fixture(scope="module")
def described(flows: dict[str, ServedFlow]) -> dict[str, Any]:
    echo = offer(FakeFlow())
    made: dict[str, Any] = json.loads(
        json.dumps(document(Served({**flows, "echo": echo}, _close), needs_token=True))
    )
    return made


def checker(
    described: dict[str, Any], path: str, answer: str | None = None, *, method: str = "post"
) -> Draft202012Validator:
    """What a body of a path must be, or its answer by the status."""
    place = ["paths", path, method, *(["responses", answer] if answer else ["requestBody"])]
    place += ["content", "application/json", "schema"]
    pointer = "/".join(quote(part.replace("~", "~0").replace("/", "~1")) for part in place)
    return Draft202012Validator({**described, "$ref": f"#/{pointer}"})


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from ([part["$ref"]] if "$ref" in part else [])
        for below in part.values():
            yield from _references(below)
    elif isinstance(part, list):
        for below in part:
            yield from _references(below)


def test_every_route_is_described_and_nothing_else(described: dict[str, Any]) -> None:
    flows = {"/v1/flows/assistant", "/v1/flows/app:answer", "/v1/flows/echo"}
    routes = {(route.method.lower(), route.path) for route in ROUTES}
    routes = {(m, p) for m, p in routes if p != "/v1/flows/{name}"} | {("post", p) for p in flows}
    found = {(m, p) for p, ways in described["paths"].items() for m in ways if m != "parameters"}
    assert found == routes


def test_every_reference_leads_to_a_schema(described: dict[str, Any]) -> None:
    references = set(_references(described))
    assert references
    known = described["components"]["schemas"]
    assert {reference.removeprefix("#/components/schemas/") for reference in references} <= {*known}
    assert "$defs" not in json.dumps(described)


def test_a_token_is_described_where_one_is_asked_for() -> None:
    served = Served({"echo": offer(FakeFlow())}, _close)
    assert document(served, needs_token=True)["security"] == [{"token": []}]
    assert document(served, needs_token=False)["security"] == []


def test_only_probes_are_described_as_open(described: dict[str, Any]) -> None:
    ways = {path: way for path, all_ in described["paths"].items() for way in all_.values()
            if isinstance(way, dict)}  # fmt: skip
    assert {path for path, way in ways.items() if way.get("security") == []} == {
        "/healthz", "/readyz",
    }  # fmt: skip


GIVEN = {
    "all that is needed": {"question": "How long?"},
    "all that there is": {
        "question": "?", "history": [{"role": "user", "content": "Hi"}], "limit": 3,
        "given": [{"document": "a", "start": 0, "end": 1, "text": "x"}],
    },
    "nothing for what has a default": {"question": "?", "limit": None, "history": None},
    "nothing at all": {},
    "another input": {"question": "?", "other": 1},
    "a number for a text": {"question": 3},
    "a half": {"question": "?", "limit": 0.5},
    "a whole number written as a half": {"question": "?", "limit": 3.0},
    "a text for messages": {"question": "?", "history": "Hi"},
    "an empty text for messages": {"question": "?", "history": ""},
    "an empty object for messages": {"question": "?", "history": {}},
    "a turn with a key that no turn has": {
        "question": "?", "history": [{"role": "user", "content": "Hi", "x": 1}],
    },
    "a turn of the system": {"question": "?", "history": [{"role": "system", "content": "Hi"}]},
    "a turn that called a tool": {
        "question": "?",
        "history": [
            {
                "role": "assistant", "content": "",
                "tool_calls": [{"id": "1", "name": "f", "arguments": "{}"}],
            }
        ],
    },
    "a passage with a place that is no number": {
        "question": "?", "given": [{"document": "a", "start": "0", "end": 1, "text": "x"}],
    },
    "a passage with a score that is no number": {
        "question": "?",
        "given": [{"document": "a", "start": 0, "end": 1, "text": "x", "score": False}],
    },
    "a passage without a text": {"question": "?", "given": [{"document": "a"}]},
}  # fmt: skip


@pytest.mark.parametrize("inputs", GIVEN.values(), ids=GIVEN)
def test_inputs_are_described_as_the_flow_takes_them(
    inputs: dict[str, Any], described: dict[str, Any], flows: dict[str, ServedFlow]
) -> None:
    try:
        flows["assistant"].flow.bind(inputs)
        is_taken = True
    except InputError:
        is_taken = False
    assert checker(described, "/v1/flows/assistant").is_valid({"inputs": inputs}) is is_taken


@pytest.mark.anyio
async def test_outputs_are_described_as_the_flow_gives_them(
    described: dict[str, Any], tmp_path: Path
) -> None:
    build_project(tmp_path, {"flows/assistant/flow.yaml": FLOW})
    async with Wiring(open_session(tmp_path), None) as wiring:
        run = await (await wiring.flow("assistant")).run({"question": "How long?"})
    assert run.outputs is not None
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    reply = {"id": "run-1", "flow": "assistant", "outputs": run.outputs, "usage": usage}
    check = checker(described, "/v1/flows/assistant", answer="200")
    assert [error.message for error in check.iter_errors(reply)] == []
    assert not check.is_valid({**reply, "outputs": {**run.outputs, "answer": 3}})
    assert not check.is_valid({**reply, "outputs": {**run.outputs, "passages": "none"}})


def test_a_function_is_described_by_its_annotations(described: dict[str, Any]) -> None:
    check = checker(described, "/v1/flows/app:answer")
    order = {"number": 1, "parts": [{"number": 2, "parts": []}]}
    assert check.is_valid({"inputs": {"question": "?", "order": order, "count": 2}})
    assert not check.is_valid({"inputs": {"question": "?", "order": {"parts": [{}]}}})
    assert not check.is_valid({"inputs": {"count": 2}})
    assert described["paths"]["/v1/flows/app:answer"]["post"]["summary"] == "Says it."


texts = st.text(max_size=5)
messages = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system"]), "content": texts | st.none()}
    ),
    max_size=3,
)
chats = st.fixed_dictionaries(
    {"model": st.just("echo"), "messages": messages},
    optional={
        "stream": st.booleans() | texts,
        "user": texts,
        "temperature": st.floats(0, 2),
        "base_url": texts | st.none(),
        "n": st.sampled_from([1, 2, True, None]),
        "tools": st.sampled_from([[], [{}], None]),
        **{name: st.integers() for name in sorted(UNUSED)[:2]},
    },
)


JUDGED = {"bad": True}, {"score": 1}, {"bad": None, "score": 0.5}, {}, {"bad": True, "score": 0}


@pytest.mark.parametrize("judged", [*JUDGED, {"score": 2}, {"bad": None, "score": None}])
@pytest.mark.parametrize("path", ["/v1/feedback", "/v1/rollouts/{name}/outcomes"])
def test_what_is_said_is_described_as_the_server_takes_it(
    path: str, judged: dict[str, Any], described: dict[str, Any]
) -> None:
    is_feedback = path == "/v1/feedback"
    body = judged | ({"run": "run-1"} if is_feedback else {"user": "ann", "arm": "stable"})
    try:
        (feedback_body if is_feedback else outcome_body)(json.dumps(body).encode())
        is_taken = True
    except Refused:
        is_taken = False
    assert checker(described, path).is_valid(body) is is_taken


def test_a_verdict_is_described_as_it_is_told(described: dict[str, Any]) -> None:
    made = verdict(0.1, 0.3)
    told = json.loads(made.model_dump_json()) | {"exit_code": made.exit_code}
    check = checker(described, "/v1/rollouts/{name}", answer="200", method="get")
    assert [error.message for error in check.iter_errors(told)] == []
    assert not check.is_valid({**told, "word": "lost"})


@given(body=chats)
def test_a_chat_that_the_server_takes_is_one_that_the_document_describes(
    described: dict[str, Any], body: dict[str, Any]
) -> None:
    try:
        chat_body(json.dumps(body).encode())
    except Refused:
        return
    errors = [
        error.message for error in checker(described, "/v1/chat/completions").iter_errors(body)
    ]
    assert errors == []
