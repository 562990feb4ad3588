"""A value of a foreign document together with the place where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from huaxiang.errors import DefinitionError
from huaxiang.model.shown import shown

#: Deeper than any rule that people write, and far from what the stack bears.
DEEPEST = 60
_SNAKE = re.compile(r"_([a-z0-9])")


@dataclass(frozen=True)
class Place:
    """One value of a JSON document and its path, such as ``$.rules[0].params``; what is not there is None."""

    value: Any
    path: str = "$"
    depth: int = 0

    def at(self, key: str) -> Place:
        """The value under that key, also where the document writes ``snake_case`` for ``camelCase``."""
        return Place(_under(self.record(), key), f"{self.path}.{key}", self.depth + 1)

    @property
    def is_there(self) -> bool:
        """Whether the document says anything here."""
        return self.value is not None

    def record(self) -> dict[str, Any]:
        """The object here. Raises :class:`DefinitionError` for anything else."""
        if self.depth > DEEPEST:
            raise DefinitionError("foreign.too_deep", path=self.path[:200], most=DEEPEST)
        if not isinstance(self.value, dict):
            raise self.unfit("foreign.not_a_record")
        return self.value

    def items(self, least: int = 1) -> list[Place]:
        """The values of the list here. Raises :class:`DefinitionError` for no list, or one that is too short."""
        if not isinstance(self.value, list) or len(self.value) < least:
            raise self.unfit("foreign.not_a_list", least=least)
        return [Place(each, f"{self.path}[{place}]", self.depth + 1) for place, each in enumerate(self.value)]

    def text(self) -> str:
        """The text here, not empty."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise self.unfit("foreign.not_a_text")
        return self.value.strip()

    def flag(self) -> bool:
        """True or false; False where nothing is said."""
        if self.value is not None and not isinstance(self.value, bool):
            raise self.unfit("foreign.not_a_flag")
        return bool(self.value)

    def one_of(self, *known: str) -> str:
        """The text here, which must be one of these."""
        if not isinstance(self.value, str) or self.value not in known:
            raise self.unfit("foreign.not_one_of", known=", ".join(known))
        return self.value

    def unfit(self, code: str, **params: Any) -> DefinitionError:
        """The error that says what stands here in place of what was expected."""
        return DefinitionError(code, path=self.path[:200], given=shown(self.value), **params)


def _under(record: dict[str, Any], key: str) -> Any:
    if key in record:
        return record[key]
    return next((value for name, value in record.items() if _camel(name) == key), None)


def _camel(name: str) -> str:
    return _SNAKE.sub(lambda found: found[1].upper(), name)
