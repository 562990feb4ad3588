"""Columns as numbers: what unification works on where there is nothing to judge."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Column = Any


def places(values: Column, among: Column) -> Ints:
    """The place of each value in the column ``among``, whose values are distinct; -1 where it is not there."""
    found = pc.index_in(values, value_set=_flat(among))
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int64)


def codes(values: Column) -> Ints:
    """A number for every distinct value, -1 for null."""
    return np.asarray(pc.fill_null(_flat(_flat(values).dictionary_encode()).indices, -1), np.int64)


def connected(left: Ints, right: Ints, left_count: int, right_count: int) -> Ints:
    """The number of the connected component of every one on the left, from 0: pairs connect them with the right."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = left_count + right_count
    edges = coo_array((np.ones(len(left), np.int8), (left, left_count + right)), shape=(size, size))
    labels = connected_components(edges, directed=False)[1][:left_count]
    return np.asarray(np.unique(labels, return_inverse=True)[1], np.int64)


def several_in(group: Ints, code: Ints) -> Ints:
    """The groups, sorted, that hold two or more different codes; -1 is no code."""
    told = code >= 0
    pairs = np.unique(group[told] * _factor(code) + code[told])
    found, count = np.unique(pairs // _factor(code), return_counts=True)
    return np.asarray(found[count > 1], np.int64)


def most_in(group: Ints, code: Ints, most: int) -> Ints:
    """The groups that hold one code more than ``most`` times."""
    pairs, count = np.unique(group * _factor(code) + code, return_counts=True)
    return np.asarray(pairs[count > most] // _factor(code), np.int64)


def _factor(code: Ints) -> int:
    return int(code.max(initial=0)) + 1


def _flat(column: Column) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
