"""Conditions as one line of text: ``net_revenue_365d >= 500 and (city = 上海 or lifecycle in (sleeping, slipping))``.

``and`` binds tighter than ``or``; ``not`` binds tightest; ``everyone`` is the condition without parts. Words that read
like numbers, keywords or punctuation are put in double quotes. 且, 或 and 非 are understood for and, or and not.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_tokens import KEYWORDS, NUMBER, PLAIN, WHOLE, Token, tokens_of
from huaxiang.model.conditions import All, AnyOf, Condition, Not, Scalar, Test, condition_from
from huaxiang.model.operators import OPERATORS, Operator

_LONGEST = 20_000


def condition_from_text(text: str) -> Condition:
    """The condition that a line of text says.

    Raises :class:`DefinitionError` that names the place where the text stops making sense.
    """
    if len(text) > _LONGEST:
        raise DefinitionError("condition.text_too_long", most=_LONGEST)
    reader = _Reader(text)
    raw = reader.either(0)
    reader.finish()
    return condition_from(raw)


def text_of(condition: Condition) -> str:
    """The condition as one line; reading it back gives the same condition.

    A group of one part is written as that part, which means the same.
    """
    match condition:
        case Test():
            return _test_text(condition)
        case Not():
            return f"not {_inner(condition.part)}"
        case All(all=()):
            return "everyone"
        case All(all=(only,)) | AnyOf(any=(only,)):
            return text_of(only)
        case All():
            return " and ".join(_inner(part) for part in condition.all)
        case AnyOf():
            return " or ".join(_inner(part) for part in condition.any)


def _inner(condition: Condition) -> str:
    group = isinstance(condition, All | AnyOf) and text_of(condition) != "everyone"
    return f"({text_of(condition)})" if group else text_of(condition)


def _test_text(test: Test) -> str:
    head, value = f"{_word(test.field)} {test.op}", test.value
    if value is None:
        return head
    if not isinstance(value, tuple):
        return f"{head} {_scalar_text(value)}"
    if test.op == "between":
        return f"{head} {_scalar_text(value[0])} and {_scalar_text(value[1])}"
    return f"{head} ({', '.join(_scalar_text(item) for item in value)})"


def _scalar_text(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _word(value) if isinstance(value, str) else repr(value)


def _word(text: str) -> str:
    plain = PLAIN.match(text) and not NUMBER.match(text) and text not in KEYWORDS
    return text if plain else json.dumps(text, ensure_ascii=False)


class _Reader:
    """Reads tokens into raw condition records, one level of binding at a time."""

    # Far beyond what a condition may nest, and far below what the stack bears.
    _deepest = 60

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.place = 0

    def either(self, depth: int) -> dict[str, Any]:
        found = [self.both(depth)]
        while self.take("or"):
            found.append(self.both(depth))
        return found[0] if len(found) == 1 else {"any": found}

    def both(self, depth: int) -> dict[str, Any]:
        found = [self.single(depth)]
        while self.take("and"):
            found.append(self.single(depth))
        return found[0] if len(found) == 1 else {"all": found}

    def single(self, depth: int) -> dict[str, Any]:
        if depth > self._deepest:
            self.stop()
        if self.take("not"):
            return {"not": self.single(depth + 1)}
        if self.take("("):
            inside = self.either(depth + 1)
            self.need(")")
            return inside
        return {"all": []} if self.take("everyone") else self.test()

    def test(self) -> dict[str, Any]:
        field = self.next().text
        operator = self.operator()
        raw: dict[str, Any] = {"field": field, "op": operator.key}
        match operator.value:
            case "one":
                raw["value"] = self.value()
            case "many":
                raw["value"] = self.values()
            case "range":
                low = self.value()
                self.need("and")
                raw["value"] = [low, self.value()]
        return raw

    def operator(self) -> Operator:
        words: list[str] = []
        for token in self.tokens[self.place : self.place + 2]:
            words.append(token.text)
            if " ".join(words) in OPERATORS and not token.quoted:
                break
        else:
            self.stop()
        self.place += len(words)
        return OPERATORS[" ".join(words)]

    def values(self) -> list[Scalar]:
        self.need("(")
        found = [self.value()]
        while self.take(","):
            found.append(self.value())
        self.need(")")
        return found

    def value(self) -> Scalar:
        token = self.next()
        if token.quoted:
            return token.text
        if token.says("true", "false"):
            return token.text == "true"
        if WHOLE.match(token.text):
            return int(token.text)
        if NUMBER.match(token.text):
            return float(token.text)
        if token.says("and", "or", "not", "(", ")", ",", "=", "!=", "<", ">", "<=", ">="):
            self.place -= 1
            self.stop()
        return token.text

    def take(self, word: str) -> bool:
        found = self.place < len(self.tokens) and self.tokens[self.place].says(word)
        self.place += found
        return found

    def need(self, word: str) -> None:
        if not self.take(word):
            self.stop()

    def next(self) -> Token:
        if self.place >= len(self.tokens):
            self.stop()
        self.place += 1
        return self.tokens[self.place - 1]

    def finish(self) -> None:
        if self.place < len(self.tokens):
            self.stop()

    def stop(self) -> NoReturn:
        rest = self.tokens[self.place].at if self.place < len(self.tokens) else len(self.text)
        raise DefinitionError(
            "condition.text_stops", read=self.text[:rest].strip()[-60:], rest=self.text[rest:].strip()[:60]
        )
