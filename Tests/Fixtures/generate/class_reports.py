"""Writes ../tasks/class-reports.json: answers, and what `classification_report` of scikit-learn and seqeval says of them."""

import json
import warnings
from pathlib import Path

import numpy as np
import seqeval.metrics
import sklearn.metrics

warnings.simplefilter("ignore")
rng = np.random.default_rng(11)


def scores(name: str, values: dict) -> dict:
    return {
        "name": name,
        "precision": float(values["precision"]),
        "recall": float(values["recall"]),
        "f1": float(values["f1-score"]),
        "support": int(values["support"]),
    }


def rows(report: dict, labels: list[str]) -> dict:
    """The classes in order, and the means."""
    # Of single labels that are all named, scikit-learn gives the accuracy in place of the micro average.
    accuracy = report.get("accuracy")
    total = report["macro avg"]["support"]
    micro = report.get("micro avg") or {"precision": accuracy, "recall": accuracy, "f1-score": accuracy, "support": total}
    return {
        "classes": [scores(label, report[label]) for label in labels],
        "micro": scores("micro avg", micro),
        "macro": scores("macro avg", report["macro avg"]),
        "weighted": scores("weighted avg", report["weighted avg"]),
    }


def single(labels: list[str], predicted, expected) -> dict:
    numbers = list(range(len(labels)))
    report = sklearn.metrics.classification_report(
        expected, predicted, labels=numbers, target_names=labels, output_dict=True, zero_division=0
    )
    return {
        "labels": labels,
        "predicted": [int(p) for p in predicted],
        "expected": [int(e) for e in expected],
        "confusion": sklearn.metrics.confusion_matrix(expected, predicted, labels=numbers).tolist(),
        "report": rows(report, labels),
    }


def several(labels: list[str], probabilities, expected, threshold: float) -> dict:
    report = sklearn.metrics.classification_report(
        expected, probabilities >= threshold, target_names=labels, output_dict=True, zero_division=0
    )
    return {
        "labels": labels,
        "probabilities": probabilities.tolist(),
        "expected": [np.flatnonzero(row).tolist() for row in expected],
        "threshold": threshold,
        "report": rows(report, labels),
    }


def entities(predicted: list[list[str]], expected: list[list[str]]) -> dict:
    report = seqeval.metrics.classification_report(expected, predicted, output_dict=True, zero_division=0)
    labels = sorted(key for key in report if not key.endswith(" avg"))
    return {"predicted": predicted, "expected": expected, "report": rows(report, labels)}


def half_right(count: int, size: int):
    expected = rng.integers(count, size=size)
    return np.where(rng.random(size) < 0.5, expected, rng.integers(count, size=size)), expected


tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]


def sentences(count: int) -> list[list[str]]:
    return [[tags[i] for i in rng.integers(len(tags), size=8)] for _ in range(count)]


truth = sentences(12)
cases = {
    "single": [
        single(["negative", "positive"], *half_right(2, 40)),
        single(["a", "b", "c", "d"], *half_right(4, 60)),
        single(["a", "b", "c"], *half_right(2, 20)),  # c never occurs
        single(["a", "b", "c"], np.full(9, 2), np.arange(9) % 2),  # all wrong
        single(["a", "b"], [1], [1]),
    ],
    "several": [
        several(["a", "b", "c"], np.round(rng.random((30, 3)), 3), rng.integers(2, size=(30, 3)), 0.5),
        several(["a", "b"], np.round(rng.random((10, 2)), 3), np.zeros((10, 2), dtype=int), 0.9),
    ],
    "entities": [
        entities([[t if rng.random() < 0.7 else "O" for t in s] for s in truth], truth),
        entities(sentences(5), sentences(5)),
        entities([["O", "O"]], [["B-PER", "O"]]),
    ],
}
path = Path(__file__).resolve().parent.parent / "tasks" / "class-reports.json"
path.write_text(json.dumps(cases) + "\n")
