"""How far a judge and people agree, as JSON."""

from pydantic import JsonValue

from genaiops.gates.agreeing import Agreement
from genaiops.stats import Measured


def agreement_json(agreement: Agreement) -> dict[str, JsonValue]:
    """All measures with their intervals of 95%, the table of counts, and the threshold."""
    threshold = agreement.threshold
    k = len(agreement.categories)
    return {
        "answers": len(agreement.answers),
        "split": agreement.split,
        "agreement": _measured(agreement.agreeing),
        "kappa": _measured(agreement.kappa),
        "weighted_kappa": _measured(agreement.weighted_kappa),
        "ac1": _measured(agreement.ac1),
        "alpha": _measured(agreement.alpha),
        "raters_agreement": _measured(agreement.raters_agreeing),
        "raters_alpha": _measured(agreement.raters_alpha),
        "judge_with_one_rater": _measured(agreement.judge_agreeing),
        "categories": [*agreement.categories],
        "table": agreement.table.astype(int)[:k, :k].tolist(),
        "threshold": None
        if threshold is None
        else {
            "value": threshold.value,
            "false_yes": threshold.false_yes,
            "false_no": threshold.false_no,
        },
    }


def _measured(found: Measured | None) -> JsonValue:
    if found is None or found.value is None:
        return None
    return {"value": found.value, "low": found.low, "high": found.high}
