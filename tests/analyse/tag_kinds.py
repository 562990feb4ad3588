"""Tags by their rules alone, and the profile rows of customers whose facts are made by hand."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.analyse.made import AS_OF, Row, bring

from huaxiang.analyse.layer_crowds import Crowds
from huaxiang.analyse.portrait import rfm_fields
from huaxiang.analyse.profile import Profiled, profiled
from huaxiang.engine import Engine
from huaxiang.engine.interface import only
from huaxiang.model.segments import segments_from
from huaxiang.model.tags import Tags, tags_from

END = datetime.combine(AS_OF + timedelta(days=1), time())
NAMED = {"meaning_zh": "试。", "meaning_en": "Try."}
WORDS = {"element": "behaviour", **NAMED}


def made(rules: Mapping[str, Mapping[str, Any]]) -> Tags:
    """Tags of those keys; each body has ``type``, ``rule`` and, where values are codes, ``values``."""
    return tags_from({key: {**WORDS, "zh": key, "en": key, **body} for key, body in rules.items()})


def crowds_of(**rules: str) -> Crowds:
    """Crowds of those rules by key."""
    said = {key: {**NAMED, "zh": key, "en": key, "condition": rule} for key, rule in rules.items()}
    return Crowds(segments_from(said), later=rfm_fields())


def codes(*values: str) -> dict[str, dict[str, str]]:
    """Names of coded values."""
    return {value: {"zh": value, "en": value} for value in values}


def computed(engine: Engine, tags: Tags, facts: Mapping[str, list[Row]], as_of: date = AS_OF) -> Profiled:
    """What the tags are for those facts."""
    return profiled(engine, tags, as_of, bring(engine, facts))


def by_customer(engine: Engine, table: Any) -> dict[str, dict[str, Any]]:
    """The rows by customer."""
    found = only(engine.arrow(table))
    assert len({row["customer_id"] for row in found}) == len(found)
    return {str(row["customer_id"]): row for row in found}


def act(customer: str | None, at: datetime | None, name: str = "view", **more: Any) -> Row:
    """An act of a customer."""
    return {"customer_id": customer, "occurred_at": at, "event_name": name, "event_family": "app", **more}


def days_ago(days: float) -> datetime:
    """Noon so many days before the day of the profile."""
    return datetime.combine(AS_OF, time(12)) - timedelta(days=days)
