"""The kinds of customer planted in the town; the product never reads this, it has to find them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huaxiang.town.columns import Floats

CATEGORIES = ("生鲜", "零食", "酒水", "美妆", "女装", "男装", "母婴", "家居", "数码", "运动", "茶礼")


@dataclass(frozen=True)
class Archetype:
    """One planted kind of customer: share of the town, rhythm, tastes and responses."""

    key: str
    zh: str
    share: float
    gap_days: float
    gap_shape: float
    life_days: float
    female: float
    age: tuple[float, float]
    lines: float
    store: float
    night: float
    price_sensitivity: float
    promotion_response: float
    gift: float
    refund: float
    loyalty: float
    browsing: float
    taste: tuple[float, ...]


ARCHETYPES = (
    Archetype("weekly_fresh_mum", "每周鲜货妈妈", 0.07, 8, 6.0, 900, 0.93, (36, 6), 3.0, 0.60, 0.05, 0.4, 0.4, 0.02,
              0.03, 0.8, 0.15, (10, 4, 0.5, 1, 1, 0.3, 3, 2, 0.1, 0.3, 0.2)),
    Archetype("gift_patron", "送礼大客户", 0.04, 45, 2.0, 1500, 0.35, (45, 8), 2.2, 0.65, 0.05, 0.1, 0.2, 0.70,
              0.02, 0.7, 0.6, (0.5, 0.5, 6, 2, 0.5, 0.5, 0.2, 1, 1, 0.3, 8)),
    Archetype("bargain_hunter", "折扣猎手", 0.14, 55, 1.0, 700, 0.62, (33, 8), 2.4, 0.20, 0.20, 0.95, 0.95, 0.04,
              0.08, 0.35, 1.6, (1, 4, 1, 3, 4, 2, 1, 4, 1, 1, 0.2)),
    Archetype("impulse_night_owl", "冲动夜猫", 0.10, 38, 0.7, 500, 0.55, (27, 5), 1.8, 0.08, 0.80, 0.3, 0.6, 0.05,
              0.16, 0.4, 1.6, (0.2, 4, 2, 4, 4, 3, 0.2, 1, 4, 2, 0.1)),
    Archetype("loyal_regular", "忠诚老客", 0.14, 48, 3.0, 2500, 0.58, (42, 9), 2.2, 0.55, 0.08, 0.25, 0.3, 0.10,
              0.02, 0.95, 0.8, (3, 2, 2, 3, 3, 2, 1, 3, 1, 2, 2)),
    Archetype("one_timer", "一次客", 0.22, 90, 1.0, 0, 0.50, (31, 9), 1.5, 0.40, 0.15, 0.6, 0.5, 0.08,
              0.06, 0.3, 1.6, (1, 3, 1, 3, 3, 2, 1, 2, 2, 1, 1)),
    Archetype("sleeper", "沉睡老客", 0.12, 45, 1.5, 120, 0.52, (38, 10), 2.0, 0.40, 0.10, 0.5, 0.6, 0.06,
              0.05, 0.4, 0.7, (1, 2, 2, 3, 3, 3, 1, 3, 2, 2, 1)),
    Archetype("student", "学生党", 0.09, 65, 1.5, 600, 0.55, (20, 1.5), 1.6, 0.15, 0.45, 0.85, 0.8, 0.05,
              0.07, 0.5, 1.8, (0.1, 6, 0.2, 3, 3, 2, 0.01, 1, 3, 3, 0.1)),
    Archetype("new_parent", "新手爸妈", 0.08, 30, 2.5, 900, 0.68, (30, 4), 2.6, 0.35, 0.35, 0.45, 0.5, 0.05,
              0.06, 0.6, 1.1, (2, 1, 0.2, 1, 1, 0.5, 12, 3, 0.5, 0.3, 0.2)),
)  # fmt: skip

ONE_TIMER = [kind.key for kind in ARCHETYPES].index("one_timer")
SLEEPER = [kind.key for kind in ARCHETYPES].index("sleeper")
_FEMALE_TASTE = (1.2, 1.2, 0.6, 2.5, 3.0, 0.25, 1.3, 1.3, 0.5, 0.9, 0.9)
_MALE_TASTE = (0.8, 0.8, 1.6, 0.3, 0.15, 3.0, 0.8, 0.7, 2.2, 1.4, 1.1)


def trait(name: str) -> Floats:
    """One number of every archetype, in their order."""
    return np.array([getattr(kind, name) for kind in ARCHETYPES], dtype=np.float64)


def taste_cdf() -> Floats:
    """Cumulated chances of the categories, by archetype and true gender (0 male, 1 female)."""
    own = np.array([kind.taste for kind in ARCHETYPES])[:, None, :]
    weights = own * np.array([_MALE_TASTE, _FEMALE_TASTE])[None, :, :]
    return np.asarray(np.cumsum(weights / weights.sum(axis=2, keepdims=True), axis=2))


def describe() -> list[dict[str, object]]:
    """The planted kinds as plain records for the truth folder."""
    return [{**vars(kind), "taste": dict(zip(CATEGORIES, kind.taste, strict=True))} for kind in ARCHETYPES]
