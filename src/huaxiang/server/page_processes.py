"""The processes that make pages, as Granian keeps them, with an end that comes for certain."""

from __future__ import annotations

from typing import Any

from granian import Granian

from huaxiang.server.stopping import deaf_children, when_told


class PageProcesses(Granian):  # type: ignore[misc,valid-type] # which class it is depends on the kind of Python
    """Granian, but for how it is stopped.

    Its own handlers of signals set an event from within the main thread, which hangs for good when a second signal
    comes at the wrong moment; and its workers answer to Ctrl-C by themselves, which it takes for a crash.
    """

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        """Start the workers, and heed signals from here on."""
        with deaf_children():
            super().startup(spawn_target, target_loader)
            when_told(self._stop)

    def _stop(self) -> None:
        for worker in self.wrks:
            worker.interrupt_by_parent = True
        self.signal_handler_interrupt()
