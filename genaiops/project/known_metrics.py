"""The metrics that can be named: ours, those of installed packages, and the project's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from genaiops.metrics import METRICS
from genaiops.metrics.card import MetricCard, card_of, catalog_card
from genaiops.metrics.find import find_metric
from genaiops.metrics.installed import installed_metrics
from genaiops.project.files import Project
from genaiops.project.judges import PREFIX, judge_functions, judge_specs
from genaiops.project.session import Session
from genaiops.project.wiring import Wiring
from genaiops.specs.evaluation import MetricUse

Origin = Literal["genaiops", "package", "project"]


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A name, whose it is, and its card where that is told without running somebody's code."""

    name: str
    origin: Origin
    help: str
    card: MetricCard | None = None


def known_metrics(session: Session) -> Iterator[KnownMetric]:
    """All metrics by name; code of packages and of the project is not imported."""
    for name in METRICS:
        card = catalog_card(name)
        yield KnownMetric(name, "genaiops", card.help, card)
    yield from _judges(session.project)
    for name, registered in installed_metrics().items():
        packages = " and ".join(each.package for each in registered)
        if name in METRICS:
            told = f"refused: {packages} registers a name of genaiops; name {registered[0].target}"
        elif len(registered) > 1:
            told = f"refused: {packages} both register it; name {registered[0].target}"
        else:
            told = f"of the package {packages}"
        yield KnownMetric(name, "package", told)
    for name, evaluations in _own(session).items():
        yield KnownMetric(name, "project", f"your own, in {', '.join(evaluations)}")


def card_of_metric(wiring: Wiring, name: str) -> MetricCard:
    """The card of any metric; code of the project has to be trusted.

    Raises:
        InputError: there is no such metric, or it does not load.
        TrustError: it is code of the project that is not trusted yet.
    """
    if name in METRICS:
        return catalog_card(name)
    functions = wiring.functions([MetricUse(metric=name)])
    return card_of(name, find_metric(name, functions))


def _judges(project: Project) -> Iterator[KnownMetric]:
    """The judges that genaiops ships, and those of the project's files."""
    for judge in judge_specs(project):
        name = f"{PREFIX}{judge}"
        card = card_of(name, judge_functions(project, [MetricUse(metric=name)])[name])
        yield KnownMetric(
            name, "project" if judge in project.judges else "genaiops", card.help, card
        )


def _own(session: Session) -> dict[str, list[str]]:
    """The metrics that only the project's evaluations name, and which of them do."""
    found = dict[str, list[str]]()
    for name in sorted(session.project.evals):
        for use in session.project.eval(name).spec.metrics:
            if ":" in use.metric and name not in found.setdefault(use.metric, []):
                found[use.metric].append(name)
    return found
