"""The page: verdict, charts, figures, events, and the head of the audit chain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

from genaiops.evaluations.reports.html.document import closing, opening
from genaiops.evaluations.reports.html.markup import Html, element, join
from genaiops.records.rollout_events import Rollout
from genaiops.records.rollout_verdicts import MetricStanding, RolloutVerdict
from genaiops.rollout.committing import read_spec
from genaiops.rollout.events import changes, told_of
from genaiops.rollout.replay import Replayed
from genaiops.rollout.report.chart import drawn
from genaiops.rollout.report.charts import charts_of, seconds_of
from genaiops.text.quantities import counted, long_time

_MANY = 10_000


@dataclass(frozen=True, slots=True)
class RolloutReport:
    """What the page tells; `seen` are sentences on both arms, `head` is of the chain."""

    rollout: Rollout
    verdict: RolloutVerdict
    events: Sequence[Replayed]
    seen: Sequence[str]
    head: str


def render(report: RolloutReport) -> str:
    """The whole page."""
    title = f"Rollout {report.rollout.id}"
    sheet = (files("genaiops.rollout.report") / "style.css").read_text("utf-8")
    parts = [
        opening(title, (), sheet),
        element("main", *_summary(report), *_charts(report), *_figures(report.verdict)),
        *_course(report),
        closing(),
    ]
    return join(parts)


def _summary(report: RolloutReport) -> Iterator[Html]:
    verdict, rollout = report.verdict, report.rollout
    word = verdict.word.replace("_", " ").upper()
    yield element("h1", f"Rollout {rollout.id}")
    lasted = long_time(seconds_of(report.events)[-1])
    share = "shadow" if verdict.is_shadowing else f"{100 * verdict.weight:g}% of users"
    facts = (
        f"{verdict.candidate} beside {verdict.stable} of {verdict.flow}",
        f"begun by {rollout.by} at {rollout.at[:16]}Z",
        lasted,
        f"step {verdict.step} of {verdict.steps}",
        share,
        f"{counted(verdict.exposed, 'user')} of the candidate",
    )
    yield element("p", *(element("span", fact) for fact in facts), class_="facts")
    marked = element("strong", word, class_=f"word {verdict.word}")
    yield element("p", marked, f" {verdict.reason}", class_="lead")
    for told in report.seen:
        yield element("p", f"{told[:1].upper()}{told[1:]}.")
    for guard in verdict.unmeasured:
        told = f"{guard} measured nothing of the candidate, and guarded nothing."
        yield element("p", told, class_="bad")
    fault = report.events[-1].fault
    if fault is not None:
        yield element("p", element("strong", "The records do not agree: "), fault, class_="bad")


def _charts(report: RolloutReport) -> Iterator[Html]:
    spec = read_spec(report.rollout)
    lasts_s = seconds_of(report.events)[-1]
    yield element("h2", "Course")
    charts = enumerate(charts_of(spec, report.events))
    yield element(
        "div", *(drawn(chart, lasts_s, number) for number, chart in charts), class_="charts"
    )


def _figures(verdict: RolloutVerdict) -> Iterator[Html]:
    yield element("h2", "Metrics")
    heads = (
        "metric",
        "tolerated",
        "users",
        "missing",
        "stable bad",
        "candidate bad",
        "harm",
        "proof",
    )
    row = element("tr", *(element("th", head, scope="col") for head in heads))
    body = element("tbody", *(_row(metric, heads) for metric in verdict.metrics))
    yield element("table", element("thead", row), body, class_="cards")
    yield element(
        "p",
        "Harm is the evidence that the candidate is worse: the mean over all metrics rolls back at "
        "20. A goal is proven at 20. Bad is the mean badness of users.",
        class_="note",
    )


def _row(metric: MetricStanding, heads: Sequence[str]) -> Html:
    proof = "" if metric.proof is None else _number(metric.proof)
    cells = (
        f"{metric.role}, {metric.tolerated}",
        f"{metric.known.stable:,} + {metric.known.candidate:,}",
        f"{metric.missing.stable:,} + {metric.missing.candidate:,}",
        _share(metric.stable_bad),
        _share(metric.candidate_bad),
        _number(metric.harm),
        f"{proof}, proven" if metric.is_proven else proof,
    )
    told = (
        element("td", cell, data_label=head) for cell, head in zip(cells, heads[1:], strict=True)
    )
    return element("tr", element("th", metric.metric, scope="row"), *told)


def _course(report: RolloutReport) -> Iterator[Html]:
    heads = ("event", "at (UTC)", "by", "what")
    row = element("tr", *(element("th", head, scope="col") for head in heads))
    rows: list[Html] = []
    for event in changes(each.event for each in report.events):
        cells = (event.at[:19].replace("T", " "), event.by or "the controller", told_of(event))
        told = (
            element("td", cell, data_label=head)
            for cell, head in zip(cells, heads[1:], strict=True)
        )
        rows.append(element("tr", element("th", str(event.generation), scope="row"), *told))
    looks = sum(each.event.deed == "looked" for each in report.events)
    yield element("h2", "Events")
    yield element("table", element("thead", row), element("tbody", *rows), class_="cards")
    yield element("p", f"{counted(looks, 'look')}, of which those that changed something are told.")
    head = element("span", report.head, class_="digest")
    yield element("footer", element("p", "Head of the audit chain: ", head))


def _share(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}%"


def _number(value: float) -> str:
    if value >= _MANY:
        return f"over {_MANY:,}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
