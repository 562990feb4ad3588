"""One ID: which accounts of which sources are one customer, and why."""

from huaxiang.prepare.unify.decisions import NO_DECISIONS, Decision, Decisions, standing
from huaxiang.prepare.unify.link_log import link_log
from huaxiang.prepare.unify.reasons import hold_reason, link_reason
from huaxiang.prepare.unify.records import Hold, Likely, Link
from huaxiang.prepare.unify.unified import Unified, unify

__all__ = [
    "NO_DECISIONS",
    "Decision",
    "Decisions",
    "Hold",
    "Likely",
    "Link",
    "Unified",
    "hold_reason",
    "link_log",
    "link_reason",
    "standing",
    "unify",
]
