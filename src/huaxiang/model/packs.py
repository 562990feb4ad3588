"""Split packs: named shares of a crowd for a test, drawn so that nobody ever changes packs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from string import ascii_uppercase
from typing import Annotated, Any

from pydantic import BeforeValidator, field_serializer

from huaxiang.errors import DefinitionError, InputError, nearest
from huaxiang.model.condition_values import hundredths, seed_text
from huaxiang.model.conditions import All, Condition, Drawn
from huaxiang.model.field_tests import Name, Node
from huaxiang.model.shown import printable, shown

MOST_PACKS = 20
LONGEST_NAME = 40
_WHOLE = Decimal(100)
#: ``test 30``: a share that no sign sets apart from its name is no name.
_SHARE_ALONE = re.compile(r"\s[\d.]+\s*%?\s*$|%\s*$")


def _shares(given: Any) -> Any:
    if not isinstance(given, Mapping) or not 2 <= len(given) <= MOST_PACKS:
        raise DefinitionError("packs.count", given=shown(given), most=MOST_PACKS)
    found = {_name(name): hundredths(share) for name, share in given.items()}
    total = sum(found.values()) / _WHOLE
    if total != _WHOLE:
        raise DefinitionError("packs.not_whole", total=f"{total.normalize():f}")
    return tuple(found.items())


def _name(given: Any) -> str:
    name = str(given).strip()
    if not name or len(name) > LONGEST_NAME or printable(name) != name:
        raise DefinitionError("packs.name", given=printable(name)[:60], most=LONGEST_NAME)
    return name


class Packs(Node):
    """``{seed: spring, shares: {test: 45, control: 45, rest: 10}}``: names and their shares in percent, 100 in all.

    The seed and the customer id alone decide in which pack a customer is, so a crowd that grows moves nobody; another
    seed draws anew. ``shares`` are names with hundredths of a percent, in their order.
    """

    seed: Annotated[Name, BeforeValidator(seed_text)] = ""
    shares: Annotated[tuple[tuple[str, int], ...], BeforeValidator(_shares)]

    @field_serializer("shares")
    def _as_written(self, shares: tuple[tuple[str, int], ...]) -> dict[str, int | float]:
        return {name: _percent(share) for name, share in shares}

    @property
    def names(self) -> tuple[str, ...]:
        """The packs in their order."""
        return tuple(name for name, _ in self.shares)

    def drawn(self) -> Iterator[tuple[str, Drawn]]:
        """Each pack with the part of the draw that it is."""
        start = 0
        for name, share in self.shares:
            yield name, Drawn(draw=self.seed, above=_percent(start), below=_percent(start + share))
            start += share

    def parts(self, condition: Condition) -> dict[str, Condition]:
        """The condition of each pack of a crowd, by its name."""
        return {name: All(all=(condition, drawn)) for name, drawn in self.drawn()}

    def named(self, name: str, condition: Condition) -> Condition:
        """The condition of one pack. Raises :class:`InputError` that names the nearest ones."""
        found = self.parts(condition)
        if name not in found:
            raise InputError("packs.unknown", given=name[:60], nearest=nearest(name[:60], found))
        return found[name]


def packs_from_text(text: str, seed: str) -> Packs:
    """The packs that a line such as ``test=45, control=45, rest=10`` says; ``test, control`` and ``3`` (packs A, B, C)
    are equal parts. Raises :class:`DefinitionError`."""
    shares: dict[str, Decimal] = {}
    for part in _with_shares(re.split(r"[,，;；\n]", text[:2_000].strip().strip(",，"))):
        name, mark, share = (each.strip() for each in _parted(part))
        if not mark or name in shares:
            raise DefinitionError("packs.text", given=printable(part.strip())[:60])
        try:
            shares[name] = Decimal(share.removesuffix("%").strip())
        except InvalidOperation:
            raise DefinitionError("packs.text", given=printable(part.strip())[:60]) from None
    return Packs(seed=seed, shares=shares)  # type: ignore[arg-type]


def text_of_packs(packs: Packs) -> str:
    """The packs as one line, without the seed."""
    return ", ".join(f"{name}={_percent(share)}" for name, share in packs.shares)


def _with_shares(parts: list[str]) -> list[str]:
    if len(parts) == 1 and parts[0].strip().isdecimal() and 2 <= int(parts[0][:9]) <= MOST_PACKS:
        parts = list(ascii_uppercase[: int(parts[0])])
    if len(parts) < 2 or any(_parted(part)[1] or _SHARE_ALONE.search(part) for part in parts):
        return parts
    # What a hundredth of a percent cannot be shared goes to the first ones.
    each, rest = divmod(10_000, len(parts))
    return [f"{part}={Decimal(each + (place < rest)) / 100}" for place, part in enumerate(parts)]


def _parted(part: str) -> tuple[str, str, str]:
    return part.partition(next((mark for mark in ("=", "＝", ":", "：") if mark in part), "="))


def _percent(share: int) -> int | float:
    return share // 100 if share % 100 == 0 else share / 100
