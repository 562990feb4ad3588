"""The cap in the builder: how many customers at most, and by what they are put in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from django.utils.datastructures import MultiValueDict

from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import RANDOM, Cap, Capped, Condition
from huaxiang.model.operators import ORDERED
from huaxiang.model.vocabulary import Vocabulary, check_asked
from huaxiang.server.crowds.read_boxes import Read
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.crowds.widgets import Option
from huaxiang.words import say

_ORDERS = ("highest", "lowest")
_LONGEST = 100


class CapTyped(NamedTuple):
    """What stands in the field; without a number there is no cap."""

    customers: str = ""
    by: str = RANDOM
    order: str = _ORDERS[0]
    seed: str = ""


NO_CAP = CapTyped()


@dataclass(frozen=True)
class CapField:
    """The field as the page shows it."""

    typed: CapTyped
    by: tuple[Option, ...]
    orders: tuple[Option, ...]


def cap_typed(form: MultiValueDict[str, str]) -> CapTyped:
    """What a posted form says."""
    given = {name: form.get(f"cap_{name}") for name in NO_CAP._fields}
    return NO_CAP._replace(**{name: text[:_LONGEST].strip() for name, text in given.items() if text is not None})


def cap_of(condition: Condition) -> tuple[CapTyped, Condition]:
    """The cap that the field can say, apart from the rule of those who compete; no cap where it cannot."""
    match condition:
        case Capped(cap=Cap(customers=most, by=str(by), order=order, seed=seed), of=rule):
            return CapTyped(str(most), by, order, seed), rule
        case _:
            return NO_CAP, condition


def with_cap(read: Read, typed: CapTyped, known: Vocabulary, place: int) -> Read:
    """The rule with the cap over it; what is wrong with the cap is a problem of the whole, ``place``."""
    if not typed.customers or read.condition is None:
        return read
    try:
        read.condition = Capped(cap=_cap(typed), of=read.condition)
        check_asked(read.condition, known)
    except DefinitionError as problem:
        read.condition, read.problems[place] = None, problem
    return read


def cap_field(typed: CapTyped, sight: Sight) -> CapField:
    """The field with what may be chosen: chance, and every tag that has an order."""
    named = sorted((one.name.say(sight.lang), key) for key, one in sight.fields.items() if one.type in ORDERED)
    choices = [(RANDOM, say("crowds.cap.random", sight.lang)), *((key, name) for name, key in named)]
    by = tuple(Option(key, label, key == typed.by) for key, label in choices)
    orders = tuple(Option(each, say(f"crowds.cap.{each}", sight.lang), each == typed.order) for each in _ORDERS)
    return CapField(typed, by, orders)


def _cap(typed: CapTyped) -> Cap:
    plain = typed.customers.replace(",", "")
    number: object = int(plain) if plain.isascii() and plain.isdecimal() and len(plain) < 12 else typed.customers
    order = {} if typed.by == RANDOM else {"order": typed.order}
    return Cap.model_validate({"customers": number, "by": typed.by, "seed": typed.seed, **order})
