"""Train the metric `injection`, and write its weights with what they come from.

    python benchmarks/train_injection.py [--data ../shared/data]

A logistic regression over the features of genaiops/metrics/injection_features.py, on sentences:
those of one half of BIPIA's attack categories and our own orders, against those of one half of its
e-mails, of training queries of Banking77, of our handbook and our own harmless sentences. The other
halves are for benchmarks/agreement/safety.py alone.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from injection_data import ROOT, halves, own_texts
from numpy.typing import NDArray

from genaiops.metrics.injection import WEIGHTS
from genaiops.metrics.injection_features import NAMES, features_of, sentences_of

SHARE_OF_ORDERS = 0.4
"""What orders weigh beside all that is harmless."""
TOTAL, RIDGE = 3000.0, 1.0
EVERY = 5
"""Every so manieth query is used."""

Floats = NDArray[np.float64]


def main(data: Path) -> None:
    half, _ = halves(data)
    orders = [*own_texts(order=True)]
    for texts in half.attacks.values():
        orders += [sentence for text in texts for sentence in sentences_of(text)]
    book = (path.read_text("utf-8") for path in sorted((ROOT / "datasets/handbook").glob("*.md")))
    documents = [sentence for text in (*half.mails, *book) for sentence in sentences_of(text)]
    documents += own_texts(order=False)
    groups = [
        (orders, 1.0, SHARE_OF_ORDERS),
        (documents, 0.0, 0.5),
        (half.queries[::EVERY], 0.0, 0.5),
    ]
    *weights, bias = (round(float(each), 3) for each in fitted(groups))
    read = {
        "trained_on": [
            "microsoft/BIPIA (MIT), train: 25 e-mails, 13 of 25 categories of attacks",
            "PolyAI/banking77 (CC-BY-4.0), train: every 5th query",
            "our handbook and benchmarks/injection_texts.jsonl",
        ],
        "by": "benchmarks/train_injection.py",
        "weights": dict(zip(NAMES, weights, strict=True)),
        "bias": bias,
    }
    path = ROOT / "genaiops/metrics" / WEIGHTS
    path.write_text(json.dumps(read, indent=2) + "\n", "utf-8")
    print(f"wrote {path.relative_to(ROOT)} from {len(orders)} orders and {len(documents)} others")


def fitted(groups: Sequence[tuple[Sequence[str], float, float]]) -> Floats:
    """The weights and the bias, by Newton's method, from sentences with label and weight."""
    rows = np.array([[*features_of(text), 1.0] for texts, _, _ in groups for text in texts])
    labels = np.concatenate([np.full(len(texts), label) for texts, label, _ in groups])
    weighed = np.concatenate([np.full(len(texts), w / len(texts)) for texts, _, w in groups])
    weighed *= TOTAL / weighed.sum() * sum(w for _, _, w in groups)
    ridge = np.diag([*[RIDGE] * len(NAMES), 1e-3])
    found = np.zeros(rows.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(rows @ found, -30, 30)))
        slope = rows.T @ (weighed * (chance - labels)) + ridge @ found
        curve = (rows * (weighed * chance * (1 - chance))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < 1e-9:
            break
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT / "../shared/data")
    main(parser.parse_args().data)
