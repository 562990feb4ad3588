"""Tags beside the shipped ones, until there are as many as wanted: windows and categories, as shops have them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from huaxiang.analyse.in_force import in_force
from huaxiang.analyse.order import with_needed
from huaxiang.maintain.definitions import body_of
from huaxiang.model.tags import shipped_tags

_ACTS = {
    "view": "浏览", "cart": "加购", "search": "搜索", "favourite": "收藏", "page": "访问页面", "order": "下单动作",
    "share": "分享", "like": "点赞",
}  # fmt: skip
_CATEGORIES = ("女装", "男装", "童装", "鞋靴", "箱包", "美妆", "护肤", "家居", "食品", "数码", "运动", "母婴")
_MEASURES = (("sum", "金额", "money"), ("average", "均额", "number"), ("greatest", "最高", "money"))
_BOUGHT = "is_counted = true and not is_return = true"

Bodies = Iterator[tuple[str, dict[str, Any]]]


#: What the measured questions name; however few tags there are, these are among them.
_ASKED = ("orders_365d", "net_revenue_365d", "days_since_last_order", "city_tier", "net_revenue_total")
_ASKED_OWN = "scale_page_365d"


def written_tags(total: int) -> dict[str, dict[str, Any]]:
    """The bodies of own tags with which ``total`` tags are in force: more of them, or all but so many retired."""
    shipped = shipped_tags()
    if total >= len(shipped):
        return own_tags(total)
    own = dict(_asked_own())
    kept: dict[str, Any] = with_needed(_ASKED, shipped)
    for key in in_force(shipped, ()):
        wider = with_needed([*kept, key], shipped)
        kept = wider if len(wider) + len(own) <= total else kept
    return own | {key: body_of(tag) | {"status": "retired"} for key, tag in shipped.items() if key not in kept}


def own_tags(total: int) -> dict[str, dict[str, Any]]:
    """The bodies of the tags that make the shipped ones ``total``, by key; none where there are as many already."""
    shipped = shipped_tags()
    every = {key: body for key, body in chain(_asked_own(), _turns(), _many()) if key not in shipped}
    return dict(islice(every.items(), max(total - len(shipped), 0)))


def _asked_own() -> Bodies:
    return (one for one in _turns() if one[0] == _ASKED_OWN)


def _turns() -> Bodies:
    """One of each kind in turn, so that a small number has all of them."""
    kinds = [_windows(), _sales(), _categories(), _favourites()]
    while kinds:
        for kind in list(kinds):
            found = next(kind, None)
            if found is None:
                kinds.remove(kind)
            else:
                yield found


def _windows() -> Bodies:
    for days in (7, 60, 180, 365):
        for name, zh in _ACTS.items():
            rule = {"fact": "act", "measure": "count", "where": f"event_name = {name}", "window_days": days}
            yield _tag(f"scale_{name}_{days}d", f"近{days}天{zh}次数", "int", statistic=rule, when_empty="zero")
    for days in (7, 90, 180, 365):
        rule = {"fact": "act", "measure": "distinct_days", "column": "occurred_at", "window_days": days}
        yield _tag(f"scale_active_days_{days}d", f"近{days}天活跃天数", "int", statistic=rule, when_empty="zero")


def _sales() -> Bodies:
    for days in (7, 30, 60, 180, 730):
        for measure, zh, kind in (
            ("sum", "金额", "money"),
            ("average", "均额", "number"),
            ("greatest", "最高", "money"),
        ):
            rule = {
                "fact": "sale",
                "measure": measure,
                "column": "net_revenue",
                "where": "is_purchase = true",
                "window_days": days,
            }
            yield _tag(f"scale_revenue_{measure}_{days}d", f"近{days}天净消费{zh}", kind, statistic=rule)


def _categories() -> Bodies:
    for days in (90, 365):
        for place, name in enumerate(_CATEGORIES):
            rule = {
                "fact": "sale_line",
                "measure": "sum",
                "column": "line_amount",
                "where": f"{_BOUGHT} and category = {name}",
                "window_days": days,
            }
            yield _tag(f"scale_spent_{place}_{days}d", f"近{days}天{name}消费", "money", statistic=rule)


def _favourites() -> Bodies:
    for days in (30, 180):
        for column in ("platform", "category", "daypart"):
            rule = {"fact": "act", "column": column, "window_days": days}
            yield _tag(f"scale_favourite_{column}_{days}d", f"近{days}天最多的{column}", "text", favourite=rule)


def _many() -> Bodies:
    """Views of each category, for whoever wants more."""
    for days in (30, 90, 365):
        for place, name in enumerate(_CATEGORIES):
            rule = {"fact": "act", "measure": "count", "where": f"category = {name}", "window_days": days}
            yield _tag(
                f"scale_seen_{place}_{days}d", f"近{days}天看{name}次数", "int", statistic=rule, when_empty="zero"
            )


def _tag(key: str, zh: str, kind: str, *, when_empty: str = "", **rule: Any) -> tuple[str, dict[str, Any]]:
    ((name, body),) = rule.items()
    more = {"when_empty": when_empty} if when_empty else {}
    words = {"zh": zh, "en": key.replace("_", " "), "meaning_zh": f"{zh}。", "meaning_en": f"{key}."}
    return key, {"element": "behaviour", "type": kind, **words, "rule": {"kind": name, **body, **more}}
