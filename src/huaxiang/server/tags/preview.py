"""A draft tried on everybody before it is saved: how many would have a value, which, and three examples with why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.caps import lot_inside
from huaxiang.analyse.contacts import contacts
from huaxiang.analyse.order import with_needed
from huaxiang.analyse.profile import profile
from huaxiang.analyse.rule_sentences import rule_sentence
from huaxiang.analyse.tag_bands import tag_bands, whole
from huaxiang.analyse.why import why
from huaxiang.engine.interface import count_of, only
from huaxiang.model.conditions import Drawn
from huaxiang.model.tags import Tag, Tags
from huaxiang.number_words import percent, short_number
from huaxiang.release.masking import mask_value
from huaxiang.server.charts import ChartPart
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.customers.values import tag_words
from huaxiang.server.published import latest
from huaxiang.server.tags.bands import distribution
from huaxiang.words import LANGUAGES, say

_EXAMPLES = 3
_FEW_BARS = 12
#: Of more customers than this, so many are drawn to try a tag on.
MOST_TRIED = 20_000


@dataclass(frozen=True)
class Example:
    """One customer with the value that the draft gives, masked, and what it rests on."""

    customer_id: str
    name: str
    value: str
    why: str


@dataclass(frozen=True)
class Tried:
    """What a draft would do: its rule in the reader's language and in the other one, its coverage in words, its
    distribution, and examples. ``sample`` tells how many customers it was tried on, where these are not all."""

    rule: str
    other_rule: str
    other_lang: str
    coverage: str
    told: str
    chart: ChartPart
    examples: tuple[Example, ...]
    sample: str = ""

    @property
    def is_tall(self) -> bool:
        """Whether the chart has so many bars that it needs more room."""
        return len(self.chart.table.rows) > _FEW_BARS


def tried(tag: Tag, sight: Sight) -> Tried:
    """The draft computed for the published day over the customers that the visitor may see, of many over some drawn at
    random.

    Raises :class:`DefinitionError` where it does not hold together with the tags in force.
    """
    tags: Tags = {**sight.definitions.tags, tag.key: tag.model_copy(update={"status": "published"})}
    needed = with_needed([tag.key], tags)
    facts, is_sample = _some(sight)
    wide = profile(sight.engine, needed, sight.as_of, facts)
    seen = sight.engine.keep("tried_tag", wide.semi_join(sight.table, "customer_id"))
    bands = tag_bands(sight.engine, seen, {tag.key: tag}).to_pylist()
    everyone = sum(int(band["customers"]) for band in whole(bands))
    known = everyone - sum(int(band["customers"]) for band in bands if band["band"] is None)
    share = percent(known / everyone if everyone else 0.0, sight.lang)
    settings = sight.workspace.settings
    other = next(lang for lang in LANGUAGES if lang != sight.lang)
    return Tried(
        rule_sentence(tag, sight.lang, needed, sight.as_of),
        rule_sentence(tag, other, needed, sight.as_of),
        other,
        share,
        say("tags.preview.told", sight.lang, share=share, n=short_number(known, sight.lang)),
        distribution(tag, bands, settings.smallest_cell, sight.lang, settings.currency),
        tuple(_example(tag, needed, row, sight) for row in _examples(seen, tag, sight)),
        say("tags.preview.sample", sight.lang, n=short_number(everyone, sight.lang)) if is_sample else "",
    )


def _some(sight: Sight) -> tuple[dict[str, ir.Table], bool]:
    """The fact tables of some customers, where there are so many that a try over all would keep the writer waiting."""
    facts = latest(sight.engine).facts
    count = count_of(sight.engine, facts["customer"])
    if count <= MOST_TRIED:
        return facts, False
    part = Drawn(draw="preview", above=0, below=max(round(100 * MOST_TRIED / count, 2), 0.01))
    customer = facts["customer"]
    drawn = sight.engine.keep("tried_customers", customer.filter(lot_inside(customer.customer_id, part)))
    ids = drawn.select("customer_id")
    owned = {
        name: table.semi_join(ids, "customer_id") for name, table in facts.items() if "customer_id" in table.columns
    }
    return {**facts, **owned, "customer": drawn}, True


def _examples(seen: ir.Table, tag: Tag, sight: Sight) -> list[dict[str, Any]]:
    """Three customers, of different values where there are several; ids are random, so their order is too."""
    known = seen.filter(seen[tag.key].notnull())
    place = ibis.row_number().over(ibis.window(group_by=known[tag.key].cast("string"), order_by=known.customer_id))
    ranked = known.mutate(place=place).order_by(["place", "customer_id"]).limit(_EXAMPLES)
    return only(sight.engine.arrow(ranked.drop("place")))


def _example(tag: Tag, tags: Tags, row: Mapping[str, Any], sight: Sight) -> Example:
    portrait, customer = latest(sight.engine), str(row["customer_id"])
    name = contacts(sight.engine, portrait.tables, [customer]).column("person_name")[0].as_py()
    value = tag_words(row[tag.key], tag, sight.lang, sight.workspace.settings.currency)
    hides = tag.sensitivity in ("personal", "sensitive") or (
        tag.sensitivity == "confidential" and not sight.access.may("export_masked")
    )
    return Example(
        customer,
        mask_value(name, "name") or say("crowds.unnamed", sight.lang),
        (mask_value(value, "all") or "") if hides else value,
        _because(tag, tags, row, sight),
    )


def _because(tag: Tag, tags: Tags, row: Mapping[str, Any], sight: Sight) -> str:
    found = why(sight.engine, latest(sight.engine).facts, tags, row, tag.key, sight.as_of)
    if found.evidence_count:
        return say("tags.preview.rows", sight.lang, n=short_number(found.evidence_count, sight.lang))
    told = [(tags[one.tag], one.value) for one in found.inputs if tags[one.tag].sensitivity == "open"]
    currency = sight.workspace.settings.currency
    said = [f"{one.name.say(sight.lang)} {tag_words(value, one, sight.lang, currency)}" for one, value in told]
    return say("condition.list_join", sight.lang).join(said)
