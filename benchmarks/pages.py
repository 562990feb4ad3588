"""Server time of every page of a workspace: ``python -m benchmarks.pages WORKSPACE``.

Each page is asked several times in this process as its admin; the first asking is reported apart, for it pays for
what later ones find held. The limit beside them is the sign-in page, which reads nothing.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.measuring import machine
from huaxiang.server.settings import configure
from huaxiang.server.wsgi import settle
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client


def pages(folder: Path) -> Iterator[tuple[str, str]]:
    """Each page as (name, address), for the customer with most orders and the first crowd."""
    home = Workspace.open(folder)
    with home.reading() as engine:
        rows = engine.table("profile")
        best = engine.arrow(rows.order_by([rows.orders_total.desc(), rows.customer_id]).limit(1)).to_pylist()
    customer, crowd = best[0]["customer_id"], min(home.definitions.segments)
    one = f"/customers/{customer}/"
    yield from {
        "sign-in (limit)": "/sign-in/",
        "overview": "/",
        "customers": "/customers/",
        "customers, searched": "/customers/search/?q=138",
        "customer": one,
        "customer, timeline": f"{one}timeline/",
        "customer, orders": f"{one}orders/",
        "customer, identity": f"{one}identity/",
        "why": f"{one}why/?tag=net_revenue_365d",
        "One ID": "/identity/",
        "One ID, review": "/identity/review/",
        "One ID, likely the same": "/identity/likely/",
        "One ID, way of comparing": "/identity/model/",
        "One ID, decisions": "/identity/decisions/",
        "quality": "/quality/",
        "quality, contradictions": "/quality/contradictions/",
        "crowds": "/crowds/",
        "crowd": f"/crowds/saved/{crowd}/",
        "group portrait": f"/groups/?crowd={crowd}",
        "group portrait, highlights": f"/groups/highlights/?crowd={crowd}",
        "group portrait, two tags": f"/groups/cross/?crowd={crowd}",
        "group portrait, measures": f"/groups/measures/?crowd={crowd}",
        "group portrait, regions": f"/groups/regions/?crowd={crowd}",
        "group portrait, suggested rule": f"/groups/rule/?crowd={crowd}",
        "crowd builder": "/crowds/new/",
        "RFM": "/rfm/",
        "imports": "/imports/",
        "runs": "/runs/",
        "editions": "/editions/",
    }.items()


def signed_in(folder: Path) -> Client:
    """A browser in which an admin made for this measurement is signed in."""
    configure(folder, allowed_hosts=("testserver",), now=lambda: datetime.now(UTC))
    from django.core.management import call_command
    from django.test import Client

    from huaxiang.server.accounts.models import User

    call_command("migrate", verbosity=0)
    user, _ = User.objects.get_or_create(
        username="benchmark", defaults={"role": "admin", "created_at": datetime.now(UTC)}
    )
    browser = Client(headers={"Accept-Language": "zh-CN"})
    browser.force_login(user)
    return browser


def seconds(browser: Client, address: str) -> float:
    """The seconds that one answer takes."""
    started = perf_counter()
    answer = browser.get(address)
    taken = perf_counter() - started
    if answer.status_code not in (200, 302):
        raise SystemExit(f"{address}: {answer.status_code}")
    return taken


def main() -> None:
    """Print one row a page, in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--repeats", type=int, default=9)
    given = parser.parse_args()
    browser = signed_in(given.workspace)
    settle()
    print("| page | first (ms) | median (ms) | worst (ms) |\n|---|---|---|---|")
    for name, address in pages(given.workspace):
        first, *rest = (1000 * seconds(browser, address) for _ in range(given.repeats + 1))
        print(f"| {name} | {first:.0f} | {median(rest):.0f} | {max(rest):.0f} |", flush=True)
    print(f"\n{machine(given.workspace)}")


if __name__ == "__main__":
    main()
