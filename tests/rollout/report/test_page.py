"""The report of a rollout: what it says, and that nothing in it runs or breaks out."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from genaiops.rollout.committing import read_state
from genaiops.rollout.replay import replayed
from genaiops.rollout.report.chart import Chart, Line, Scale, drawn
from genaiops.rollout.report.page import RolloutReport, render
from genaiops.rollout.verdict import verdict_on
from genaiops.specs.rollout import FEEDBACK_S, GuardSpec
from tests.rollout.build import spec_of
from tests.rollout.live import World
from tests.rollout.test_controller import Failing, carried_on

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
SPEC = spec_of(
    steps=[{"weight": 10, "min_users": 20}, {"weight": 50, "min_users": 50}],
    guards=["latency"],
    goals=[{"metric": "errors", "margin_ratio": 2}],
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def report_of(world: World, *seen: str) -> RolloutReport:
    stored = world.rollouts.find("assistant")
    events = tuple(replayed(stored.rollout, world.rollouts.events(stored.rollout.id)))
    now = world.clock().timestamp()
    verdict = verdict_on(stored.rollout, stored.event, read_state(stored.state), now)
    return RolloutReport(stored.rollout, verdict, events, seen, "f" * 64)


class Elements(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_a_promotion_is_told_with_its_course_and_the_audit_head(world: World) -> None:
    world.start(SPEC)
    carried_on(world, Failing(0.1, 0.05))
    page = render(report_of(world, "the candidate was better by errors"))
    told = Elements(page)
    text = " ".join(" ".join(told.texts).split())
    assert "PROMOTED every goal is proven, and every step is done" in text
    assert "The candidate was better by errors." in text
    assert "The candidate's share of users, from 10% to 100%, at the most 100%" in text
    assert "release bbbbbbbbbbbb stands in production" in text
    assert "f" * 64 in text
    assert page.count("<figure>") == 5


def test_a_guard_that_measured_nothing_is_named(world: World) -> None:
    world.start(SPEC.model_copy(update={"guards": (GuardSpec(metric="feedback"),)}))
    carried_on(world, Failing(0.1, 0.1), ticks=2)
    text = " ".join(Elements(render(report_of(world))).texts)
    assert "feedback measured nothing of the candidate, and guarded nothing." not in text
    world.clock.pass_s(FEEDBACK_S)
    carried_on(world, Failing(0.1, 0.1), ticks=1, controller=world.controller())
    text = " ".join(Elements(render(report_of(world))).texts)
    assert "feedback measured nothing of the candidate, and guarded nothing." in text


def test_nothing_in_the_page_runs_or_is_asked_for(world: World) -> None:
    rollout = world.start(SPEC)
    stored = world.rollouts.find("assistant")
    report = report_of(world, HOSTILE)
    named = rollout.model_copy(update={"id": HOSTILE, "by": HOSTILE})
    bad = report.events[0].event.model_copy(update={"by": HOSTILE, "reason": HOSTILE})
    page = render(
        RolloutReport(
            named,
            report.verdict.model_copy(update={"candidate": HOSTILE, "reason": HOSTILE}),
            [type(report.events[0])(bad, read_state(stored.state), HOSTILE)],
            [HOSTILE],
            HOSTILE,
        )
    )
    told = Elements(page)
    assert not told.names & {"script", "img", "iframe", "object", "link", "form", "base"}
    assert not {name for name in told.attributes if name.startswith("on")}
    assert not told.attributes & {"src", "href", "style"}


def test_lines_stay_within_the_picture() -> None:
    scale = Scale(0.1, 100.0, [(1.0, "1")], is_log=True, limit=(20.0, "20"))
    line = Line("wild", [(0.0, 1e-9), (5.0, 1e30), (10.0, 1.0)])
    picture = drawn(Chart("a", "b", [line], scale), 10.0, 0)
    root = ET.fromstring(picture)  # noqa: S314  our own markup
    path = next(each for each in root.iter("path") if each.get("class") == "line a")
    points = path.get("d", "").replace("M", "").split("L")
    pairs = [tuple(map(float, point.split())) for point in points]
    assert all(0 <= x <= 360 and 0 <= y <= 190 for x, y in pairs)
    assert [x for x, _ in pairs] == sorted(x for x, _ in pairs)


def test_a_rollout_that_has_just_begun_has_a_page(world: World) -> None:
    world.start(SPEC)
    assert "PROGRESSING" in render(report_of(world))
