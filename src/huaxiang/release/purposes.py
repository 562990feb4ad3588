"""What data are used for, and which uses need the customer's consent."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.errors import NotFound, nearest


@dataclass(frozen=True)
class Purpose:
    """What data are used for. With ``needs_consent`` only rows whose ``consent_<purpose>`` is true may go."""

    purpose: str
    needs_consent: bool


PURPOSES: tuple[Purpose, ...] = (
    Purpose("analysis", needs_consent=False),
    Purpose("service", needs_consent=False),
    Purpose("marketing", needs_consent=True),
    Purpose("personalisation", needs_consent=True),
)


def purpose_named(name: str) -> Purpose:
    """The purpose called ``name``; :class:`NotFound` names the ones there are."""
    for purpose in PURPOSES:
        if purpose.purpose == name:
            return purpose
    known = [purpose.purpose for purpose in PURPOSES]
    raise NotFound("release.unknown_purpose", given=name, nearest=nearest(name, known))
