"""Weights as whole millionths, so that their sums do not depend on the order of the rows."""

from __future__ import annotations

from typing import Any

import ibis.expr.types as ir

#: A weight of 1.
ONE = 1_000_000


def micros(weight: Any) -> ir.IntegerValue:
    """The weight in millionths, rounded."""
    return (weight * float(ONE)).round().cast("int64")
