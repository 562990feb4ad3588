"""Seeded chance: every block and purpose has its own generator, so no result depends on the order of work."""

from __future__ import annotations

from zlib import crc32

import numpy as np

from huaxiang.town.columns import Floats, Ints

_MODULUS = 1_000_000_007


def generator(seed: int, block: int, purpose: str) -> np.random.Generator:
    """The generator of one purpose in one block; block -1 is the town as a whole."""
    return np.random.default_rng([seed, block + 1, crc32(purpose.encode())])


def scrambled(numbers: Ints, seed: int, salt: int) -> Ints:
    """Distinct numbers below 1,000,000,007 for distinct numbers below it, in no visible order."""
    factor = 387_420_489 + 2 * ((seed * 7_919 + salt * 104_729) % 100_000)
    return (numbers * factor + (salt * 15_485_863 + seed) % _MODULUS) % _MODULUS


def ragged(counts: Ints) -> tuple[Ints, Ints]:
    """For lists of the given lengths laid end to end: the list each item belongs to, and its place in that list."""
    owner = np.repeat(np.arange(len(counts)), counts)
    starts = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - starts[owner]


def choose(rng: np.random.Generator, weights: list[float] | Floats, count: int) -> Ints:
    """``count`` draws of a place in ``weights``, each as likely as its weight."""
    cdf = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(cdf, rng.random(count), side="right").astype(np.int64)
