"""How often somebody may try to sign in: ten times in fifteen minutes, for each account and each address.

The window slides, so nobody is locked out for longer than fifteen minutes; an account that does not exist is counted
like one that does, so the answer tells nothing about it.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from huaxiang.server.accounts.models import SignInTry

TRIES = 10
WINDOW = timedelta(minutes=15)


def admit(account: str, address: str, at: datetime) -> bool:
    """Count one try and say whether it may go on; a refused try is not counted."""
    subjects = _subjects(account, address)
    with transaction.atomic():
        SignInTry.objects.filter(tried_at__lte=at - WINDOW).delete()
        # Looking and counting are one transaction, so ten tries are ten even when they come at the same instant.
        if any(_tries(subject, at) >= TRIES for subject in subjects):
            return False
        SignInTry.objects.bulk_create([SignInTry(subject=subject, tried_at=at) for subject in subjects])
    return True


def forgive(account: str, address: str) -> None:
    """Forget the tries of somebody who has just shown the right password."""
    SignInTry.objects.filter(subject__in=_subjects(account, address)).delete()


def _tries(subject: str, at: datetime) -> int:
    return SignInTry.objects.filter(subject=subject, tried_at__gt=at - WINDOW, tried_at__lte=at).count()


def _subjects(account: str, address: str) -> tuple[str, str]:
    # People type passwords into the wrong field, so what was typed is never stored as it is.
    return (_hashed("account", account.casefold()), _hashed("address", address))


def _hashed(kind: str, value: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{kind}:{value}".encode(), sha256).hexdigest()
