"""Signatures of webhooks as the Standard Webhooks specification has them: HMAC-SHA256 over id, time and body.

A receiver recomputes the signature with the secret that it was given, and refuses what is older than a few minutes.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha256

PREFIX = "whsec_"


def secret_of(key: bytes, name: str) -> str:
    """The secret called ``name`` as receivers are told it. Derived from the workspace's key, stored nowhere."""
    return PREFIX + base64.b64encode(hmac.new(key, f"webhook:{name}".encode(), sha256).digest()).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """``v1,`` and the signature of one message in base64. ``timestamp`` is Unix seconds."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


def signed_headers(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The three headers of a message. With two secrets both sign it: a receiver may change over when it likes."""
    signatures = " ".join(signature(secret, message_id, timestamp, body) for secret in secrets)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def is_signed(secret: str, headers: dict[str, str], body: bytes, now: int, tolerance_seconds: int = 300) -> bool:
    """Whether a message was signed with the secret and not long ago: what a receiver checks."""
    try:
        message_id, timestamp = headers["webhook-id"], int(headers["webhook-timestamp"])
        given = headers["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        return False
    expected = signature(secret, message_id, timestamp, body)
    fresh = abs(now - timestamp) <= tolerance_seconds
    return fresh and any(hmac.compare_digest(expected, one) for one in given)
