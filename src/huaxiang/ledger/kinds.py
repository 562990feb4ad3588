"""The kinds of entry that the ledger knows. Adding a kind is adding a row here and its sentence in the words."""

from __future__ import annotations

from dataclasses import dataclass, field

from huaxiang.errors import NotFound, nearest


@dataclass(frozen=True)
class Kind:
    """One kind of entry.

    ``subject`` names the body fields that say what the entry is about (joined by ``|`` they are ``Entry.subject``).
    ``personal`` names the body fields that hold personal data and are accepted only as a keyed hash.
    """

    kind: str
    subject: tuple[str, ...]
    personal: frozenset[str] = field(default_factory=frozenset)

    @property
    def words(self) -> str:
        """The code of the title of this kind in ``definitions/words/ledger.yaml``."""
        return f"ledger.kind.{self.kind}"


_PAIR = frozenset({"left", "right"})
_SIDES = _PAIR | {"left_accounts", "right_accounts"}

KINDS: tuple[Kind, ...] = (
    Kind("import.accepted", ("import_id",)),
    Kind("mapping.saved", ("mapping_id",)),
    Kind("quarantine.fixed", ("quarantine_id",)),
    Kind("quarantine.discarded", ("quarantine_id",)),
    Kind("identity.link", ("left", "right"), _PAIR),
    Kind("identity.hold", ("left", "right"), _PAIR),
    Kind("identity.unlink", ("left", "right"), _PAIR),
    # The first account of each side; ``left_accounts`` and ``right_accounts`` name them all.
    Kind("identity.merge", ("left", "right"), _SIDES),
    Kind("identity.split", ("left", "right"), _SIDES),
    Kind("identity.never_same", ("left", "right"), _SIDES),
    Kind("identity.undo", ("entry",)),
    Kind("identity.moved", ("old_id",)),
    Kind("identity.parted", ("old_id",)),
    Kind("matching.trained", ("version",)),
    Kind("matching.approved", ("version",)),
    Kind("definition.saved", ("definition_id",)),
    Kind("definition.proposed", ("definition_id",)),
    Kind("definition.refused", ("definition_id",)),
    # ``members`` are the accounts that founded the customers; a value that may be personal stands in the vault.
    Kind("tag.given", ("tag",), frozenset({"members", "value_hash"})),
    Kind("tag.taken", ("entry",), frozenset({"members"})),
    Kind("tag.permitted", ("tag",)),
    Kind("tag.forbidden", ("tag",)),
    Kind("list.saved", ("list",)),
    Kind("list.removed", ("list",)),
    Kind("edition.published", ("edition_id",)),
    Kind("export.created", ("export_id",)),
    Kind("reveal.shown", ("customer_id", "field")),
    Kind("consent.given", ("identifier", "purpose"), frozenset({"identifier"})),
    Kind("consent.withdrawn", ("identifier", "purpose"), frozenset({"identifier"})),
    Kind("user.created", ("user",)),
    Kind("user.role_changed", ("user",)),
    Kind("sign_in.ok", ("user",), frozenset({"address"})),
    # ``user`` is the name of an account or ``-``: people also type passwords and private addresses into that field.
    Kind("sign_in.failed", ("user",), frozenset({"address"})),
    # ``key`` is the public prefix of a key of the API; its secret is nowhere.
    Kind("key.changed", ("key",)),
    Kind("webhook.changed", ("webhook",)),
    Kind("crowds.computed", ("run_id",)),
    Kind("tags.compared", ("run_id",)),
    Kind("refresh.published", ("run_id",)),
    Kind("rebuild.finished", ("run_id",)),
)

_BY_NAME = {kind.kind: kind for kind in KINDS}


def kind_named(name: str) -> Kind:
    """The kind called ``name``; :class:`NotFound` with the nearest names when there is none."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise NotFound("ledger.unknown_kind", given=name, nearest=nearest(name, _BY_NAME)) from None
