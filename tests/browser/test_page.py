"""The page in a real browser: it opens from a file, filters, shows, and runs and asks nothing."""

import base64
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from genaiops.evaluations.reports import ArmReport, Report, write_page
from genaiops.evaluations.reports.html import render_page
from genaiops.evaluations.scores import run_scores
from genaiops.gates import estimate_run
from genaiops.store import StoredResult
from tests.browser.chromium import Tab, new_tab
from tests.evaluations.build import RUN, result
from tests.evaluations.reports.wild import wild_arm, wild_comparison
from tests.hostile import HOSTILE

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

VISIBLE = (
    "[...document.querySelectorAll('.case')].filter(e => getComputedStyle(e).display !== 'none')"
    ".map(e => e.querySelector('h3').textContent)"
)
WIDTHS = (360, 800, 1400)


def arm(label: str, *results: StoredResult) -> ArmReport:
    run = RUN.model_copy(update={"slices": ("topic",), "planned": len(results)})
    estimates = estimate_run(run_scores(run, results))
    return ArmReport(label, Report(run, estimates, None, lambda: iter(results)))


def tagged(topic: str, stored: StoredResult) -> StoredResult:
    case = stored.case.model_copy(update={"tags": {"topic": topic}})
    return StoredResult(case, stored.result, stored.nodes)


def two_arms() -> Sequence[ArmReport]:
    first = (result("a", 1.0, answer="It is free."), result("b", 0.2), result("c", 0.5))
    second = (
        result("a", 0.0, answer="It is not free."),
        result("b", 0.9),
        result("c", 0.5, kind="length"),
    )
    topics = ("bills", "bills", "meters")
    return [
        arm(label, *(tagged(topic, stored) for topic, stored in zip(topics, found, strict=True)))
        for label, found in (("old", first), ("new", second))
    ]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    (path,) = write_page(two_arms(), None, tmp_path_factory.mktemp("page") / "out.html")
    return path.as_uri()


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    labels = [f"{text[:200]} {place}" for place, text in enumerate(HOSTILE[::100])]
    arms = [wild_arm(HOSTILE[:40], cases=HOSTILE), *(wild_arm([label]) for label in labels)]
    path: Path = tmp_path_factory.mktemp("page") / "hostile.html"
    text = "".join(render_page(arms, wild_comparison([each.label for each in arms])))
    path.write_text(text, "utf-8")
    return path.as_uri()


def is_quiet(tab: Tab) -> bool:
    """Nothing was asked of another place, said on the console, blocked, or run."""
    requests = tab.told("Network.requestWillBeSent")
    assert [each["request"]["url"] for each in requests if each["type"] != "Document"] == []
    assert all(each["request"]["url"].startswith("file://") for each in requests)
    loud = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
    assert tab.told(*loud, "Page.javascriptDialogOpening", "Page.windowOpen") == []
    return True


@pytest.mark.parametrize(
    ("link", "cases"),
    [
        ("#all", ["a", "c", "b"]),
        ("#only-worse", ["a"]),
        ("#only-better", ["b"]),
        ("#only-failed", ["c"]),
        ("#tag-topic-bills", ["a", "b"]),
        ("#tag-topic-meters", ["c"]),
    ],
)
async def test_a_filter_link_shows_only_its_cases(
    browser: str, page: str, link: str, cases: list[str]
) -> None:
    async with new_tab(browser) as tab:
        await tab.open(page)
        assert await tab.ask(VISIBLE) == ["a", "c", "b"]
        await tab.ask(f"""document.querySelector('.filters a[href="{link}"]').click()""")
        assert await tab.ask(VISIBLE) == cases
        count = f"""document.querySelector('.filters a[href="{link}"] .count').textContent"""
        assert await tab.ask(count) == str(len(cases))
        assert is_quiet(tab)


async def test_a_case_opens_with_the_words_that_differ(browser: str, page: str) -> None:
    async with new_tab(browser) as tab:
        await tab.open(page)
        await tab.ask("document.querySelector('.case summary').click()")
        assert await tab.ask("document.querySelector('.case ins').checkVisibility()")
        assert await tab.ask("document.querySelector('.case ins').textContent") == "not"
        assert is_quiet(tab)


async def test_the_link_to_a_case_opens_it(browser: str, page: str) -> None:
    async with new_tab(browser) as tab:
        await tab.open(f"{page}#case-b")
        assert await tab.ask("document.getElementById('case-b').checkVisibility()")
        assert not await tab.ask("document.getElementById('case-a').checkVisibility()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
async def test_the_page_fits_its_window(browser: str, page: str, width: int, scheme: str) -> None:
    async with new_tab(browser) as tab:
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        await tab.call("Emulation.setDeviceMetricsOverride", **size)
        feature = {"name": "prefers-color-scheme", "value": scheme}
        await tab.call("Emulation.setEmulatedMedia", features=[feature])
        await tab.open(page)
        await tab.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert await tab.ask("document.documentElement.scrollWidth") <= width
        picture = await tab.call("Page.captureScreenshot", format="png")
        assert len(base64.b64decode(picture["data"])) > 10_000
        shade = await tab.ask("getComputedStyle(document.body).backgroundColor")
        assert (shade == "rgb(255, 255, 255)") == (scheme == "light")


async def test_headings_come_in_order_within_landmarks(browser: str, page: str) -> None:
    async with new_tab(browser) as tab:
        await tab.open(page)
        levels: list[int] = await tab.ask(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(e => Number(e.tagName[1]))"
        )
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        for part in ("header", "main", "nav[aria-label]", "footer", "a.skip"):
            assert await tab.ask(f"document.querySelectorAll('{part}').length") >= 1
        tree = await tab.call("Accessibility.getFullAXTree")
        roles = {node.get("role", {}).get("value") for node in tree["nodes"]}
        assert {"banner", "main", "navigation", "contentinfo", "table", "rowheader"} <= roles


async def test_print_shows_what_is_folded(browser: str, page: str) -> None:
    async with new_tab(browser) as tab:
        await tab.call("Emulation.setEmulatedMedia", media="print")
        await tab.open(page)
        assert (
            await tab.ask("document.querySelector('#case-a').getBoundingClientRect().height") > 50
        )


async def test_hostile_texts_are_shown_and_nothing_runs(browser: str, hostile_page: str) -> None:
    async with new_tab(browser) as tab:
        await tab.open(hostile_page)
        await tab.ask("document.querySelectorAll('details').forEach(e => e.open = true)")
        assert await tab.ask("window.PWNED === undefined")
        assert await tab.ask("document.querySelectorAll('.case').length") >= len(HOSTILE)
        foreign = "script,img,iframe,object,embed,link,form,input,video,audio,base,template,math"
        assert await tab.ask(f"document.querySelectorAll('{foreign}').length") == 0
        handlers = "[...e.attributes].some(a => a.name.startsWith('on') || a.name === 'style')"
        found = f"[...document.querySelectorAll('*')].filter(e => {handlers}).length"
        assert await tab.ask(found) == 0
        assert await tab.ask("document.documentElement.scrollWidth <= innerWidth")
        assert is_quiet(tab)
