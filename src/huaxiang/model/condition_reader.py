"""Reads a condition written as text into the plain record that says the same, one level of binding at a time."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any, NoReturn

from huaxiang.errors import DefinitionError
from huaxiang.model.condition_tokens import NUMBER, WHOLE, Token, tokens_of
from huaxiang.model.operators import OPERATORS, Operator
from huaxiang.model.shown import printable, shown

_LONGEST = 20_000
_MEASURES_WITH_COLUMN = ("distinct", "sum", "average", "least", "greatest")
_MEASURES_ALONE = ("count", "distinct_days")
#: Operators by the words that stand before their value.
_BY_WORDS = {tuple(row.words[0].split(" ")): row for row in OPERATORS.values()}
_MOST_WORDS = max(map(len, _BY_WORDS))
_NO_VALUES = ("and", "or", "not", "(", ")", ",", "=", "!=", "<", ">", "<=", ">=")


def raw_from_text(text: str) -> dict[str, Any]:
    """The record that a line of text says, not yet checked.

    Raises :class:`DefinitionError` that names the place where the text stops making sense.
    """
    if len(text) > _LONGEST:
        raise DefinitionError("condition.text_too_long", most=_LONGEST)
    reader = _Reader(text)
    raw = reader.either(0)
    reader.finish()
    return raw


class _Tokens:
    """The tokens of a text and the place that has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.place = 0

    def take(self, *words: str) -> bool:
        """Whether these words come next; they are passed then."""
        found = self.tokens[self.place : self.place + len(words)]
        said = len(found) == len(words) and all(token.says(word) for token, word in zip(found, words, strict=True))
        self.place += len(words) if said else 0
        return said

    def take_one(self, *words: str) -> str | None:
        """The one of these words that comes next."""
        return next((word for word in words if self.take(word)), None)

    def need(self, *words: str) -> None:
        if not self.take(*words):
            self.stop()

    def next(self) -> Token:
        if self.place >= len(self.tokens):
            self.stop()
        self.place += 1
        return self.tokens[self.place - 1]

    def whole(self) -> int:
        token = self.next()
        if token.quoted or not WHOLE.match(token.text) or len(token.text) > 9:
            self.place -= 1
            self.stop()
        return int(token.text)

    def finish(self) -> None:
        if self.place < len(self.tokens):
            self.stop()

    def stop(self) -> NoReturn:
        if self.tokens and self.place >= len(self.tokens):
            raise DefinitionError("condition.text_ends", read=printable(self.text.strip()[-60:]))
        rest = self.tokens[self.place].at if self.tokens else 0
        raise DefinitionError(
            "condition.text_stops",
            read=printable(self.text[:rest].strip()[-60:]),
            rest=printable(self.text[rest:].strip()[:60]),
        )


