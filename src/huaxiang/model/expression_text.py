"""Expressions written as text: ``case when orders_365d > 3 then round(net_revenue_365d / orders_365d, 2) end``.

The words of SQL, read into :mod:`huaxiang.model.expressions` and nothing else: no engine ever sees the text.
``or`` binds loosest, then ``and``, ``not``, comparisons, ``+ - ||``, ``* / %``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NoReturn

from huaxiang.errors import DefinitionError, nearest
from huaxiang.model.expression_functions import FUNCTIONS
from huaxiang.model.expression_tokens import Token, stop, tokens_of
from huaxiang.model.expressions import DEEPEST, MOST_NODES, Call, Case, Name, Node, Value, nodes, parts_of

_Level = Callable[[int], Node]
_COMPARISONS = ("=", "!=", "<>", "<", "<=", ">", ">=")
_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = frozenset({*_CONSTANTS, "and", "or", "not", "in", "is", "between", "case", "when", "then", "else", "end"})
_TIMES = {"round": 4, "floor": 3, "ceil": 3, "sqrt": 2, "ln": 2, "least": 2, "greatest": 2, "in": 2, "not in": 2}
_MOST_WORDED = 5_000
# Far below what the stack bears; what is read is measured again as a tree.
_DEEPEST_READ = 60


@lru_cache(maxsize=512)
def expression_from(text: str) -> Node:
    """The expression that a text says.

    Raises :class:`DefinitionError` that names the place where the text stops making sense, for functions that do not
    exist or get the wrong number of parts, for more than 500 nodes or 20 levels, and for more than 5,000 characters.
    """
    reader = _Reader(text)
    tree = reader.either(1)
    reader.finish()
    if sum(1 for _ in nodes(tree)) > MOST_NODES:
        raise DefinitionError("expression.too_large", most=MOST_NODES)
    if _worded(tree) > _MOST_WORDED:
        raise DefinitionError("expression.too_large", most=MOST_NODES)
    if _depth(tree) > DEEPEST:
        raise DefinitionError("expression.too_deep", most=DEEPEST)
    return tree


def _worded(node: Node) -> int:
    """How many nodes an engine is told of: some acts have to name a part of theirs several times."""
    times = _TIMES.get(node.act, 1) if isinstance(node, Call) else 1
    return 1 + times * sum(_worded(part) for part in parts_of(node))


def _depth(node: Node) -> int:
    return 1 + max((_depth(part) for part in parts_of(node)), default=0)


class _Reader:
    """Reads tokens into nodes, one level of binding at a time."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.place = text, tokens_of(text), 0

    def either(self, depth: int) -> Node:
        if depth > _DEEPEST_READ:
            raise DefinitionError("expression.too_deep", most=DEEPEST)
        return self.chain("or", self.both, depth)

    def both(self, depth: int) -> Node:
        return self.chain("and", self.denied, depth)

    def chain(self, word: str, inside: _Level, depth: int) -> Node:
        at, found = self.here.at, [inside(depth)]
        while self.take(word):
            found.append(inside(depth))
        return found[0] if len(found) == 1 else Call(word, tuple(found), at)

    def denied(self, depth: int) -> Node:
        if depth > _DEEPEST_READ:
            raise DefinitionError("expression.too_deep", most=DEEPEST)
        at = self.here.at
        return Call("not", (self.denied(depth + 1),), at) if self.take("not") else self.compared(depth)

    def compared(self, depth: int) -> Node:
        left, token = self.summed(depth), self.here
        if self.take(*_COMPARISONS):
            return Call("!=" if token.text == "<>" else token.text, (left, self.summed(depth)), token.at)
        if self.take("is"):
            is_not = self.take("not")
            self.need("null")
            empty = Call("is null", (left,), token.at)
            return Call("not", (empty,), token.at) if is_not else empty
        return self.ranged(left, depth)

    def ranged(self, left: Node, depth: int) -> Node:
        token, is_not = self.here, self.take("not")
        if self.take("in"):
            self.need("(")
            values = self.listed(depth)
            for value in values:
                if not isinstance(value, Value):
                    stop(self.text, value.at)
            # Of those who have no value nobody knows that it is not among these.
            return Call("not in" if is_not else "in", (left, *values), token.at)
        if self.take("between"):
            low = self.summed(depth)
            self.need("and")
            both = (Call(">=", (left, low), token.at), Call("<=", (left, self.summed(depth)), token.at))
            inside = Call("and", both, token.at)
            known = Call("not", (Call("is null", (left,), token.at),), token.at)
            return Call("and", (known, Call("not", (inside,), token.at)), token.at) if is_not else inside
        if is_not:
            self.stop()
        return left

    def summed(self, depth: int) -> Node:
        return self.signs(("+", "-", "||"), self.multiplied, depth)

    def multiplied(self, depth: int) -> Node:
        return self.signs(("*", "/", "%"), self.signed, depth)

    def signs(self, signs: tuple[str, ...], inside: _Level, depth: int) -> Node:
        found, token = inside(depth), self.here
        while self.take(*signs):
            found = Call(token.text, (found, inside(depth)), token.at)
            token = self.here
        return found

    def signed(self, depth: int) -> Node:
        token = self.here
        if depth > _DEEPEST_READ:
            raise DefinitionError("expression.too_deep", most=DEEPEST)
        if self.take("-"):
            inside = self.signed(depth + 1)
            if (
                isinstance(inside, Value)
                and isinstance(inside.value, int | float)
                and not isinstance(inside.value, bool)
            ):
                return Value(-inside.value, token.at)
            return Call("-", (Value(0, token.at), inside), token.at)
        return self.single(depth)

    def single(self, depth: int) -> Node:
        token = self.next()
        if token.says("("):
            inside = self.either(depth + 1)
            self.need(")")
            return inside
        if token.kind == "text":
            return Value(token.text, token.at)
        if token.kind == "number":
            return Value(self.number(token), token.at)
        if token.says("case"):
            return self.case(token.at, depth)
        if token.text in _CONSTANTS:
            return Value(_CONSTANTS[token.text], token.at)
        if token.kind != "word" or token.text in _RESERVED:
            stop(self.text, token.at)
        return self.named(token, depth)

    def named(self, token: Token, depth: int) -> Node:
        if token.text == "date" and self.here.kind == "text":
            return Value(self.day(self.next()), token.at)
        return self.called(token, depth) if self.take("(") else Name(token.text, token.at)

    def called(self, token: Token, depth: int) -> Node:
        if token.text not in FUNCTIONS:
            known = nearest(token.text, FUNCTIONS)
            raise DefinitionError("expression.unknown_function", given=token.text, at=token.at, nearest=known)
        parts, known_function = self.listed(depth), FUNCTIONS[token.text]
        if not known_function.least <= len(parts) <= known_function.most:
            raise DefinitionError("expression.parts", name=token.text, at=token.at, usage=known_function.usage)
        return Call(token.text, parts, token.at)

    def listed(self, depth: int) -> tuple[Node, ...]:
        found = [self.either(depth + 1)]
        while self.take(","):
            found.append(self.either(depth + 1))
        self.need(")")
        return tuple(found)

    def case(self, at: int, depth: int) -> Node:
        whens = []
        while self.take("when"):
            condition = self.either(depth + 1)
            self.need("then")
            whens.append((condition, self.either(depth + 1)))
        if not whens:
            self.stop()
        otherwise = self.either(depth + 1) if self.take("else") else Value(None, at)
        self.need("end")
        return Case(tuple(whens), otherwise, at)

    def number(self, token: Token) -> int | float:
        value = float(token.text)
        if not math.isfinite(value) or abs(value) > 2**53:
            stop(self.text, token.at)
        return int(token.text) if token.text.isdigit() else value

    def day(self, token: Token) -> date:
        try:
            return date.fromisoformat(token.text)
        except ValueError:
            stop(self.text, token.at)

    @property
    def here(self) -> Token:
        return self.tokens[self.place]

    def take(self, *words: str) -> bool:
        found = self.here.says(*words)
        self.place += found
        return found

    def need(self, word: str) -> None:
        if not self.take(word):
            self.stop()

    def next(self) -> Token:
        token = self.here
        if token.kind == "end":
            self.stop()
        self.place += 1
        return token

    def finish(self) -> None:
        if self.here.kind != "end":
            self.stop()

    def stop(self) -> NoReturn:
        stop(self.text, self.here.at)
