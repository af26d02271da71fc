"""The application: its routes, who may use each, and what each does."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass

from pydantic import JsonValue

from genaiops.errors import Refused, StoreError, suggest
from genaiops.records import Failure
from genaiops.rollout.exposition import exposition
from genaiops.serve.access import Access, Caller, Role
from genaiops.serve.answering import Answered
from genaiops.serve.bodies import chat_body, feedback_body, flow_body, outcome_body
from genaiops.serve.chat import ChatReply, inputs_of, model_of, text_of, tokens
from genaiops.serve.chat_stream import ChatStream
from genaiops.serve.exchange import Asker, Desk, Exchange
from genaiops.serve.failures import told
from genaiops.serve.figures import CONTENT_TYPE
from genaiops.serve.gateway.hearing import Hearing
from genaiops.serve.messages import JSON, Events, Reply, Request
from genaiops.serve.openapi import document
from genaiops.serve.replies import json_reply, refusal


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, which may hold `{name}`; `needs` None: nobody is asked for a token."""

    method: str
    path: str
    needs: Role | None
    handler: str

    def name_in(self, path: str) -> str | None:
        """The segment that stands for `{name}`, empty where there is none; None: another path."""
        before, mark, after = self.path.partition("{name}")
        if not mark:
            return "" if path == before else None
        name = path.removeprefix(before).removesuffix(after)
        is_this = path == f"{before}{name}{after}" and name and "/" not in name
        return name if is_this else None


ROUTES = (
    Route("GET", "/healthz", None, "alive"),
    Route("GET", "/readyz", None, "ready"),
    Route("GET", "/metrics", "observer", "metrics"),
    Route("GET", "/openapi.json", "caller", "described"),
    Route("GET", "/v1/models", "caller", "models"),
    Route("GET", "/v1/models/{name}", "caller", "model"),
    Route("POST", "/v1/chat/completions", "caller", "chat"),
    Route("POST", "/v1/flows/{name}", "caller", "flow"),
    Route("POST", "/v1/feedback", "caller", "feedback"),
    Route("GET", "/v1/rollouts/{name}", "observer", "rollout"),
    Route("POST", "/v1/rollouts/{name}/outcomes", "reporter", "outcome"),
)
_EXACT = {(route.method, route.path): route for route in ROUTES if "{" not in route.path}
USER = "Genaiops-User"
"""The header that names a user where the body does not."""
CONVERSATION = "Genaiops-Conversation"
"""The header that names a conversation, which may keep an arm instead of its user."""
_Handle = Callable[[Request, Caller, str], Awaitable[Reply | Events]]


