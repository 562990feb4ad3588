"""What people decided about identities, as answers that matching learns from."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, product

from huaxiang.prepare.unify.decisions import Decisions

#: Pairs of accounts that one decision answers at most, so that one about hundreds of accounts teaches no more than any.
_MOST_PAIRS = 25


def answers(decided: Decisions, account_keys: Iterable[str]) -> dict[tuple[str, str], tuple[bool, float]]:
    """Pairs of these accounts, the lesser first: whether people said that they are one person, and how much of a whole
    decision the pair stands for. Of decisions that contradict each other the newer one counts."""
    found: dict[tuple[str, str], tuple[bool, float]] = {}
    for ruling in sorted(decided.rulings(account_keys)):
        pairs = list(islice(product(ruling.left, ruling.right), _MOST_PAIRS))
        for one, other in pairs:
            found[min(one, other), max(one, other)] = ruling.kind == "merge", 1 / len(pairs)
    return found
