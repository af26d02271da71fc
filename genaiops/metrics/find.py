"""The function behind what an evaluation calls a metric."""

from collections.abc import Mapping

from genaiops.errors import InputError
from genaiops.metrics.catalog import METRICS, load_metric
from genaiops.metrics.declare import MetricFunction
from genaiops.metrics.installed import installed_metrics
from genaiops.resolve import load_attribute


def find_metric(name: str, functions: Mapping[str, MetricFunction]) -> MetricFunction:
    """One of `functions`, one of ours, `package.module:function`, or one of an installed package.

    An installed package never changes what a name of ours means.

    Raises:
        InputError: there is none of this name, or it does not load.
    """
    if name in functions:
        return functions[name]
    if name in METRICS:
        return load_metric(name)
    if ":" in name:
        found = load_attribute(name)
        if not callable(found):
            raise InputError(f"{name} is no function; a metric is a function of named parameters")
        return found
    return _installed(name, functions)


def _installed(name: str, functions: Mapping[str, MetricFunction]) -> MetricFunction:
    installed = installed_metrics()
    match installed.get(name, ()):
        case ():
            raise InputError.unknown("metric", name, (*METRICS, *functions, *installed))
        case (only,):
            return only.load()
        case several:
            packages = " and ".join(each.package for each in several)
            targets = " or ".join(each.target for each in several)
            raise InputError(
                f"{packages} each register a metric {name!r}; name the function itself: {targets}"
            )
