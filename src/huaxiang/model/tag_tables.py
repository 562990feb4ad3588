"""Tables that say which tag values changed at which refresh, and since when each value stands. Name to type."""

from __future__ import annotations

#: One row per customer and tag whose value is not what the refresh before had published. ``before`` and ``after`` are
#: the values as :mod:`huaxiang.analyse.value_text` spells them, null for unknown.
TAG_CHANGE = {
    "run_id": "string",
    "as_of": "date",
    "customer_id": "string",
    "tag": "string",
    "before": "string",
    "after": "string",
}

#: One row per customer whom the refresh before had not published. ``former_id`` is the customer whose portrait this
#: one carries on under another id, null for a new one.
CUSTOMER_CAME = {"run_id": "string", "as_of": "date", "customer_id": "string", "former_id": "string"}

#: One row per tag at the refresh with which its recording ``begins``, and at every later one that went by another rule.
#: ``rule`` is a digest of the rule and of those that it needs.
TAG_RULE = {"run_id": "string", "as_of": "date", "tag": "string", "rule": "string", "begins": "boolean"}

#: One row per customer of the profile: ``customer_id`` and a column for each recorded tag with the day of the refresh
#: since which its value stands without a break; null where it stood already when its recording began.
PROFILE_SINCE = "profile_since"
