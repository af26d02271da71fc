"""Numbers in, numbers out: bounds, tests and sample sizes; pure, numpy only."""

from genaiops.stats.bounded import (
    Interval,
    MeanDraws,
    Values,
    gaffke_high,
    gaffke_low,
    mean_bounds,
    mean_draws,
    paired_bounded,
)
from genaiops.stats.clusters import (
    GOOD_CLUSTERS,
    LEAST_CLUSTERS,
    ClusterTotals,
    limit_clustered,
    paired_clustered,
)
from genaiops.stats.holm import holm_adjusted
from genaiops.stats.limits import Limit, LimitTest, limit_mean, limit_share
from genaiops.stats.needed import (
    cases_needed_for_limit,
    clean_cases_needed,
    least_n_at_least,
    least_n_at_most,
    least_n_to_pass_margin,
    pairs_needed,
)
from genaiops.stats.paired import Counts, PairedTest, mcnemar_p, paired_binary
from genaiops.stats.proportions import binomial_tail, clopper_pearson_high, clopper_pearson_low
from genaiops.stats.quantiles import QuantileEstimate, estimate_quantile, limit_quantile
from genaiops.stats.tango import tango_critical, tango_z

__all__ = [
    "GOOD_CLUSTERS",
    "LEAST_CLUSTERS",
    "ClusterTotals",
    "Counts",
    "Interval",
    "Limit",
    "LimitTest",
    "MeanDraws",
    "PairedTest",
    "QuantileEstimate",
    "Values",
    "binomial_tail",
    "cases_needed_for_limit",
    "clean_cases_needed",
    "clopper_pearson_high",
    "clopper_pearson_low",
    "estimate_quantile",
    "gaffke_high",
    "gaffke_low",
    "holm_adjusted",
    "least_n_at_least",
    "least_n_at_most",
    "least_n_to_pass_margin",
    "limit_clustered",
    "limit_mean",
    "limit_quantile",
    "limit_share",
    "mcnemar_p",
    "mean_bounds",
    "mean_draws",
    "paired_binary",
    "paired_bounded",
    "paired_clustered",
    "pairs_needed",
    "tango_critical",
    "tango_z",
]
