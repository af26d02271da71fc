import re

import pytest

from genaiops.records import Usage
from genaiops.serve.figures import Figures
from genaiops.serve.served import Served
from tests.serve.server import FakeFlow, offer, served

LINE = re.compile(r'genaiops_[a-z_]+(\{([a-z]+="([^"\\\n]|\\.)*",?)+\})? -?[0-9][0-9.e+-]*')


async def _close() -> None: ...


def _text(name: str = "echo") -> str:
    figures = Figures()
    for seconds in (0.01, 0.3, 1000.0):
        figures.ran(name, "stable", "done", seconds, Usage(input_tokens=2, cost_usd=0.25))
    figures.refused("overloaded")
    flows = {name: offer(FakeFlow(name=name))}
    return figures.text(Served(flows, _close), running=3, unrecorded=1)


@pytest.mark.parametrize("name", ["echo", 'a "b" \\ \n c'])
def test_every_line_is_of_the_format_of_prometheus(name: str) -> None:
    lines = _text(name).splitlines()
    bad = [each for each in lines if not (each.startswith("# ") or LINE.fullmatch(each))]
    assert bad == []
    types = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(types) == len({*types})


def test_a_histogram_counts_each_run_in_all_larger_buckets() -> None:
    found = re.findall(r'_bucket\{.*le="(.*)"\} (\d+)', _text())
    counts = dict(found)
    assert (counts["0.05"], counts["0.25"], counts["0.5"], counts["120.0"]) == ("1", "1", "2", "2")
    assert counts["+Inf"] == "3"
    assert 'genaiops_run_seconds_sum{flow="echo",arm="stable"} 1000.310000\n' in _text()


def test_figures_add_up() -> None:
    text = _text()
    assert 'genaiops_runs_total{flow="echo",arm="stable",state="done"} 3\n' in text
    assert 'genaiops_tokens_total{flow="echo",arm="stable",kind="input"} 6\n' in text
    assert 'genaiops_cost_usd_total{flow="echo",arm="stable"} 0.75\n' in text
    assert 'genaiops_requests_refused_total{code="overloaded"} 1\n' in text
    assert "genaiops_requests_running 3\n" in text


@pytest.mark.anyio
async def test_metrics_are_served_as_text() -> None:
    async with served() as place:
        heard = await place.ask("GET", "/metrics")
        assert heard.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert b"genaiops_build_info" in heard.body
