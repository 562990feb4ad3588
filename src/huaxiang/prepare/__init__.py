"""Stage 2, prepare: canonical rows become customers (One ID) and the facts of what they did."""

from huaxiang.prepare.current import current, until
from huaxiang.prepare.facts import facts
from huaxiang.prepare.households import households
from huaxiang.prepare.unify import Unified, link_log, unify

__all__ = ["Unified", "current", "facts", "households", "link_log", "unify", "until"]
