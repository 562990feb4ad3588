"""The bounds that a crowd should keep: typed into the builder, asked for by the API, shown on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from huaxiang.errors import InputError
from huaxiang.model.segments import Segment

if TYPE_CHECKING:
    # Commands save crowds too, and start without Django.
    from django.utils.datastructures import MultiValueDict

_MOST_DIGITS = 11


class Bounds(NamedTuple):
    """How many customers a crowd should have, both ends included; None where that end is open."""

    least: int | None = None
    most: int | None = None

    def check(self) -> None:
        """Raise :class:`InputError` when no number is within the bounds."""
        if self.most is not None and (self.least or 0) > self.most:
            raise InputError("crowds.bounds.crossed", least=self.least, most=self.most)


class BoundsTyped(NamedTuple):
    """What stands in the two inputs; an empty one leaves that end open."""

    least: str = ""
    most: str = ""


def bounds_of(segment: Segment | None) -> Bounds:
    """The bounds of a segment; open ones where there is none."""
    return Bounds() if segment is None else Bounds(segment.least_customers, segment.most_customers)


def bounds_shown(bounds: Bounds) -> BoundsTyped:
    """The bounds as they stand in the inputs."""
    return BoundsTyped(*("" if end is None else str(end) for end in bounds))


def bounds_typed(form: MultiValueDict[str, str]) -> BoundsTyped:
    """What a posted form says."""
    return BoundsTyped(*(str(form.get(name, "")).strip()[:20] for name in ("least_customers", "most_customers")))


def bounds_posted(form: MultiValueDict[str, str]) -> Bounds | None:
    """The bounds that a posted form asks for; None for a form that has no inputs for them, which leaves them alone."""
    return bounds_from(bounds_typed(form)) if "least_customers" in form else None


def bounds_from(typed: BoundsTyped) -> Bounds:
    """The bounds that were typed. Raises :class:`InputError` for what is no whole number, or when they cross."""
    found = Bounds(*map(_end, typed))
    found.check()
    return found


def _end(text: str) -> int | None:
    plain = text.replace(",", "").replace("\uff0c", "")
    if plain and not (plain.isascii() and plain.isdecimal() and len(plain) <= _MOST_DIGITS):
        raise InputError("crowds.bounds.not_a_number", given=text)
    return int(plain) if plain else None
