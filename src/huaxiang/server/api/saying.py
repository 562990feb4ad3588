"""Values as programs read them: exact in JSON, with the words that people read beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse

from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.sentences import value_words
from huaxiang.analyse.value_words import masked_words
from huaxiang.model.fields import Fields
from huaxiang.model.tags import Tags
from huaxiang.server.customers.values import tag_words
from huaxiang.words import say
from huaxiang.workspace import Workspace

JSON = "application/json; charset=utf-8"


def json_answer(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The answer with that body."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=exact)
    return HttpResponse(text.encode("utf-8", "replace"), status=status, content_type=JSON, headers=dict(headers or {}))


def exact(value: Any) -> Any:
    """What JSON has no word for: amounts as decimal text, days and instants in ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True)
class Wording:
    """Puts tags into words of one language."""

    tags: Tags
    fields: Fields
    lang: str
    currency: str

    @classmethod
    def of(cls, home: Workspace, lang: str) -> Wording:
        """The wording of a workspace."""
        return cls(home.definitions.tags, home.definitions.fields, lang, home.settings.currency)

    def value(self, key: str, value: Any, *, masked: bool) -> dict[str, Any]:
        """One tag of one customer: its ``value`` (null: unknown), its ``label``, and whether it is ``masked``."""
        if masked:
            return {"value": value, "label": masked_words(value, self.lang), "masked": True}
        return {"value": value, "label": self._label(key, value)}

    def not_computed(self) -> dict[str, Any]:
        """A tag that was defined after the refresh: nobody has a value before the next one."""
        return {"value": None, "label": say("customer.not_computed", self.lang), "not_computed": True}

    def about(self, key: str, as_of: date) -> dict[str, Any]:
        """What a tag is: names, meaning, rule, what its values stand on, element, type, unit, the names of its values.

        ``as_of`` is the day that windows in the rule end with.
        """
        field, tag = self.fields[key], self.tags.get(key)
        told: dict[str, Any] = {"key": key, "name": field.name.say(self.lang), "type": field.type, "unit": field.unit}
        told["values"] = {value: labels.say(self.lang) for value, labels in field.values.items()}
        if tag is None:
            return told
        meaning = tag.meaning_zh if self.lang == "zh" else tag.meaning_en
        told |= {"meaning": meaning, "element": tag.element, "version": tag.version, "owner": tag.owner}
        told |= {"sensitivity": tag.sensitivity, "window_days": tag.window_days, "status": tag.status}
        return told | {"stands_on": tag.stands_on, "rule": rule_sentence(tag, self.lang, self.tags, as_of)}

    def _label(self, key: str, value: Any) -> str:
        if value is None:
            return say("customer.unknown", self.lang)
        tag = self.tags.get(key)
        if tag is not None:
            return tag_words(value, tag, self.lang, self.currency)
        return value_words(value, self.fields[key], self.lang)
