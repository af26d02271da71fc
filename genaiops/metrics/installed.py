"""Metrics that installed packages bring, by their entry points; listing them imports none."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points

from genaiops.errors import InputError
from genaiops.metrics.declare import MetricFunction
from genaiops.resolve import load_attribute

GROUP = "genaiops.metrics"


@dataclass(frozen=True, slots=True, order=True)
class InstalledMetric:
    """A name that a package registers, and the `package.module:function` behind it."""

    name: str
    package: str
    target: str

    def load(self) -> MetricFunction:
        """The function.

        Raises:
            InputError: it does not load, or is none; the message says of which package it is.
        """
        told = f"the metric {self.name!r} of the installed package {self.package}"
        try:
            found = load_attribute(self.target)
        except InputError as error:
            raise InputError(f"{told}: {error}") from error
        if not callable(found):
            raise InputError(f"{told}: {self.target} is no function")
        return found


def installed_metrics() -> Mapping[str, tuple[InstalledMetric, ...]]:
    """What packages register, by name; two packages may have the same name."""
    found = {
        InstalledMetric(each.name, each.dist.name if each.dist else "?", each.value)
        for each in entry_points(group=GROUP)
    }
    by_name = dict[str, tuple[InstalledMetric, ...]]()
    for each in sorted(found):
        by_name[each.name] = (*by_name.get(each.name, ()), each)
    return by_name
