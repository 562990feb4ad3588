"""Signatures of webhooks: the specification's vector, two secrets at once, what a receiver refuses."""

from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from huaxiang.apply.webhook_signing import is_signed, secret_of, signature, signed_headers

#: The example of the Standard Webhooks specification's reference libraries.
SECRET, MESSAGE, TIME = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330
BODY = b'{"test": 2432232314}'


def test_the_vector_of_the_specification() -> None:
    assert signature(SECRET, MESSAGE, TIME, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_sign_while_one_replaces_the_other() -> None:
    new, old = (secret_of(b"k" * 32, name) for name in ("token/2", "token/1"))
    headers = signed_headers([new, old], MESSAGE, TIME, BODY)
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert is_signed(new, headers, BODY, TIME)
    assert is_signed(old, headers, BODY, TIME)
    assert not is_signed(secret_of(b"k" * 32, "token/3"), headers, BODY, TIME)


@given(body=st.binary(max_size=200), other=st.binary(max_size=200), key=st.binary(min_size=32, max_size=32))
def test_another_body_time_or_id_is_refused(body: bytes, other: bytes, key: bytes) -> None:
    secret = secret_of(key, "a/1")
    headers = signed_headers([secret], MESSAGE, TIME, body)
    assert is_signed(secret, headers, body, TIME + 299)
    assert not is_signed(secret, headers, body, TIME + 301)
    assert is_signed(secret, headers, other, TIME) is (body == other)
    assert not is_signed(secret, {**headers, "webhook-id": "msg_other"}, body, TIME)
    assert not is_signed(secret, {**headers, "webhook-timestamp": "x"}, body, TIME)
    assert not is_signed(secret, {}, body, TIME)


def test_a_secret_has_256_bits() -> None:
    secret = secret_of(b"k" * 32, "a/1")
    assert secret.startswith("whsec_")
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
