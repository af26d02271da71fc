"""The judges of a project as metrics, and what to know of who judges whom."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import cast

from genaiops.metrics.declare import MetricFunction
from genaiops.models.family import family_of
from genaiops.project.files import Project
from genaiops.records import MetricInfo
from genaiops.resolve import load_attribute
from genaiops.specs.catalog import CatalogSpec, LangchainModel, LocalModel, OpenAIModel, ReplayModel
from genaiops.specs.evaluation import MetricUse
from genaiops.specs.judge import JudgeSpec

PREFIX = "judges/"

_JUDGES = "genaiops.metrics.judges"
"""Is loaded where something names a judge."""


def judge_functions(
    project: Project, uses: Iterable[MetricUse], locked: Mapping[str, str] | None = None
) -> Mapping[str, MetricFunction]:
    """All judges that metrics can name, by `judges/<name>`; none where no metric names one.

    `locked` has the model that each selection was resolved to; without it judges can be looked at,
    and do not score.
    """
    named = [use for use in uses if use.metric.startswith(PREFIX)]
    if not named:
        return {}
    function = cast(
        "Callable[..., MetricFunction]", load_attribute(f"{_JUDGES}.function:judge_function")
    )
    found: dict[str, MetricFunction] = {}
    for judge, spec in judge_specs(project).items():
        metric = f"{PREFIX}{judge}"
        asked = [use.arguments.get("model", spec.model) for use in named if use.metric == metric]
        own = {(locked or {}).get(name, name) for name in map(str, asked)}
        found[metric] = function(spec, structured=_structured(project.catalog.spec, own))
    return found


def judge_specs(project: Project) -> Mapping[str, JudgeSpec]:
    """The judges that genaiops ships, and those of the project over them, by name."""
    shipped = cast(
        "Callable[[], Mapping[str, JudgeSpec]]", load_attribute(f"{_JUDGES}.shipped:shipped_judges")
    )
    return {
        **shipped(),
        **{name: loaded.spec for name, loaded in project.judges.items()},
    }


def self_preference(
    infos: Iterable[MetricInfo], answering: Collection[str], catalog: CatalogSpec
) -> Iterator[str]:
    """A note for each judge whose model is of the family of a model that answers."""
    for info in infos:
        if info.judge is None:
            continue
        family = _family(info.judge, catalog)
        kin = [name for name in answering if family and _family(name, catalog) == family]
        if kin:
            yield (
                f"warning: {info.judge} judges {info.name} of {', '.join(kin)}, both of the family "
                f"{family}: models favor answers of their own family; calibrate the judge on "
                "people, or judge by another family"
            )


def _structured(catalog: CatalogSpec, models: Collection[str]) -> list[str]:
    """Those of the models that keep to a JSON schema."""
    known = sorted(catalog.models.keys() & set(models))
    return [name for name in known if "json_schema" in catalog.models[name].capabilities]


def _family(name: str, catalog: CatalogSpec) -> str | None:
    match catalog.models.get(name):
        case OpenAIModel(model=own) | LangchainModel(model=own) | ReplayModel(model=own):
            return family_of(own, name)
        case LocalModel(weights=own):
            return family_of(own, name)
        case _:
            return family_of(name)
