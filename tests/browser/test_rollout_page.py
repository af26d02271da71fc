"""The report of a rollout in a real browser: wide and narrow, light and dark, and quiet."""

from pathlib import Path

import pytest

from genaiops.rollout.report.page import render
from tests.browser.chromium import new_tab
from tests.browser.test_page import is_quiet
from tests.rollout.live import World
from tests.rollout.report.test_page import SPEC, report_of
from tests.rollout.test_controller import Failing, carried_on

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("rollout")
    world = World(folder)
    world.start(SPEC)
    carried_on(world, Failing(0.1, 0.4))
    path = folder / "report.html"
    path.write_text(render(report_of(world, "the candidate was worse by errors")), "utf-8")
    world.close()
    return path.as_uri()


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_and_asks_nobody(browser: str, page: str, width: int, scheme: str) -> None:
    async with new_tab(browser) as tab:
        await tab.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )
        feature = {"name": "prefers-color-scheme", "value": scheme}
        await tab.call("Emulation.setEmulatedMedia", features=[feature])
        await tab.open(page)
        assert await tab.ask("document.documentElement.scrollWidth") <= width
        line, behind = await tab.ask(
            "[getComputedStyle(document.querySelector('.line.a')).stroke,"
            " getComputedStyle(document.body).backgroundColor]"
        )
        assert line not in {"none", behind}
        assert await tab.ask(
            "[...document.querySelectorAll('.charts > figure > svg')]"
            ".every(e => e.getBoundingClientRect().width >= 280)"
        )
        assert is_quiet(tab)
