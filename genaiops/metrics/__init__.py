"""Metrics: one function each, bound to its arguments by what an evaluation says."""

from genaiops.metrics.arguments import Surroundings
from genaiops.metrics.bind import MetricPlan, Resources, bind_metric, plan_metric
from genaiops.metrics.catalog import METRICS
from genaiops.metrics.catalog_entry import CatalogEntry
from genaiops.metrics.declare import MetricDeclaration, MetricFunction, metric

__all__ = [
    "METRICS",
    "CatalogEntry",
    "MetricDeclaration",
    "MetricFunction",
    "MetricPlan",
    "Resources",
    "Surroundings",
    "bind_metric",
    "metric",
    "plan_metric",
]