class App:
    """Answers requests; `access` may be exchanged, `is_draining` ends what is new."""

    def __init__(self, desk: Desk, access: Access) -> None:
        self.access = access
        self.is_draining = False
        self._desk = desk
        self._hearing = Hearing(desk.recorder, desk.weights, desk.clock, desk.user_key)
        self._handlers: dict[str, _Handle] = {
            "metrics": self._metrics,
            "described": self._described,
            "models": self._models,
            "model": self._model,
            "chat": self._chat,
            "flow": self._flow,
            "feedback": self._feedback,
            "rollout": self._rollout,
            "outcome": self._outcome,
        }

    async def __call__(self, request: Request) -> Reply | Events:
        """Answer one request; what is refused is told in the form of OpenAI's errors."""
        try:
            return await self._routed(request)
        except Refused as error:
            self._desk.figures.refused(error.code)
            return refusal(error)
        except Exception as error:  # noqa: BLE001  one request must not end the server
            self._desk.note(f"a fault of genaiops itself: {type(error).__name__}: {error}")
            return refusal(Refused(500, "internal_error", "something went wrong in the server"))

    async def _routed(self, request: Request) -> Reply | Events:
        route = _EXACT.get((request.method, request.path))
        paths = [(route, "")] if route else _paths(request.path)
        found = next(((r, n) for r, n in paths if r.method == request.method), None)
        if found is not None and found[0].needs is None:
            return self._probed(found[0])
        caller = self.access.admit(request.headers)
        if found is None:
            return self._nowhere(request, tuple(route.method for route, _ in paths))
        route, name = found
        if not caller.may(route.needs):
            raise Refused(403, "forbidden", f"the role {caller.role!r} may not do this")
        return await self._handlers[route.handler](request, caller, name)

    def _nowhere(self, request: Request, methods: tuple[str, ...]) -> Reply:
        if not methods:
            raise Refused(404, "not_found", "there is no such path; GET /openapi.json lists them")
        self._desk.figures.refused("method_not_allowed")
        told_ = f"{request.method[:20]} is not possible here"
        return refusal(Refused(405, "method_not_allowed", told_), ("Allow", ", ".join(methods)))

    def _probed(self, route: Route) -> Reply:
        """Alive as long as it answers; ready unless it is about to end."""
        if route.handler == "ready" and self.is_draining:
            raise Refused(503, "draining", "the server is about to end")
        return json_reply({"status": "ok"})

    async def _metrics(self, _request: Request, _caller: Caller, _name: str) -> Reply:
        desk = self._desk
        text = desk.figures.text(
            desk.serving.now,
            running=desk.capacity.running,
            unrecorded=desk.recorder.unrecorded,
        )
        try:
            text += exposition(await asyncio.to_thread(desk.verdicts))
        except StoreError as error:
            desk.note(f"rollouts are not in the figures: {error}")
        return Reply(text.encode(), content_type=CONTENT_TYPE)

    async def _described(self, _request: Request, _caller: Caller, _name: str) -> Reply:
        served = self._desk.serving.now
        return json_reply(document(served, needs_token=self.access.needs_token))

    async def _models(self, _request: Request, _caller: Caller, _name: str) -> Reply:
        flows = self._desk.serving.now.flows.values()
        return json_reply({"object": "list", "data": [model_of(f) for f in flows if f.chat]})

    async def _model(self, _request: Request, _caller: Caller, name: str) -> Reply:
        return json_reply(model_of(self._desk.serving.now.flow(name)))

    async def _flow(self, request: Request, caller: Caller, name: str) -> Reply:
        self._refuse_more(request)
        with self._desk.capacity.place(caller.name):
            body = flow_body(await request.read())
            with self._desk.serving.now.in_use() as served:
                flow = served.flow(name)
                asker = _asker(request, caller, body.user)
                exchange = self._desk.begin(flow, body.inputs, asker)
                done = await exchange.whole()
        return _flow_reply(exchange, done)

    async def _chat(self, request: Request, caller: Caller, _name: str) -> Reply | Events:
        self._refuse_more(request)
        with ExitStack() as held:
            held.enter_context(self._desk.capacity.place(caller.name))
            body = chat_body(await request.read())
            served = held.enter_context(self._desk.serving.now.in_use())
            flow = served.flow(body.model)
            inputs = inputs_of(flow, body.messages)
            asker = _asker(request, caller, body.safety_identifier or body.user)
            exchange = self._desk.begin(flow, inputs, asker)
            run_id = exchange.asked.run_id
            reply = ChatReply(run_id, flow, int(exchange.at.timestamp()))
            if not body.stream:
                return _chat_reply(exchange, reply, await exchange.whole())
            pieces = ChatStream(exchange, reply, body.tells_usage).events(held.pop_all())
            return Events(await anext(pieces), pieces, (("Genaiops-Run", run_id),))

    async def _feedback(self, request: Request, caller: Caller, _name: str) -> Reply:
        self._refuse_more(request)
        with self._desk.capacity.place(caller.name):
            await self._hearing.feedback(feedback_body(await request.read()), caller)
        return json_reply({"status": "ok"})

    async def _rollout(self, _request: Request, _caller: Caller, name: str) -> Reply:
        try:
            verdicts = await asyncio.to_thread(self._desk.verdicts)
        except StoreError as error:
            self._desk.note(f"the verdict on {name[:100]!r} cannot be read: {error}")
            raise Refused(503, "unavailable", "rollouts cannot be read now") from error
        found = next((each for each in verdicts if name in (each.name, each.rollout)), None)
        if found is None:
            near = suggest(name[:100], [each.name for each in verdicts])
            raise Refused(404, "rollout_not_found", f"there is no rollout {name[:100]!r}{near}")
        return json_reply({**found.model_dump(mode="json"), "exit_code": found.exit_code})

    async def _outcome(self, request: Request, caller: Caller, name: str) -> Reply:
        self._refuse_more(request)
        with self._desk.capacity.place(caller.name):
            await self._hearing.outcome(name, outcome_body(await request.read()), caller)
        return json_reply({"status": "ok"})

    def _refuse_more(self, request: Request) -> None:
        """Refuse a request with a body by its head.

        Raises:
            Refused: the server is about to end, or the body would be no JSON.
        """
        if self.is_draining:
            raise Refused(503, "draining", "the server is about to end", retry_after_s=1)
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != JSON:
            raise Refused(415, "unsupported_media_type", f"send the body as {JSON}")


def _asker(request: Request, caller: Caller, user: str | None) -> Asker:
    """Who asks, by the body of a request or by its headers."""
    headers = request.headers
    return Asker(caller, user or headers.get(USER), headers.get(CONVERSATION), headers)


def _paths(path: str) -> list[tuple[Route, str]]:
    """The routes of a path, with the name in it."""
    return [(each, name) for each in ROUTES if (name := each.name_in(path)) is not None]


def _flow_reply(exchange: Exchange, done: Answered) -> Reply:
    used, run_id = tokens(done.run.usage), exchange.asked.run_id
    reply = {"id": run_id, "flow": done.flow.name, "outputs": _outputs(exchange, done)}
    return json_reply({**reply, "usage": used}, ("Genaiops-Run", run_id))


def _chat_reply(exchange: Exchange, reply: ChatReply, done: Answered) -> Reply:
    whole = reply.whole(text_of(_outputs(exchange, done)), done.run.usage)
    return json_reply(whole, ("Genaiops-Run", exchange.asked.run_id))


def _outputs(exchange: Exchange, done: Answered) -> dict[str, JsonValue]:
    """The outputs of a run.

    Raises:
        Refused: it failed.
    """
    run = done.run
    if run.outputs is None:
        unknown = Failure(kind="node", message="no outputs")
        raise told(run.failure or unknown, exchange.asked.run_id)
    return run.outputs
