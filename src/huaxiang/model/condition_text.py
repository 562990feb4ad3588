"""Conditions as one line of text: ``net_revenue_365d >= 500 and (city = 上海 or lifecycle in (sleeping, slipping))``.

``and`` binds tighter than ``or``; ``not`` binds tightest; ``everyone`` is the condition without parts. Words that read
like numbers, keywords or punctuation are put in double quotes. 且, 或 and 非 are understood for and, or and not. What
customers did, and days counted from the day of the profile, are written like this::

    did sale where (is_purchase = true) in last 30 days count >= 2
    did not act where (event_name = 浏览商品) in last 7 days skipping 1
    last_order_on in last 30 days and registered_on more than 365 days ago
    birth_date anniversary in next 7 days
    first sale has (channel = 微信小程序)
    sequence (act where (event_name = 加入购物车) then within 3 days sale without feedback_fact) in last 90 days
    crowd regulars and not list staff_and_friends
    top 100 by net_revenue_365d of (city = 上海)
    bottom 50 by did sale in last 90 days count seed spring of (crowd regulars)
    random 500 seed spring of (everyone)
    draw spring above 0 below 45
"""

from __future__ import annotations

import json

from huaxiang.model.condition_reader import raw_from_text
from huaxiang.model.condition_tokens import KEYWORDS, NUMBER, PLAIN
from huaxiang.model.conditions import (
    RANDOM,
    All,
    AnyOf,
    Cap,
    Capped,
    Condition,
    CrowdRule,
    Did,
    Drawn,
    Event,
    First,
    InCrowd,
    Last,
    Leaf,
    Measured,
    Not,
    OnList,
    Scalar,
    Sequence,
    Step,
    Test,
    Value,
    condition_from,
    parts,
)
from huaxiang.model.operators import operator_named
from huaxiang.model.windows import Window


def condition_from_text(text: str) -> Condition:
    """The condition that a line of text says.

    Raises :class:`DefinitionError` that names the place where the text stops making sense.
    """
    return condition_from(raw_from_text(text))


def text_of(condition: Condition) -> str:
    """The condition as one line; reading it back gives the same condition.

    A group of one part is written as that part, which means the same.
    """
    match condition:
        case Not():
            return f"not {_inner(condition.part)}"
        case All(all=(only,)) | AnyOf(any=(only,)):
            return text_of(only)
        case All() | AnyOf():
            word = "and" if isinstance(condition, All) else "or"
            return f" {word} ".join(_inner(part) for part in parts(condition)) or "everyone"
        case Capped():
            return f"{_cap(condition.cap)} of ({text_of(condition.of)})"
        case CrowdRule():
            return _leaf(InCrowd(crowd=condition.crowd))
        case _:
            return _leaf(condition)


def _inner(condition: Condition) -> str:
    found = parts(condition)
    if len(found) == 1 and not isinstance(condition, Not | Capped | CrowdRule):
        return _inner(found[0])
    return f"({text_of(condition)})" if len(found) > 1 else text_of(condition)


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Test():
            return f"{_word(leaf.field)} {_compared(leaf.op, leaf.value)}"
        case Did():
            return " ".join([*_rows(leaf), *_measured(leaf)])
        case First() | Last():
            return _edge(leaf)
        case Sequence():
            steps = " then ".join(_step(step) for step in leaf.sequence)
            return " ".join([f"sequence ({steps})", *_during(leaf.during)])
        case InCrowd() | OnList():
            return f"crowd {_word(leaf.crowd)}" if isinstance(leaf, InCrowd) else f"list {_word(leaf.list)}"
        case Drawn():
            return f"draw {_word(leaf.draw)} above {leaf.above!r} below {leaf.below!r}"


def _cap(cap: Cap) -> str:
    seed = f" seed {_word(cap.seed)}" if cap.seed else ""
    if cap.by == RANDOM:
        return f"random {cap.customers}{seed}"
    by = _word(cap.by) if isinstance(cap.by, str) else " ".join([*_rows(cap.by), *_figure(cap.by)])
    return f"{'top' if cap.order == 'highest' else 'bottom'} {cap.customers} by {by}{seed}"


def _rows(figure: Measured) -> list[str]:
    return ["did", _word(figure.did), *_where(figure.where), *_during(figure.during)]


def _figure(figure: Measured) -> list[str]:
    return [figure.measure, *([] if figure.column is None else [_word(figure.column)])]


def _edge(edge: First | Last) -> str:
    which, fact = ("first", edge.first) if isinstance(edge, First) else ("last", edge.last)
    rows = [which, _word(fact), *_where(edge.where), *_during(edge.during)]
    return " ".join([*rows, f"has ({text_of(edge.has)})"])


def _step(step: Step) -> str:
    said = []
    for unit, number in (("days", step.within_days), ("hours", step.within_hours)):
        said += [f"within {number} {unit}"] if number else []
    without = ["without", _event(step.without)] if step.without else []
    return " ".join([*said, _event(step), *without])


def _event(event: Event) -> str:
    return " ".join([_word(event.event), *_where(event.where)])


def _where(where: Condition | None) -> list[str]:
    return [f"where ({text_of(where)})"] if where is not None else []


def _during(window: Window | None) -> list[str]:
    if window is None:
        return []
    if window.window_days is not None:
        skipped = f" skipping {window.skip_days}" if window.skip_days else ""
        return [f"in last {window.window_days} days{skipped}"]
    ends = (("from", window.first_day), ("to", window.last_day))
    return [f"{name} {day.isoformat()}" for name, day in ends if day is not None]


def _measured(did: Did) -> list[str]:
    if did.is_plain or did.op is None:
        return []
    return [*_figure(did), _compared(did.op, did.value)]


def _compared(op: str, value: Value) -> str:
    if value is None:
        return op
    if not isinstance(value, tuple):
        before, behind = operator_named(op).words
        return f"{before} {_scalar(value)} {behind}".rstrip()
    if op == "between":
        return f"{op} {_scalar(value[0])} and {_scalar(value[1])}"
    return f"{op} ({', '.join(_scalar(item) for item in value)})"


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _word(value) if isinstance(value, str) else repr(value)


def _word(text: str) -> str:
    plain = PLAIN.match(text) and not NUMBER.match(text) and text not in KEYWORDS
    return text if plain else json.dumps(text, ensure_ascii=False)
