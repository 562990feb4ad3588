"""The worker: one thread for each destination, so that one that does not answer holds up no other."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from django.db import close_old_connections, connection

from huaxiang.errors import HuaxiangError
from huaxiang.server.data import let_go
from huaxiang.server.stopping import GRACE
from huaxiang.server.webhooks.delivering import deliver, due, forget_old, make_messages
from huaxiang.server.webhooks.models import ACTIVE, Subscription

#: Seconds between two looks at whether there is something to do.
PAUSE = 1.0
_FORGET_EVERY = timedelta(hours=1)

_log = logging.getLogger("django.request")


class Worker:
    """Delivers until it is stopped."""

    def __init__(self, clock: Callable[[], datetime], pause: float = PAUSE) -> None:
        self._clock, self._pause = clock, pause
        self._threads: dict[int, threading.Thread] = {}
        self._stopping = threading.Event()
        self._forgot_at: datetime | None = None

    def run(self) -> None:
        """Look after every active subscription until :meth:`stop`."""
        while not self._stopping.is_set():
            close_old_connections()
            for number in Subscription.objects.filter(state=ACTIVE).values_list("pk", flat=True):
                thread = self._threads.get(number)
                if thread is None or not thread.is_alive():
                    self._start(number)
            self._forget()
            self._stopping.wait(self._pause)
        until = monotonic() + GRACE
        for thread in self._threads.values():
            thread.join(max(0.0, until - monotonic()))

    def stop(self) -> None:
        """End after what is being sent, or after its grace: what was cut off is sent again under the same id."""
        self._stopping.set()

    def is_stopping(self, within: float) -> bool:
        """Whether it was told to stop; waits up to so many seconds for that."""
        return self._stopping.wait(within)

    def _start(self, number: int) -> None:
        thread = threading.Thread(target=self._look_after, args=(number,), daemon=True)
        self._threads[number] = thread
        thread.start()

    def _forget(self) -> None:
        at = self._clock()
        if self._forgot_at is None or at - self._forgot_at >= _FORGET_EVERY:
            forget_old(at)
            self._forgot_at = at

    def _look_after(self, number: int) -> None:
        """Until it is stopped or the subscription is no longer active."""
        try:
            while not self._stopping.is_set():
                subscription = Subscription.objects.filter(pk=number, state=ACTIVE).first()
                if subscription is None:
                    return
                if not self._once(subscription):
                    self._stopping.wait(self._pause)
        except HuaxiangError as problem:
            # The lake may be unreadable while it is made again; a new thread tries in a moment.
            _log.error("webhook %s: %s", number, problem)
        finally:
            let_go()
            connection.close()

    def _once(self, subscription: Subscription) -> bool:
        """Make messages and try one; whether there was anything to do."""
        made = make_messages(subscription, self._clock())
        delivery = due(subscription, self._clock())
        if delivery is not None:
            deliver(delivery, self._clock)
        return made > 0 or delivery is not None
