"""A logistic regression on one number, in a few steps: to load a library for it takes a second of every refresh."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: So much of half the squared slope holds a slope back that would grow without end, where the answers part cleanly.
PENALTY = 1e-6
#: Newton's method is there after about ten steps, after fifty where the answers part cleanly.
_STEPS = 200
#: A step that promises less gain in log-likelihood is not worth taking.
_LEAST_GAIN = 1e-12


def logistic_line(points: Floats, answers: Bools, counts: Floats) -> tuple[float, float]:
    """``offset, slope`` of the line whose value at a point is the log-odds that the answer there is yes.

    One entry of ``points``, ``answers`` and ``counts`` (above 0) stands for so many equal observations; both answers
    must occur. The line of the greatest likelihood less :data:`PENALTY`, found by Newton's method with steps halved
    until they gain something (S. Boyd, L. Vandenberghe, *Convex Optimization*, 2004, 9.5.2).
    """
    line, rows = np.zeros(2), np.column_stack([np.ones_like(points), points])
    for _ in range(_STEPS):
        yes = 1 / (1 + np.exp(-np.clip(rows @ line, -500, 500)))
        slopes = rows.T @ (counts * (yes - answers)) + [0.0, PENALTY * line[1]]
        bends = rows.T @ (rows * (counts * yes * (1 - yes))[:, None]) + np.diag([0.0, PENALTY])
        step = np.linalg.lstsq(bends, -slopes, rcond=None)[0]
        if -slopes @ step < _LEAST_GAIN:
            break
        while _loss(line + step, rows, answers, counts) > _loss(line, rows, answers, counts):
            step = step / 2
        line = line + step
    return float(line[0]), float(line[1])


def _loss(line: Floats, rows: Floats, answers: Bools, counts: Floats) -> float:
    odds = rows @ line
    return float(counts @ (np.logaddexp(0.0, odds) - odds * answers) + PENALTY * line[1] ** 2 / 2)
