"""What is said of answers, by whom it may be said, and what is written of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from genaiops.serve.access import TokenEntry, token_hash
from tests.serve.gateway.build import HALF, gateway_at
from tests.serve.gateway.test_gateway import say, users_of
from tests.serve.server import Heard, Place, request

pytestmark = pytest.mark.anyio
OWN = replace(
    HALF, flow="external:shop", name="shop", rollout="shop-1", watched=("bad_answers", "errors")
)
ANN, BOB = "gao_ann-0123456789abcdef", "gao_bob-0123456789abcdef"
TOKENS = tuple(
    TokenEntry(name=token[4:7], role="caller", sha256=token_hash(token)) for token in (ANN, BOB)
)


async def tell(place: Place, path: str, body: object, token: str | None = None) -> Heard:
    told = {"Authorization": f"Bearer {token}"} if token else {}
    return await place.send(request("POST", path, body, **told))


async def outcome(place: Place, **body: object) -> Heard:
    return await tell(place, "/v1/rollouts/shop/outcomes", {"user": "ann", **body})


@pytest.mark.parametrize(
    ("said", "badness"), [({"bad": True}, 1), ({"bad": False}, 0), ({"score": 0.75}, 0.25)]
)
async def test_feedback_is_kept_with_the_arm_of_the_answer(
    tmp_path: Path, said: dict[str, object], badness: float
) -> None:
    async with gateway_at(tmp_path) as at:
        (user,) = users_of("candidate", 1)
        run_id = (await say(at.place, user)).headers["genaiops-run"]
        heard = await tell(at.place, "/v1/feedback", {"run": run_id, **said})
        assert (heard.status, heard.json) == (200, {"status": "ok"})
        (told,) = at.place.writer.told
        assert (told.metric, told.badness, told.run) == ("feedback", badness, run_id)
        assert told.split == at.place.writer.runs[0].split


async def test_feedback_of_an_answer_that_stable_gave_for_the_candidate_is_of_neither_arm(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, "garbage") as at:
        (user,) = users_of("candidate", 1)
        run_id = (await say(at.place, user)).headers["genaiops-run"]
        await tell(at.place, "/v1/feedback", {"run": run_id, "bad": True})
        assert [told.split for told in at.place.writer.told] == [None]


async def test_nobody_says_anything_of_an_answer_that_another_got(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, tokens=TOKENS) as at:
        heard = await say(at.place, "user", Authorization=f"Bearer {ANN}")
        said = {"run": heard.headers["genaiops-run"], "bad": True}
        assert (await tell(at.place, "/v1/feedback", said, BOB)).code == "run_not_found"
        assert (await tell(at.place, "/v1/feedback", said, ANN)).status == 200


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"run": "run-0", "bad": True}, 404, "there is no run 'run-0'"),
        ({"run": "run-0"}, 400, "say one of: bad (true or false), score"),
        ({"run": "run-0", "bad": True, "score": 1.0}, 400, "say one of"),
        ({"run": "run-0", "score": 1.5}, 400, "score: "),
        ({"run": "run-0", "bad": "yes"}, 400, "bad: "),
        ({"bad": True}, 400, "run: "),
        ({"run": "run-0", "bed": True}, 400, "unknown parameter 'bed'; did you mean 'bad'"),
    ],
)
async def test_feedback_that_cannot_be_taken_is_told_why(
    tmp_path: Path, said: object, status: int, words: str
) -> None:
    async with gateway_at(tmp_path) as at:
        heard = await tell(at.place, "/v1/feedback", said)
        assert heard.status == status
        assert words in heard.json["error"]["message"]
        assert at.place.writer.told == []


async def test_an_own_service_tells_what_its_users_met(tmp_path: Path) -> None:
    async with gateway_at(tmp_path, share=OWN) as at:
        heard = await outcome(
            at.place, arm="candidate", bad=True, metric="errors", at="2026-11-21T11:59:00Z"
        )
        assert heard.status == 200
        (told,) = at.place.writer.told
        assert (told.metric, told.badness) == ("errors", 1.0)
        assert told.at.isoformat() == "2026-11-21T11:59:00+00:00"
        split = told.split
        assert split is not None
        assert (split.rollout, split.arm, split.weight) == ("shop-1", "candidate", 0.5)
        assert "ann" not in split.unit


@pytest.mark.parametrize(
    ("path", "said", "status", "words"),
    [
        ("shop", {"arm": "candidate", "bad": True}, 409, "say a metric"),
        (
            "shop",
            {"arm": "candidate", "bad": True, "metric": "error"},
            409,
            "does not watch 'error'; did you mean 'errors'",
        ),
        ("shop", {"arm": "new", "bad": True, "metric": "errors"}, 400, "arm: "),
        (
            "shop",
            {"arm": "stable", "bad": True, "metric": "errors", "at": "2026-11-22T00:00:00Z"},
            400,
            "is not yet",
        ),
        (
            "shop",
            {"arm": "stable", "bad": True, "metric": "errors", "at": "2026-11-21T00:00:00"},
            400,
            "at: ",
        ),
        ("shap", {"arm": "stable", "bad": True}, 404, "no rollout 'shap' is under way"),
    ],
)
async def test_an_outcome_that_cannot_be_taken_is_told_why(
    tmp_path: Path, path: str, said: dict[str, object], status: int, words: str
) -> None:
    async with gateway_at(tmp_path, share=OWN) as at:
        heard = await tell(at.place, f"/v1/rollouts/{path}/outcomes", {"user": "ann", **said})
        assert heard.status == status
        assert words in heard.json["error"]["message"]
        assert at.place.writer.told == []


async def test_what_is_served_here_is_told_by_serving_alone(tmp_path: Path) -> None:
    async with gateway_at(tmp_path) as at:
        said = {"user": "ann", "arm": "candidate", "bad": True}
        heard = await tell(at.place, "/v1/rollouts/up/outcomes", said)
        assert (heard.status, heard.code) == (409, "not_external")


async def test_what_is_said_while_nothing_can_be_recorded_is_asked_for_again(
    tmp_path: Path,
) -> None:
    async with gateway_at(tmp_path, share=OWN) as at:
        at.place.writer.is_full = True
        heard = await outcome(at.place, arm="candidate", bad=True, metric="errors")
        assert (heard.status, heard.code) == (503, "not_recorded")
        assert int(heard.headers["retry-after"]) > 0
