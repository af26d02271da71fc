import json
from datetime import timedelta

import pytest

from genaiops.project.rollout_home import LIVE_FILE
from genaiops.project.session import utc_now
from genaiops.store.live import LiveWriter
from tests.cli.terminal import Terminal
from tests.rollout.live import run_of

BUSY = ("--traffic", "300/min", "--new-users", "1")
FILE = """\
flow: flows/assistant
steps: [50]
goals: [{metric: feedback, margin_ratio: 2}]
"""


@pytest.fixture
def planned(library: Terminal) -> Terminal:
    write(library, FILE)
    return library


def write(terminal: Terminal, text: str, name: str = "assistant") -> None:
    path = terminal.root / f"rollouts/{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")


def serve(terminal: Terminal, requests: int, lasted: timedelta) -> None:
    """So many requests evenly over a time until now, two of each user."""
    path = terminal.root / LIVE_FILE
    path.parent.mkdir(exist_ok=True)
    writer, now = LiveWriter(path), utc_now()
    for place in range(requests):
        at = now - lasted * (1 - place / requests)
        run = run_of(f"run-{place}", "unit", "stable", 0.5, at)
        writer.add(run.model_copy(update={"user": f"user {place // 2}"}))
    writer.close()


def test_a_plan_says_what_can_be_known_when(planned: Terminal) -> None:
    out = planned.ok("rollout", "plan", *BUSY)
    assert out.startswith("PLAN  assistant: 300 requests and 300 new users a minute\n")
    assert "  50%         10 min                    1500\n" in out
    assert "feedback (goal, 10% bad): likely finds 1.5 times as many within" in out
    told = " ".join(out.split())
    assert "errors (guard, 0.5% bad): likely finds 5 times as many within" in told
    assert "likely misses 3 times as many before promotion" in told
    assert told.endswith("a candidate like stable is likely promoted within 14 min")


def test_with_a_start_times_have_the_hour_and_another_day_its_name(planned: Terminal) -> None:
    start = ("--start", "2026-11-23T23:55")
    out = planned.ok("rollout", "plan", *BUSY, *start)
    assert "likely promoted within 14 min (by Tue 00:08)" in out


def test_rates_are_told_for_goals_or_by_metric(planned: Terminal) -> None:
    rates = ("--bad-rate", "20%", "--bad-rate", "errors=0.001")
    out = planned.ok("rollout", "plan", *BUSY, *rates)
    assert "feedback (goal, 20% bad)" in out
    assert "errors (guard, 0.1% bad)" in out


def test_what_is_bad_already_has_little_worse_to_find(planned: Terminal) -> None:
    done = planned("rollout", "plan", *BUSY, "--bad-rate", "errors=99%")
    assert "errors (guard, 99% bad): nothing can be half as bad again\n" in done.out


def test_a_plan_that_cannot_reach_a_verdict_is_refused_with_one_that_can(
    planned: Terminal,
) -> None:
    write(planned, FILE.replace("[50]", "[{weight: 1, min_users: 5000}, 50]"))
    done = planned("rollout", "plan", "--traffic", "60/min")
    assert done.code == 2
    assert done.out.startswith("PLAN  assistant: ")
    told = " ".join(done.err.split())
    assert "is likely to end without a verdict: its steps take 14 d" in told
    assert "by steps: [1, 5, 10, 25, 50]" in told or "by steps: [5, 25, 50]" in told


def test_where_no_steps_would_do_it_says_what_else_would(planned: Terminal) -> None:
    done = planned("rollout", "plan", "--traffic", "10/d", "--propose")
    assert done.code == 2
    assert "no steps lead to a verdict in time" in done.out
    assert "no other steps would do with this traffic: tolerate more" in " ".join(done.err.split())


def test_without_traffic_that_is_said_it_is_what_was_measured(planned: Terminal) -> None:
    serve(planned, 600, timedelta(hours=2))
    measured = planned("rollout", "plan")
    assert " ".join(measured.out.split()).startswith(
        "PLAN assistant: 5 requests and 2.5 new users a minute, as measured in the last 2 h "
    )
    said = planned("rollout", "plan", "--traffic", "5/min", "--new-users", "0.5")
    assert said.out.splitlines()[1:] == measured.out.splitlines()[1:]
    assert "20 rollouts a row, 5 requests and 4 new users a minute" in " ".join(
        planned.ok("rollout", "simulate", "--new-users", "0.8", "--rollouts", "20").split()
    )


def test_steps_are_proposed_as_a_file_has_them(planned: Terminal) -> None:
    out = planned.ok("rollout", "plan", *BUSY, "--propose")
    assert "steps:\n  - 1\n  - 5\n  - 10\n  - 25\n  - 50\n" in out