class _Reader(_Tokens):
    """Reads tokens into raw condition records."""

    # Far beyond what a condition may nest, and far below what the stack bears.
    _deepest = 60

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
        return {"all": []} if self.take("everyone") else self.leaf(depth)

    def leaf(self, depth: int) -> dict[str, Any]:
        # A field may be called like the beginning of a leaf; an operator behind it tells.
        word = None if self.operator_at(self.place + 1) else self.take_one(*_LEAVES)
        return _LEAVES[word](self, depth) if word else self.test()

    def test(self) -> dict[str, Any]:
        return {"field": self.next().text, **self.compared()}

    def compared(self) -> dict[str, Any]:
        operator = self.operator_at(self.place)
        if operator is None:
            self.stop()
        before, behind = operator.words
        self.place += len(before.split(" "))
        raw: dict[str, Any] = {"op": operator.key}
        match operator.value:
            case "one":
                raw["value"] = self.value()
            case "many":
                raw["value"] = self.values()
            case "range":
                low = self.value()
                self.need("and")
                raw["value"] = [low, self.value()]
            case "days":
                raw["value"] = self.whole()
                self.need(*behind.split(" "))
        return raw

    def did(self, depth: int) -> dict[str, Any]:
        negated = self.take("not")
        found = {"did": self.next().text, **self.where(depth), **self.during(), **self.measured()}
        return {"not": found} if negated else found

    def first(self, depth: int) -> dict[str, Any]:
        return {"first": self.next().text, **self.where(depth), **self.during(), **self.has(depth)}

    def last(self, depth: int) -> dict[str, Any]:
        return {"last": self.next().text, **self.where(depth), **self.during(), **self.has(depth)}

    def sequence(self, depth: int) -> dict[str, Any]:
        self.need("(")
        steps = [self.event(depth)]
        while self.take("then"):
            gap = self.gap()
            steps.append(self.event(depth) | gap | ({"without": self.event(depth)} if self.take("without") else {}))
        self.need(")")
        return {"sequence": steps, **self.during()}

    def crowd(self, _depth: int) -> dict[str, Any]:
        return {"crowd": self.next().text}

    def on_list(self, _depth: int) -> dict[str, Any]:
        return {"list": self.next().text}

    def draw(self, _depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {"draw": self.next().text}
        for end in ("above", "below"):
            if self.take(end):
                found[end] = self.value()
        return found

    def capped(self, word: str, depth: int) -> dict[str, Any]:
        cap: dict[str, Any] = {"customers": self.whole()}
        if word != "random":
            self.need("by")
            cap |= {"by": self.ranked(depth), "order": "highest" if word == "top" else "lowest"}
        if self.take("seed"):
            cap["seed"] = self.next().text
        self.need("of")
        return {"cap": cap, "of": self.inside(depth)}

    def ranked(self, depth: int) -> Any:
        if not self.take("did"):
            return self.next().text
        return {"did": self.next().text, **self.where(depth), **self.during(), **self.figure()}

    def event(self, depth: int) -> dict[str, Any]:
        return {"event": self.next().text, **self.where(depth)}

    def where(self, depth: int) -> dict[str, Any]:
        return {"where": self.inside(depth)} if self.take("where") else {}

    def has(self, depth: int) -> dict[str, Any]:
        self.need("has")
        return {"has": self.inside(depth)}

    def inside(self, depth: int) -> dict[str, Any]:
        self.need("(")
        found = self.either(depth + 1)
        self.need(")")
        return found

    def during(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.take("in", "last"):
            found["window_days"] = self.whole()
            self.need("days")
            if self.take("skipping"):
                found["skip_days"] = self.whole()
        for end in ("from", "to"):
            if self.take(end):
                found[end] = self.next().text
        return {"during": found} if found else {}

    def gap(self) -> dict[str, Any]:
        if not self.take("within"):
            return {}
        number = self.whole()
        unit = self.take_one("days", "hours")
        if unit is None:
            self.stop()
        return {f"within_{unit}": number}

    def measured(self) -> dict[str, Any]:
        figure = self.figure()
        return {**figure, **self.compared()} if figure else {}

    def figure(self) -> dict[str, Any]:
        measure = self.take_one(*_MEASURES_ALONE, *_MEASURES_WITH_COLUMN)
        if measure is None:
            return {}
        column = {"column": self.next().text} if measure in _MEASURES_WITH_COLUMN else {}
        return {"measure": measure, **column}

    def operator_at(self, place: int) -> Operator | None:
        """The operator that stands there: of those that begin alike, the longest."""
        ahead = self.tokens[place : place + _MOST_WORDS]
        words = [token.text for token in takewhile(lambda token: not token.quoted, ahead)]
        found = (_BY_WORDS.get(tuple(words[:count])) for count in range(len(words), 0, -1))
        return next((row for row in found if row), None)

    def values(self) -> list[Any]:
        self.need("(")
        found = [self.value()]
        while self.take(","):
            found.append(self.value())
        self.need(")")
        return found

    def value(self) -> Any:
        token = self.next()
        if token.quoted:
            return token.text
        if token.says("true", "false"):
            return token.text == "true"
        if WHOLE.match(token.text):
            return self.number(token, int)
        if NUMBER.match(token.text):
            return self.number(token, float)
        if token.says(*_NO_VALUES):
            self.place -= 1
            self.stop()
        return token.text

    def number(self, token: Token, kind: type[int | float]) -> int | float:
        try:
            return kind(token.text)
        except ValueError:
            # More digits than Python reads.
            raise DefinitionError("condition.not_a_value", given=shown(token.text)) from None


#: How the leaves begin that are no tests on fields.
_LEAVES: dict[str, Callable[[_Reader, int], dict[str, Any]]] = {
    "did": _Reader.did,
    "first": _Reader.first,
    "last": _Reader.last,
    "sequence": _Reader.sequence,
    "crowd": _Reader.crowd,
    "list": _Reader.on_list,
    "draw": _Reader.draw,
    "top": lambda reader, depth: reader.capped("top", depth),
    "bottom": lambda reader, depth: reader.capped("bottom", depth),
    "random": lambda reader, depth: reader.capped("random", depth),
}
