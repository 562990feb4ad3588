"""Values that change hands: a phone number that one person gave up and, much later, another one was given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import NamedTuple

from huaxiang.model.identity import ChangesHands
from huaxiang.prepare.unify.conflicts import ID_CARD
from huaxiang.prepare.unify.records import Account, Use
from huaxiang.prepare.unify.same_name import may_be_one


class Turn(NamedTuple):
    """The uses of a value by one owner after another, and the first and last day of them."""

    uses: tuple[Use, ...]
    first: date
    last: date

    @property
    def period(self) -> str:
        """The days, as people read them."""
        return f"{self.first.isoformat()}–{self.last.isoformat()}"


def turns(uses: Iterable[Use], accounts: Mapping[str, Account], rule: ChangesHands) -> list[Turn]:
    """The owners of a value one after another, two or more; nothing where it did not surely change hands.

    It did when the uses fall into periods that are as far from one to the next as ``rule`` says, and whatever says
    who somebody is contradicts from every period to every other: an owner who comes back was never away. A use that
    says nothing about who belongs to the owner in whose days it falls, or to the last one when it comes later.
    """
    known = sorted(uses)
    periods = list(_periods([use for use in known if use.seen], rule.days_between))
    owned = _owned([one for one in periods if _telling(one, accounts)], accounts)
    if len(owned) < 2 or not all(_contradict(one, other, accounts) for one, other in combinations(owned, 2)):
        return []
    if not all(_far_enough(one, other, rule) for one, other in pairwise(owned)):
        return []
    silent = [one for one in periods if not _telling(one, accounts)]
    undated = [use for use in known if not use.seen]
    return list(_completed(owned, silent, undated, accounts))


def _periods(dated: Sequence[Use], days_between: int) -> Iterator[Turn]:
    """The dated uses in groups with at least so many days without any use from one group to the next."""
    group: list[Use] = []
    last = date.min
    for use in sorted(dated, key=lambda use: (_days(use), use.account)):
        start, end = _days(use)
        if group and start - last >= timedelta(days=days_between):
            yield _turn(group)
            group = []
        group.append(use)
        last = max(last, end)
    if group:
        yield _turn(group)


def _owned(periods: Iterable[Turn], accounts: Mapping[str, Account]) -> list[Turn]:
    """Periods put together from one to the next as long as nothing contradicts: people come back after a year."""
    owned: list[Turn] = []
    for period in periods:
        if owned and not _contradict(owned[-1], period, accounts):
            owned[-1] = _turn([*owned[-1].uses, *period.uses])
        else:
            owned.append(period)
    return owned


def _completed(
    owned: Sequence[Turn], silent: Sequence[Turn], undated: Sequence[Use], accounts: Mapping[str, Account]
) -> Iterator[Turn]:
    names = [{accounts[use.account].name for use in turn.uses} - {None} for turn in owned]
    for place, turn in enumerate(owned):
        is_last = place == len(owned) - 1
        more = [one for one in silent if turn.first <= one.first and (is_last or one.last <= turn.last)]
        of_name = [use for use in undated if _only_place(accounts[use.account].name, names) == place]
        found = _turn([*turn.uses, *(use for one in more for use in one.uses)])
        yield found._replace(uses=tuple(sorted([*found.uses, *of_name])))


def _far_enough(one: Turn, other: Turn, rule: ChangesHands) -> bool:
    briefest = min((turn.last - turn.first).days + 1 for turn in (one, other))
    needed = rule.days_between if briefest >= rule.days_seen else rule.days_between_brief
    return (other.first - one.last).days >= needed


def _only_place(name: str | None, names: Sequence[set[str | None]]) -> int | None:
    places = [place for place, of_turn in enumerate(names) if name in of_turn]
    return places[0] if len(places) == 1 else None


def _turn(uses: Sequence[Use]) -> Turn:
    days = [_days(use) for use in uses]
    return Turn(tuple(sorted(uses)), min(first for first, _ in days), max(last for _, last in days))


def _days(use: Use) -> tuple[date, date]:
    return use.seen or (date.min, date.max)


def _telling(turn: Turn, accounts: Mapping[str, Account]) -> bool:
    return any(any(_facts(use, accounts)) for use in turn.uses)


def _contradict(one: Turn, other: Turn, accounts: Mapping[str, Account]) -> bool:
    here, there = ([use for use in turn.uses if any(_facts(use, accounts))] for turn in (one, other))
    return all(_differ(use, another, accounts) for use in here for another in there)


def _differ(one: Use, other: Use, accounts: Mapping[str, Account]) -> bool:
    person = accounts[one.account].person
    if person and person == accounts[other.account].person:
        return False
    here, there = _facts(one, accounts), _facts(other, accounts)
    if here[0] and there[0]:
        return not here[0] & there[0]
    told = [(mine, yours) for mine, yours in zip(here, there, strict=True) if mine and yours]
    # A name written in another way, or a birth date mistyped, beside the same of the other is one person.
    return bool(told) and not any(mine & yours for mine, yours in told) and not _one_name(one, other, accounts)


def _one_name(one: Use, other: Use, accounts: Mapping[str, Account]) -> bool:
    names = (accounts[one.account].name, accounts[other.account].name)
    return all(names) and may_be_one(names)


def _facts(use: Use, accounts: Mapping[str, Account]) -> tuple[frozenset[object], ...]:
    """The identity cards, birth date and name of a user; the name beside an unverified value may be anybody's."""
    account = accounts[use.account]
    cards = frozenset(value for kind, value in account.exclusive if kind == ID_CARD)
    name = account.name if use.is_verified else None
    return cards, *(frozenset([fact] if fact else []) for fact in (account.birth_date, name))