def test_a_plan_is_told_to_programs(planned: Terminal) -> None:
    told = json.loads(planned.ok("rollout", "plan", *BUSY, "--json"))
    assert told["reaches_verdict"] is True
    assert told["forecast"]["metrics"][0]["found_s"]["2.0"] > 0
    assert told["traffic"]["requests_per_min"] == 300


def test_a_simulation_says_how_rollouts_end(planned: Terminal) -> None:
    many = ("--rollouts", "20", "--effect", "feedback=1", "--effect", "feedback=3,errors=2")
    out = planned.ok("rollout", "simulate", *BUSY, *many)
    lines = out.splitlines()
    assert lines[0].startswith("SIMULATE assistant: 20 rollouts a row, 300 requests and 300 new")
    assert any(line.startswith("  like stable") and "100.0+-3.5%" in line for line in lines)
    assert any(line.startswith("  feedback x3,") and "100.0+-3.5%" in line for line in lines)


def test_without_effects_each_metric_is_doubled_in_turn(planned: Terminal) -> None:
    told = json.loads(planned.ok("rollout", "simulate", *BUSY, "--rollouts", "20", "--json"))
    assert [each["effect"] for each in told] == [{}, {"errors": 2.0}, {"feedback": 2.0}]
    assert told[2]["rolled_back"]["value"] == 1
    assert told[2]["rolled_back"]["median_s"] > 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--traffic", "5"), "traffic '5' is not requests in a time: 5/min, 2/s, 300/h"),
        (("--traffic", "5000/s"), "is more than 100,000 requests a minute"),
        (("--traffic", "0/min"), "traffic '0/min' is not requests in a time"),
        (("--traffic", "5/min", "--new-users", "2"), "--new-users '2' is not a share in (0, 1]"),
        (("--traffic", "5/min", "--bad-rate", "1"), "bad rate '1' of feedback is not a share"),
        (("--traffic", "5/min", "--bad-rate", "eror=0.1"), "does not watch 'eror'; did you mean"),
        (("--traffic", "5/min", "--start", "noon"), "--start 'noon' is not a time such as"),
        (("nobody", "--traffic", "5/min"), "unknown rollout 'nobody' (known: assistant)"),
        ((), "say how much traffic there is, --traffic 5/min: fewer than 100 requests, or less"),
    ],
    ids=str,
)
def test_what_is_mistyped_is_told(planned: Terminal, arguments: tuple[str, ...], told: str) -> None:
    done = planned("rollout", "plan", *arguments)
    assert done.code == 2
    assert told in " ".join(done.err.split())


@pytest.mark.parametrize("effect", ["errors", "errors=x", "x=2", "errors=-1"])
def test_an_effect_that_is_none_is_told(planned: Terminal, effect: str) -> None:
    done = planned("rollout", "simulate", *BUSY, "--effect", effect)
    assert done.code == 2
    assert "errors" in done.err


def test_without_a_name_there_has_to_be_one_rollout(library: Terminal) -> None:
    done = library("rollout", "plan", *BUSY)
    assert (done.code, "write rollouts/NAME.yaml" in done.err) == (2, True)
    write(library, FILE, "one")
    write(library, FILE, "two")
    assert "which rollout? There are one, two" in library("rollout", "plan", *BUSY).err


def test_a_file_that_does_not_fit_the_project_is_told_with_its_place(planned: Terminal) -> None:
    write(planned, FILE.replace("flows/assistant", "flows/nowhere"))
    done = planned("rollout", "plan", *BUSY)
    assert done.code == 2
    assert "rollouts/assistant.yaml:1:1: unknown flow 'nowhere'" in done.err


def test_the_tab_key_completes_rollouts(planned: Terminal) -> None:
    assert planned.ok("completion", "bash", "--", "rollout", "plan", "a") == "assistant\n"
    assert planned.ok("completion", "bash", "--", "rollout", "si") == "simulate\n"


def test_a_manifest_is_printed_or_written(planned: Terminal) -> None:
    out = planned.ok("rollout", "manifests", "--target", "kserve", "--service", "answers")
    assert "  name: answers\n" in out
    assert "canaryTrafficPercent: 50" in out
    path = planned.root / "argo.yaml"
    done = planned("rollout", "manifests", "--target", "argo", "-o", str(path))
    assert (done.code, done.out) == (0, "")
    assert "url: http://genaiops:8080/v1/rollouts/assistant\n" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--target", "istio"), "'istio' is not one of 'argo', 'flagger', 'gateway-api'"),
        (("--target", "nginx", "--step", "7"), "there is no step 7"),
        (("--target", "nginx", "--host", "a;b"), "host 'a;b' is no name of a host"),
        (("--target", "argo", "-o", "no/where.yaml"), "no/where.yaml cannot be written"),
    ],
    ids=str,
)
def test_a_manifest_that_cannot_be_is_told(
    planned: Terminal, arguments: tuple[str, ...], told: str
) -> None:
    done = planned("rollout", "manifests", *arguments)
    assert done.code == 2
    assert told in " ".join(done.err.split())
