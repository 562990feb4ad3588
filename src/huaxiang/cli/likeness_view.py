"""Why two records look like one person, as the command line shows it: side by side, masked, with every weight."""

from __future__ import annotations

from typing import Any

from rich.console import RenderableType

from huaxiang.analyse.likely_pairs import Likeness, Line
from huaxiang.cli.desk import Desk
from huaxiang.cli.masked import masked_account
from huaxiang.cli.output import heading, table
from huaxiang.number_words import chance, signed
from huaxiang.release.compared_masks import masked_detail
from huaxiang.words import knows


def likeness_document(found: Likeness | None) -> dict[str, Any] | None:
    """A likeness for machines, masked; None for none."""
    if found is None:
        return None
    return {
        "account_a": masked_account(found.account_key_a),
        "account_b": masked_account(found.account_key_b),
        "probability": found.probability,
        "start_bits": found.start_bits,
        "details": [
            {
                "comparison": line.comparison,
                "value_a": masked_detail(line.comparison, line.value_a),
                "value_b": masked_detail(line.comparison, line.value_b),
                "level": line.level,
                "bits": line.bits,
            }
            for line in found.lines
        ],
    }


def likeness_parts(desk: Desk, found: Likeness | None) -> list[RenderableType]:
    """A likeness for people: one line per detail, from any two accounts to the sum."""
    if found is None:
        return []
    names = [
        desk.say("likely.column.detail"),
        *(masked_account(key) for key in (found.account_key_a, found.account_key_b)),
        *(desk.say(f"likely.column.{name}") for name in ("level", "bits")),
    ]
    start = (desk.say("likely.start"), "", "", "", signed(found.start_bits))
    total = (desk.say("likely.total"), "", "", "", signed(found.total_bits))
    title = desk.say("likely.case", share=chance(found.probability, desk.lang))
    return [heading(title), table(names, [start, *(_line(desk, line) for line in found.lines), total], right=[4])]


def _line(desk: Desk, line: Line) -> tuple[str, ...]:
    values = (_value(desk, line.comparison, value) for value in (line.value_a, line.value_b))
    level = f"match.level.{line.level}"
    said = desk.say(level) if knows(level) else line.level
    return desk.say(f"match.comparison.{line.comparison}"), *values, said, signed(line.bits)


def _value(desk: Desk, comparison: str, value: str | None) -> str:
    code = f"match.gender.{value}"
    if comparison == "gender" and knows(code):
        return desk.say(code)
    return masked_detail(comparison, value) or "—"
