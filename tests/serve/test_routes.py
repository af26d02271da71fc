"""Every route, as it stands in the table, asked by whom it is not for."""

from datetime import timedelta

import pytest

from genaiops.serve.access import Role, TokenEntry, token_hash
from genaiops.serve.app import ROUTES
from tests.serve.server import NOW, FakeFlow, offer, request, served

pytestmark = pytest.mark.anyio
GOOD, OLD = "gao_good-0123456789abcdef", "gao_old-0123456789abcdef"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PATHS = sorted({route.path.replace("{name}", "echo") for route in ROUTES} | {"/", "/v1/other"})
OPEN = {("GET", route.path) for route in ROUTES if route.needs is None}
OUTCOMES = "/v1/rollouts/none/outcomes"
BODY_TO_COME = {"Content_Length": "1000", "Content_Type": "application/json"}


def entry(token: str, role: Role = "caller", *, days: int | None = None) -> TokenEntry:
    expires = None if days is None else NOW + timedelta(days=days)
    return TokenEntry(name=token[4:7], role=role, sha256=token_hash(token), expires=expires)


TOKENS = (entry(GOOD), entry(OLD, days=-1))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "told",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Bearer {OLD}"},
        {"Authorization": GOOD},
    ],
    ids=["no token", "a wrong token", "an expired token", "no bearer"],
)
async def test_nobody_is_let_in_without_a_token_nor_is_a_body_waited_for(
    path: str, told: dict[str, str]
) -> None:
    flow = FakeFlow()
    async with served(offer(flow), tokens=TOKENS) as place:
        for method in METHODS:
            if (method, path) in OPEN:
                continue
            heard = await place.asked_first(request(method, path, **BODY_TO_COME, **told))
            assert heard.status in {401, 403, 405}, (method, path)
            assert heard.is_closed
        assert flow.asked == []


async def test_only_the_two_probes_are_open_and_tell_nothing() -> None:
    assert {("GET", "/healthz"), ("GET", "/readyz")} == OPEN
    async with served(tokens=TOKENS) as place:
        for _, path in OPEN:
            heard = await place.ask("GET", path)
            assert (heard.status, heard.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", PATHS)
async def test_another_method_of_a_path_is_told_with_those_that_it_has(path: str) -> None:
    async with served(tokens=TOKENS) as place:
        heard = await place.ask("DELETE", path, Authorization=f"Bearer {GOOD}")
        known = sorted(r.method for r in ROUTES if r.path.replace("{name}", "echo") == path)
        assert heard.status == (405 if known else 404)
        assert heard.headers.get("allow", "") == ", ".join(known)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("caller", {"/v1/models"}),
        ("observer", {"/metrics", "/v1/rollouts/none"}),
        ("reporter", {"/metrics", "/v1/rollouts/none", OUTCOMES}),
        ("operator", {"/v1/models", "/metrics", "/v1/rollouts/none", OUTCOMES}),
    ],
)
async def test_a_role_may_do_what_is_its_own(role: Role, allowed: set[str]) -> None:
    async with served(tokens=[entry(GOOD, role)]) as place:
        for path in ("/v1/models", "/metrics", "/v1/rollouts/none", OUTCOMES):
            method = "POST" if path == OUTCOMES else "GET"
            heard = await place.ask(method, path, Authorization=f"Bearer {GOOD}")
            assert (heard.status != 403) == (path in allowed), path


@pytest.mark.parametrize("tokens", [(), TOKENS])
async def test_what_flagger_asks_is_always_refused_so_that_it_holds(
    tokens: tuple[TokenEntry, ...],
) -> None:
    """By the hooks of its manifest: by POST, without a token, at the address of the verdict."""
    async with served(tokens=tokens) as place:
        heard = await place.ask("POST", "/v1/rollouts/echo", Content_Type="application/json")
        assert heard.status > 202


async def test_what_is_refused_has_the_form_of_openai_and_repeats_no_token() -> None:
    async with served(tokens=TOKENS) as place:
        heard = await place.ask("GET", "/v1/models", Authorization="Bearer sk-somebody-elses-key")
        error = heard.json["error"]
        assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
        assert heard.headers["www-authenticate"] == "Bearer"
        assert b"somebody" not in heard.data


FOREIGN = {
    "a name bound to this machine": {"Host": "attacker.example"},
    "another origin": {"Origin": "http://attacker.example"},
    "an origin that hides": {"Origin": "null"},
    "another port": {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:3000"},
    "another site": {"Sec_Fetch_Site": "cross-site"},
    "a site beside": {"Sec_Fetch_Site": "same-site"},
    "a name that begins like this machine": {"Host": "localhost.attacker.example"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
async def test_without_tokens_no_page_of_a_browser_is_served(headers: dict[str, str]) -> None:
    flow = FakeFlow()
    async with served(offer(flow)) as place:
        for method in METHODS:
            for path in ("/v1/flows/echo", "/v1/models", "/metrics", "/v1/chat/completions"):
                asked = request(method, path, **BODY_TO_COME, **headers)
                heard = await place.asked_first(asked)
                assert heard.status == 403, (method, path)
        assert flow.asked == []


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080"])
async def test_without_tokens_programs_of_this_machine_are_served(host: str) -> None:
    async with served() as place:
        heard = await place.ask("GET", "/v1/models", Host=host, Origin=f"http://{host}")
        assert heard.status == 200
