"""Cases that hypothesis draws, kept to be asked all at once where each question costs a second."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st


def drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    """About so many cases of the strategy, the same at every run; nothing is shrunk, for all are asked together."""
    cases: list[Any] = []

    @settings(
        max_examples=count, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def keep(case: Any) -> None:
        cases.append(case)

    keep()
    return cases
