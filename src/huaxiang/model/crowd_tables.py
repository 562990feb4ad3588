"""Tables that say who is in which crowd, who came and went at which refresh, and how each crowd fared. Name to type."""

from __future__ import annotations

#: One row per crowd and customer in it, as of the last refresh that could compute the crowd; since when.
CROWD_MEMBER = {"crowd": "string", "customer_id": "string", "since_as_of": "date", "since_run": "string"}

#: One row per customer who came or went. ``because`` is a JSON list of codes, or of tests that changed truth; what a
#: customer is in a crowd since is told where the customer came.
CROWD_CHANGE = {
    "run_id": "string",
    "as_of": "date",
    "crowd": "string",
    "version": "int64",
    "customer_id": "string",
    "change": "string",
    "because": "string",
    "since_as_of": "date",
    "since_run": "string",
}

#: One row per refresh and crowd. ``status`` is ok or failed with its ``reason`` (JSON of a message); ``outside`` says
#: that the size is not within what its definition allows.
CROWD_RUN = {
    "run_id": "string",
    "as_of": "date",
    "crowd": "string",
    "version": "int64",
    "customers": "int64",
    "entered": "int64",
    "gone": "int64",
    "seconds": "float64",
    "status": "string",
    "reason": "string",
    "outside": "boolean",
}

ENTERED, LEFT = "entered", "left"
OK, FAILED = "ok", "failed"
#: Why somebody came or went, where it is none of the tests.
FIRST_RUN, RULE_CHANGED, MERGED = "first_run", "rule_changed", "merged"
NEW_CUSTOMER, NO_CUSTOMER, CROWD_DELETED = "new_customer", "no_customer", "crowd_deleted"
