"""Writes ../datasets/metrics.json: predictions, answers, and what scikit-learn and SciPy say of them.

A value that they leave undefined is null.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef, mean_squared_error

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)


def labels(name, count, predicted, expected):
    average = "macro" if count > 2 else "binary"
    return {
        "name": name,
        "labelCount": count,
        "predicted": [int(p) for p in predicted],
        "expected": [int(e) for e in expected],
        "values": {
            "accuracy": accuracy_score(expected, predicted),
            "f1": f1_score(expected, predicted, average=average, zero_division=0),
            "matthews_correlation": matthews_corrcoef(expected, predicted),
        },
    }


def numbers(name, predicted, expected):
    def defined(value):
        return None if math.isnan(value) else float(value)

    return {
        "name": name,
        "predicted": [float(p) for p in predicted],
        "expected": [float(e) for e in expected],
        "values": {
            "pearson": defined(pearsonr(predicted, expected).statistic),
            "spearmanr": defined(spearmanr(predicted, expected).statistic),
            "mse": mean_squared_error(expected, predicted),
        },
    }


def some_right(count, size, share):
    """Answers, and predictions that repeat about `share` of them."""
    expected = rng.integers(count, size=size)
    guessed = rng.integers(count, size=size)
    return np.where(rng.random(size) < share, expected, guessed), expected


def correlated(size, noise):
    expected = rng.random(size) * 5
    return expected + noise * rng.standard_normal(size), expected


label_cases = [
    labels(f"{count} labels, {share} copied", count, *some_right(count, 60, share))
    for count in range(2, 6)
    for share in (0.0, 0.5, 0.9)
]
half = np.arange(20) % 2
label_cases += [
    labels("all right", 2, half, half),
    labels("all wrong", 2, 1 - half, half),
    labels("always 1", 2, np.ones(20), half),
    labels("always 0", 2, np.zeros(20), half),
    labels("only 0 is true", 2, half, np.zeros(20)),
    labels("both constant", 2, np.ones(20), np.ones(20)),
    labels("always 2 of three", 3, np.full(20, 2), np.arange(20) % 3),
    labels("one of four never occurs", 4, *some_right(3, 30, 0.5)),
    labels("one label is predicted and never true", 3, np.arange(20) % 3, half),
    labels("a single example", 2, [1], [1]),
    labels("one label of three", 3, np.ones(20), np.ones(20)),
]
number_cases = [numbers(f"noise {noise}", *correlated(50, noise)) for noise in (0.01, 1, 10)]
tied_predicted, tied_expected = correlated(60, 1.5)
number_cases += [
    numbers("ties", np.round(tied_predicted), np.round(tied_expected)),
    numbers("ties among answers only", tied_predicted, np.round(tied_expected * 2) / 2),
    numbers("opposite", -tied_expected, tied_expected),
    numbers("monotonous, not linear", np.exp(tied_expected), tied_expected),
    numbers("far from zero", tied_predicted + 1e6, tied_expected),
    numbers("tiny", tied_predicted * 1e-200, tied_expected),
    numbers("constant predictions", np.full(20, 0.1), np.arange(20)),
    numbers("constant answers", np.arange(20), np.full(20, 0.1)),
    numbers("two examples", [1.0, 2.0], [3.0, -1.0]),
]

target = Path(__file__).parent.parent / "datasets" / "metrics.json"
target.write_text(json.dumps({"labels": label_cases, "numbers": number_cases}, indent=1) + "\n")
