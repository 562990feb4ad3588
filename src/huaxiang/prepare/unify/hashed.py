"""Values that come as a hash: which clear value they stand for, when somebody has it in clear.

A hash of a phone number is no secret, since all numbers can be tried; with a key of the workspace it is one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence

from huaxiang.model.identity import IdentityRules
from huaxiang.prepare.unify.placeholders import is_placeholder

_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256"}
_LONGEST_RUN = 20


def clear_of(
    kind: str, hashes: frozenset[str], values: Iterable[str], rules: IdentityRules, keys: Sequence[bytes] = ()
) -> dict[str, str]:
    """By hash (lower case) the value of ``values`` that it was made of, or the placeholder; others are left out.

    ``keys`` are those with which a partner may have hashed (HMAC); without a key is always tried. The hash of an empty
    text has the clear value ``""``.
    """
    algorithms = sorted({_BY_LENGTH[len(text)] for text in hashes})
    found: dict[str, str] = {}
    for text, value in _texts(kind, values, rules):
        for digest in _digests(text.encode(), algorithms, keys):
            if digest in hashes:
                found[digest] = value
    return found


def _texts(kind: str, values: Iterable[str], rules: IdentityRules) -> Iterator[tuple[str, str]]:
    """Every text that may have been hashed, with the value that it is a form of."""
    forms = rules.hashed[kind].forms
    for value in _usual_placeholders(kind, rules):
        for text in {value, value.upper(), value.title(), *(form.replace("{value}", value) for form in forms)}:
            yield text, value
    for value in values:
        for form in forms:
            yield form.replace("{value}", value), value


def _usual_placeholders(kind: str, rules: IdentityRules) -> Iterator[str]:
    """The listed placeholders, and those of the patterns that are typed most: one digit again and again."""
    listed = rules.placeholders.values
    yield from sorted(listed.get("any", frozenset()) | listed.get(kind, frozenset()))
    runs = [str(digit) * length for digit in range(10) for length in range(1, _LONGEST_RUN)]
    mobiles = [f"1{middle:02}{str(digit) * 8}" for middle in range(100) for digit in range(10)]
    yield from (value for value in [*runs, *mobiles] if is_placeholder(kind, value, rules))


def _digests(text: bytes, algorithms: Sequence[str], keys: Sequence[bytes]) -> Iterator[str]:
    for algorithm in algorithms:
        yield hashlib.new(algorithm, text, usedforsecurity=False).hexdigest()
        for key in keys:
            yield hmac.new(key, text, algorithm).hexdigest()


def hashed_types(rules: IdentityRules) -> Mapping[str, str]:
    """Types that say of their values how they were hashed, each with the type of what was hashed."""
    return {f"{kind}_{algorithm}": kind for kind in rules.hashed for algorithm in _BY_LENGTH.values()}
