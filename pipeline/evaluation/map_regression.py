"""Weighs signs by a logistic regression that begins from what each is expected to weigh.

Expected weights are set by hand and are the mean of a normal prior (maximum a posteriori; Bishop,
Pattern Recognition and Machine Learning, 4.3.3 and 4.4), so that a sign that the gold hardly shows
keeps what its author thinks of it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from pipeline.extraction.lexicon import knowledge

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

_STEPS = 100
_NEAR_ENOUGH = 1e-6
"""A step by which no weight moves more than this changes none that is written."""
_BIAS_PRECISION = 0.01
"""Inverse variance of the bias: the gold says how common such things are."""


def learn(
    found: Sequence[tuple[AbstractSet[str], bool]],
    expected: Mapping[str, float],
    *,
    bias: float,
    precision: float,
) -> tuple[float, dict[str, float]]:
    """Bias and weight of each sign: Newton's method from the expected weights.

    Args:
        found: the signs of each example, and whether it is one of those looked for.
        expected: what each sign is expected to weigh; others are expected to weigh nothing.
        bias: the expected log odds of an example without any sign.
        precision: inverse variance of the prior: how many examples outweigh it.
    """
    names = sorted({sign for signs, _ in found for sign in signs} | expected.keys())
    at = {name: place for place, name in enumerate(names)}
    rows = numpy.zeros((len(found), len(names) + 1))
    rows[:, -1] = 1.0
    for row, (signs, _) in zip(rows, found, strict=True):
        row[[at[sign] for sign in signs]] = 1.0
    labels = numpy.array([is_one for _, is_one in found], dtype=float)
    prior = numpy.array([*(expected.get(name, 0.0) for name in names), bias])
    precisions = numpy.full(len(prior), precision)
    precisions[-1] = _BIAS_PRECISION
    weights = prior.copy()
    for _ in range(_STEPS):
        probable = 1 / (1 + numpy.exp(-rows @ weights))
        slope = rows.T @ (probable - labels) + precisions * (weights - prior)
        curve = (rows * (probable * (1 - probable))[:, None]).T @ rows + numpy.diag(precisions)
        step = numpy.linalg.solve(curve, slope)
        # A full step far from the optimum can jump over it.
        longest = float(numpy.abs(step).max())
        weights = weights - step * min(1.0, 1.0 / (longest + 1e-9))
        if longest < _NEAR_ENOUGH:
            break
    learned = {name: round(float(weights[place]), 2) for name, place in at.items()}
    return round(float(weights[-1]), 2), learned


def relearn(
    name: str, found: Sequence[tuple[AbstractSet[str], bool]], *, bias: float, precision: float
) -> None:
    """Learn the weights of this file of the extraction's knowledge, and write it."""
    kept: dict[str, Any] = knowledge(name)
    expected = {sign: entry["expected"] for sign, entry in kept["signs"].items()}
    kept["bias"], learned = learn(found, expected, bias=bias, precision=precision)
    kept["signs"] = {
        sign: {"expected": expected.get(sign, 0), "weight": weight}
        for sign, weight in learned.items()
        if weight or expected.get(sign)
    }
    text = json.dumps(kept, indent=2, ensure_ascii=False)
    # A sign a line reads better.
    text = re.sub(r"\{\s+(\"expected\": \S+)\s+(\"weight\": \S+)\s+\}", r"{\1 \2}", text)
    target = Path(__file__).parents[1] / "extraction" / "knowledge" / name
    target.write_text(text + "\n", encoding="utf-8")
