"""What a server counts, in the text format of Prometheus.

Source: prometheus.io, Exposition formats, text format 0.0.4.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from genaiops import __version__
from genaiops.records import Usage
from genaiops.records.live_runs import LiveState
from genaiops.records.rollouts import Arm
from genaiops.serve.served import Served

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
_Labels = tuple[str, ...]


class Figures:
    """Counts of runs by flow and arm, and of requests that were refused."""

    def __init__(self) -> None:
        self.reloads: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._gateway: Counter[_Labels] = Counter()
        self._runs: Counter[_Labels] = Counter()
        self._tokens: Counter[_Labels] = Counter()
        self._cost_usd: dict[_Labels, float] = {}
        self._seconds: dict[_Labels, list[int]] = {}
        self._sum_s: dict[_Labels, float] = {}

    def refused(self, code: str) -> None:
        """Count a request that was not served."""
        self._refused[code] += 1

    def ran(self, flow: str, arm: Arm, state: LiveState, seconds: float, usage: Usage) -> None:
        """Count a run."""
        by = (flow, arm)
        self._runs[*by, state] += 1
        self._tokens[*by, "input"] += usage.input_tokens
        self._tokens[*by, "output"] += usage.output_tokens
        self._cost_usd[by] = self._cost_usd.get(by, 0.0) + (usage.cost_usd or 0.0)
        self._sum_s[by] = self._sum_s.get(by, 0.0) + seconds
        counts = self._seconds.setdefault(by, [0] * (len(_BOUNDS_S) + 1))
        counts[next((n for n, most in enumerate(_BOUNDS_S) if seconds <= most), -1)] += 1

    def routed(self, flow: str, result: str) -> None:
        """Count what a gateway did with a request of which a candidate was to see something."""
        self._gateway[flow, result] += 1

    def text(self, served: Served, *, running: int, unrecorded: int) -> str:
        """All figures, with those of the moment."""
        by, build = ("flow", "arm"), {("version",): {(__version__,): 1}}
        flows = {(f.name, f.digest, f.release or ""): 1 for f in served.flows.values()}
        families = (
            _family("build_info", "gauge", "The version that serves.", *build.popitem()),
            _family(
                "flow_info", "gauge", "What is served.", ("flow", "digest", "release"), flows
            ),
            _family("requests_running", "gauge", "Requests under way.", (), {(): running}),
            _family(
                "requests_refused_total", "counter", "Requests that were not served.", ("code",),
                {(code,): count for code, count in self._refused.items()},
            ),
            _family("runs_total", "counter", "Runs of flows.", (*by, "state"), self._runs),
            _family("tokens_total", "counter", "Tokens used.", (*by, "kind"), self._tokens),
            _family("cost_usd_total", "counter", "US dollars, where known.", by, self._cost_usd),
            _family(
                "candidate_requests_total", "counter",
                "Requests that a candidate was to see, by what came of that.", ("flow", "result"),
                self._gateway,
            ),
            _family(
                "runs_unrecorded_total", "counter", "Runs that could not be recorded.", (),
                {(): unrecorded},
            ),
            _family(
                "reloads_total", "counter", "Times that the project was read again.", ("result",),
                {(result,): count for result, count in self.reloads.items()},
            ),
            self._histogram(by),
        )  # fmt: skip
        return "".join(f"{line}\n" for family in families for line in family)

    def _histogram(self, names: _Labels) -> Iterator[str]:
        name = "genaiops_run_seconds"
        yield f"# HELP {name} Seconds from a request to the end of its answer."
        yield f"# TYPE {name} histogram"
        for by, counts in self._seconds.items():
            total = 0
            for most, count in zip((*_BOUNDS_S, "+Inf"), counts, strict=True):
                total += count
                yield f"{name}_bucket{_labels((*names, 'le'), (*by, str(most)))} {total}"
            yield f"{name}_sum{_labels(names, by)} {self._sum_s[by]:.6f}"
            yield f"{name}_count{_labels(names, by)} {total}"


def _family(
    name: str, kind: str, help_: str, names: _Labels, values: Mapping[_Labels, float]
) -> Iterable[str]:
    yield f"# HELP genaiops_{name} {help_}"
    yield f"# TYPE genaiops_{name} {kind}"
    for labels, value in values.items():
        yield f"genaiops_{name}{_labels(names, labels)} {value:.12g}"


def _labels(names: _Labels, values: _Labels) -> str:
    pairs = ",".join(
        f'{name}="{_escaped(value)}"' for name, value in zip(names, values, strict=True)
    )
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
