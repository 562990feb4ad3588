"""Checks, columns, values, contradictions and repairs as people call them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from huaxiang.analyse.quality import Quality
from huaxiang.model.mapping import source_fields
from huaxiang.model.quality import Contradiction, QualityRules, Repair
from huaxiang.model.quality_rules import AgeOfWord, HasIdentifier
from huaxiang.model.tables import canonical_tables
from huaxiang.words import knows, say

Row = Mapping[str, Any]


def check_title(row: Row, rules: QualityRules, lang: str) -> str:
    """What the check of a row of ``quality_check`` asks for; a contradiction is named by its two traits."""
    asked = rules.words_of(row["check"])
    if isinstance(asked, Contradiction):
        return contradiction_title(row["check"], rules, lang)
    return asked.say(lang)


def contradiction_title(key: str, rules: QualityRules, lang: str) -> str:
    """The two traits that a contradiction compares; of a word that does not go with an age also which word, because
    several are told of the same two traits."""
    pair = rules.contradictions[key]
    left, right = (trait_title(name, rules, lang) for name in (pair.left, pair.right))
    if pair.left == pair.right:
        return say("quality.pair_same", lang, trait=left)
    if isinstance(pair.rule, AgeOfWord):
        return say("quality.pair_of_word", lang, left=left, right=right, word=_word(pair.rule, lang))
    return say("quality.pair", lang, left=left, right=right)


def _word(rule: AgeOfWord, lang: str) -> str:
    """The first of the words in this language, else the first of all."""
    return next((word for word in rule.words if word.isascii() == (lang == "en")), rule.words[0])


def trait_title(name: str, rules: QualityRules, lang: str) -> str:
    """What a trait is called: by words of its own, else as the column that states it."""
    own = f"quality.trait.{name}"
    if knows(own):
        return say(own, lang)
    trait = rules.traits[name]
    return str(getattr(canonical_tables()[trait.table].columns[trait.column], lang))


def column_title(row: Row, rules: QualityRules, lang: str) -> str:
    """The column that a row of ``quality_check`` is about."""
    table, column = row["table_name"], row["column_name"]
    if row["check"] in rules.import_checks:
        field = source_fields().get(column)
        return str(getattr(field, lang)) if field else say("quality.whole_row", lang)
    if row["check"] in rules.checks:
        rule = rules.checks[row["check"]].rule
        kind = rules.target(row["check"], table, column).where.get("identifier_type")
        kind = rule.identifier_type if isinstance(rule, HasIdentifier) else kind
        if kind in source_fields():
            return str(getattr(source_fields()[kind], lang))
    return str(getattr(canonical_tables()[table].columns[column], lang))


def contradiction_words(row: Row, rules: QualityRules, lang: str) -> str:
    """One contradiction of the board in a sentence."""
    told = {f"{side}": value_words(row[f"{side}_value"], lang) for side in ("left", "right")}
    return rules.contradictions[row["check"]].say(lang).format_map(told)


def value_words(value: str | None, lang: str) -> str:
    """A value as it is shown: an empty one and those of our vocabulary in words."""
    if value is None:
        return say("quality.value.empty", lang)
    own = f"quality.value.{value}"
    return say(own, lang) if knows(own) else value


def place_words(row: Row, lang: str, side: str = "") -> str:
    """File, sheet and row number of one side of a row; the dash for what stands in no file."""
    if row[f"{side}source_row"] is None:
        return "—"
    sheet = row[f"{side}sheet"]
    file = f"{row[f'{side}file_name'] or ''}" + (f" · {sheet}" if sheet else "")
    return say("quality.place", lang, file=file, row=row[f"{side}source_row"])


def before_after_words(found: Quality, lang: str) -> list[str]:
    """What was mended in each source, in words; sources in which nothing was are left out."""
    repaired: Counter[str] = Counter()
    set_aside: Counter[str] = Counter()
    rows: dict[str, int] = {}
    for one in found.cells:
        repaired[one.source] += one.repaired_count
        set_aside[one.source] += one.set_aside_count
        rows[one.source] = max(rows.get(one.source, 0), one.row_count)
    failing: Counter[str] = Counter()
    for row in found.checks:
        failing[row["source"]] += row["failing_count"]
    return [
        say(
            "quality.before_after_source",
            lang,
            source=source,
            rows=f"{count:,}",
            touched=f"{repaired[source] + set_aside[source]:,}",
            repaired=f"{repaired[source]:,}",
            set_aside=f"{set_aside[source]:,}",
            failing=f"{failing[source]:,}",
        )
        for source, count in sorted(rows.items())
        if repaired[source] or set_aside[source]
    ]


def repair_words(found: Quality, rules: QualityRules, lang: str) -> list[tuple[str, str]]:
    """What import mends, in how many cells where those are counted, and in which columns where not in all."""
    return [
        (repair.say(lang), _mended(repair, found.repairs.get(key, 0), lang)) for key, repair in rules.repairs.items()
    ]


def _mended(repair: Repair, cells: int, lang: str) -> str:
    count = f"{cells:,}" if repair.counted else say("quality.not_counted", lang)
    if repair.columns is None:
        return count
    names = ("、" if lang == "zh" else ", ").join(getattr(source_fields()[name], lang) for name in repair.columns)
    code = "quality.mended_in" if repair.columns else "quality.mended_nowhere"
    return say(code, lang, count=count, columns=names)
