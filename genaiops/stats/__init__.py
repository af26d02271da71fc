"""Numbers in, numbers out: bounds, tests and sample sizes; pure, numpy only."""

from genaiops.stats.agreement import (
    ac1,
    coincidences,
    kappa,
    krippendorff_alpha,
    rating_pairs,
    share_agreeing,
)
from genaiops.stats.bootstrap import Measured, measured
from genaiops.stats.bounded import (
    Interval,
    MeanDraws,
    Values,
    mean_draws,
    paired_bounded,
    paired_mean,
)
from genaiops.stats.clusters import (
    GOOD_CLUSTERS,
    LEAST_CLUSTERS,
    ClusterTotals,
    bounds_clustered,
    limit_clustered,
    paired_clustered,
)
from genaiops.stats.confidence_sequence import ConfidenceSequence, follow_mean
from genaiops.stats.corrected import (
    LEAST_RESPONSE,
    CorrectedMean,
    Evidence,
    correct_carried,
    correct_own,
    response_of,
)
from genaiops.stats.cuped import CupedMean, cuped_mean
from genaiops.stats.eprocess import Claim, EProcess
from genaiops.stats.event_arm import ArmClaim, EventArm
from genaiops.stats.fdr import benjamini_hochberg_adjusted, e_bh_adjusted
from genaiops.stats.holm import holm_adjusted
from genaiops.stats.judged import (
    JudgedMean,
    corrected_draws,
    limit_judged,
    paired_judged,
    with_missing,
)
from genaiops.stats.limit_split import LimitSplit
from genaiops.stats.limits import Limit, LimitTest, agreeing, limit_mean, limit_share
from genaiops.stats.needed import (
    cases_needed_for_limit,
    clean_cases_needed,
    clean_evidence,
    least_n_to_pass_margin,
    pairs_needed,
)
from genaiops.stats.paired import Counts, PairedTest, mcnemar_p, on_side, paired_binary
from genaiops.stats.proportions import (
    binomial_tail,
    clopper_pearson_high,
    clopper_pearson_low,
    wilson_high,
    wilson_low,
)
from genaiops.stats.quantile_sequence import follow_quantile
from genaiops.stats.quantiles import QuantileEstimate, estimate_quantile
from genaiops.stats.ratios import RatioTest, paired_ratio, ratio_units_needed
from genaiops.stats.repeats import RepeatNoise, repeat_noise, repeat_variances
from genaiops.stats.sample_ratio import SampleRatio
from genaiops.stats.score_arm import ScoreArm
from genaiops.stats.split import Outlook, Proofs, Split, outlook, split_p
from genaiops.stats.strata import Stratum, paired_strata
from genaiops.stats.tango import tango_critical, tango_z
from genaiops.stats.threshold import Threshold, balanced_threshold
from genaiops.stats.together import Units, draw_together

__all__ = [
    "GOOD_CLUSTERS",
    "LEAST_CLUSTERS",
    "LEAST_RESPONSE",
    "ArmClaim",
    "Claim",
    "ClusterTotals",
    "ConfidenceSequence",
    "CorrectedMean",
    "Counts",
    "CupedMean",
    "EProcess",
    "EventArm",
    "Evidence",
    "Interval",
    "JudgedMean",
    "Limit",
    "LimitSplit",
    "LimitTest",
    "MeanDraws",
    "Measured",
    "Outlook",
    "PairedTest",
    "Proofs",
    "QuantileEstimate",
    "RatioTest",
    "RepeatNoise",
    "SampleRatio",
    "ScoreArm",
    "Split",
    "Stratum",
    "Threshold",
    "Units",
    "Values",
    "ac1",
    "agreeing",
    "balanced_threshold",
    "benjamini_hochberg_adjusted",
    "binomial_tail",
    "bounds_clustered",
    "cases_needed_for_limit",
    "clean_cases_needed",
    "clean_evidence",
    "clopper_pearson_high",
    "clopper_pearson_low",
    "coincidences",
    "correct_carried",
    "correct_own",
    "corrected_draws",
    "cuped_mean",
    "draw_together",
    "e_bh_adjusted",
    "estimate_quantile",
    "follow_mean",
    "follow_quantile",
    "holm_adjusted",
    "kappa",
    "krippendorff_alpha",
    "least_n_to_pass_margin",
    "limit_clustered",
    "limit_judged",
    "limit_mean",
    "limit_share",
    "mcnemar_p",
    "mean_draws",
    "measured",
    "on_side",
    "outlook",
    "paired_binary",
    "paired_bounded",
    "paired_clustered",
    "paired_judged",
    "paired_mean",
    "paired_ratio",
    "paired_strata",
    "pairs_needed",
    "rating_pairs",
    "ratio_units_needed",
    "repeat_noise",
    "repeat_variances",
    "response_of",
    "share_agreeing",
    "split_p",
    "tango_critical",
    "tango_z",
    "wilson_high",
    "wilson_low",
    "with_missing",
]
