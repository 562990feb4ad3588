"""One ID: which accounts of which sources are one customer, and why."""

from huaxiang.prepare.unify.link_log import link_log
from huaxiang.prepare.unify.reasons import hold_reason, link_reason
from huaxiang.prepare.unify.records import Hold, Link
from huaxiang.prepare.unify.unified import Unified, unify

__all__ = ["Hold", "Link", "Unified", "hold_reason", "link_log", "link_reason", "unify"]
