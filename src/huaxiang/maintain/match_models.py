"""The trained models of matching. Each is a definition of its own, so that a rebuild finds it; which of them stands is
for the ledger to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from huaxiang.analyse.model_change import MovedCustomers
from huaxiang.errors import InputError, NotFound, WorkspaceError, nearest
from huaxiang.ledger import Entry, Ledger
from huaxiang.model.matching import TrainedModel, matching_rules

TRAINED, APPROVED = "matching.trained", "matching.approved"
_COUNTS = ("records", "pairs", "answers", "unused_answers")


class KnownModel(NamedTuple):
    """A model that was trained here: when and by whom, from how many ``records`` and compared ``pairs`` and how many
    ``answers`` of people, and how many more, ``unused_answers``, made no version less wrong; what it would have
    ``changed`` then (empty for the first model); and who last approved it, None for nobody. At most one of all models
    ``is_standing``."""

    version: str
    trained_at: datetime
    trained_by: str
    records: int
    pairs: int
    answers: int
    changed: Mapping[str, int]
    approved_at: datetime | None
    approved_by: str | None
    why: str
    is_standing: bool
    unused_answers: int = 0

    @property
    def state(self) -> str:
        """``stands``, ``stood`` once, or ``waits`` for approval."""
        return "stands" if self.is_standing else "stood" if self.approved_at else "waits"


@dataclass(frozen=True)
class MatchModels:
    """The models in ``folder``, one file each, and what the ledger knows of them."""

    folder: Path
    ledger: Ledger

    def known(self) -> list[KnownModel]:
        """Every model, the newest first."""
        approvals = {str(entry.body["version"]): entry for entry in self.ledger.entries(APPROVED)}
        stands = self._standing_version()
        last = {str(entry.body["version"]): entry for entry in self.ledger.entries(TRAINED)}
        newest_first = sorted(last.values(), key=lambda entry: -entry.seq)
        return [_known(entry, approvals, stands) for entry in newest_first]

    def standing(self) -> TrainedModel | None:
        """The model approved last; None when there is none, or when it was trained under other rules than today's."""
        version = self._standing_version()
        model = None if version is None else self.named(version)
        return model if model and model.rules_version == matching_rules().version else None

    def named(self, version: str) -> TrainedModel:
        """A model by its version. Raises :class:`NotFound`, or :class:`WorkspaceError` when its file is gone or was
        changed by hand."""
        known = [str(entry.body["version"]) for entry in self.ledger.entries(TRAINED)]
        if version not in known:
            raise NotFound("matching.no_such_model", given=version, nearest=nearest(version, known))
        path = self._path(version)
        try:
            model = TrainedModel.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            raise WorkspaceError("matching.model_unreadable", version=version, file=path.name) from None
        if model.versioned().version != version:
            raise WorkspaceError("matching.model_unreadable", version=version, file=path.name)
        return model

    def add(
        self,
        model: TrainedModel,
        counts: Mapping[str, int],
        at: datetime,
        actor: str,
        moved: MovedCustomers | None = None,
    ) -> None:
        """Keep a model that was trained; ``counts`` are its ``records``, its ``pairs`` and what it would change,
        ``moved`` are customers that it would change. The same one again is no news, unless other answers were not used
        for it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(self._path(model.version), model.model_dump_json(indent=1))
        if moved is not None:
            _write(self._moved_path(model.version), json.dumps(moved._asdict(), indent=1))
        last = self.ledger.latest(TRAINED, model.version)
        if last is None or last.body.get("unused_answers", 0) != counts.get("unused_answers", 0):
            body = {"version": model.version, "answers": model.answers, **counts}
            self.ledger.append(TRAINED, body, at=at, actor=actor)

    def moved(self, version: str) -> MovedCustomers | None:
        """Customers that the model would have changed when it was trained; None for the first one, and for those of
        which nothing was kept. Raises :class:`NotFound`."""
        self.named(version)
        path = self._moved_path(version)
        if not path.exists():
            return None
        said = json.loads(path.read_bytes())
        return MovedCustomers(
            tuple(map(tuple, said["joined"])), tuple((str(one), int(parts)) for one, parts in said["split"])
        )

    def approve(self, version: str, why: str, at: datetime, actor: str) -> Entry:
        """Let a model stand from the next refresh on. Raises :class:`InputError` when it stands already or was trained
        under rules that no longer hold."""
        if version == self._standing_version():
            raise InputError("matching.stands_already", version=version)
        if self.named(version).rules_version != matching_rules().version:
            raise InputError("matching.other_rules", version=version)
        return self.ledger.append(APPROVED, {"version": version, "why": why}, at=at, actor=actor)

    def _path(self, version: str) -> Path:
        return self.folder / f"{version}.json"

    def _moved_path(self, version: str) -> Path:
        return self.folder / f"{version}.moved.json"

    def _standing_version(self) -> str | None:
        version = None
        for entry in self.ledger.entries(APPROVED):
            version = str(entry.body["version"])
        return version


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _known(entry: Entry, approvals: Mapping[str, Entry], stands: str | None) -> KnownModel:
    body, version = entry.body, str(entry.body["version"])
    approved = approvals.get(version)
    return KnownModel(
        version=version,
        trained_at=entry.at,
        trained_by=entry.actor,
        records=int(body["records"]),
        pairs=int(body["pairs"]),
        answers=int(body["answers"]),
        changed={name: int(count) for name, count in body.items() if name not in (*_COUNTS, "version")},
        approved_at=approved.at if approved else None,
        approved_by=approved.actor if approved else None,
        why=str(approved.body["why"]) if approved else "",
        is_standing=version == stands,
        unused_answers=int(body.get("unused_answers", 0)),
    )
