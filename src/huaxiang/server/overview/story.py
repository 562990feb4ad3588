"""The overview in words: the sentence that answers, the numbers, what changed, how healthy the data are."""

from __future__ import annotations

from dataclasses import dataclass

from huaxiang.analyse.health import Health
from huaxiang.number_words import date_words, money, percent, short_number
from huaxiang.server.overview.figures import LIFECYCLE, Figures
from huaxiang.server.stats import Stat
from huaxiang.words import say


@dataclass(frozen=True)
class Finding:
    """One finding about the data: its sentence, a route to where it is told (or empty), whether something is to do."""

    text: str
    route: str = ""
    to_do: bool = False


def answer(found: Figures, lang: str, currency: str) -> str:
    """The sentence that opens the page."""
    head = found.headline
    said = {"n": short_number(head.customers, lang), "revenue": money(head.net_revenue_365d, currency, lang)}
    if head.top_share is None:
        return say("overview.answer.no_revenue", lang, **said)
    slipping = found.shares.get(LIFECYCLE, {}).get("slipping", 0)
    top = {"top": short_number(head.top_customers, lang), "share": percent(head.top_share, lang)}
    return say("overview.answer", lang, **said, **top, slipping=short_number(slipping, lang))


def stats(found: Figures, lang: str, currency: str) -> tuple[Stat, ...]:
    """The numbers of the first row, each with its meaning."""
    head, recent = found.headline, found.recent
    return (
        _stat("customers", short_number(head.customers, lang), lang, element="basic"),
        _stat("buyers", short_number(head.buyers_365d, lang), lang, head.customers),
        _stat("revenue", money(head.net_revenue_365d, currency, lang), lang, head.buyers_365d),
        _stat("revenue_30d", money(recent.net_revenue, currency, lang), lang),
        _stat("orders_30d", short_number(recent.orders, lang), lang),
        _stat("first_buyers", short_number(recent.first_buyers, lang), lang),
    )


def _stat(name: str, number: str, lang: str, base: int | None = None, element: str = "purchasing") -> Stat:
    title, meaning = say(f"overview.stat.{name}", lang), say(f"overview.stat.{name}.meaning", lang)
    return Stat(title, number, meaning, base, element=element)


def changes(found: Figures, lang: str, currency: str) -> tuple[str, ...]:
    """What the last 30 days and the last refresh changed."""
    now = found.recent
    told = [
        _change(
            "revenue",
            money(now.net_revenue, currency, lang),
            float(now.net_revenue),
            float(now.net_revenue_before),
            lang,
        ),
        _change("orders", short_number(now.orders, lang), now.orders, now.orders_before, lang),
        _change("first_buyers", short_number(now.first_buyers, lang), now.first_buyers, now.first_buyers_before, lang),
    ]
    last = found.difference
    if last is None:
        return (*told, say("overview.change.first_refresh", lang))
    days = {"day": date_words(last.as_of, lang), "before": date_words(last.as_of_before, lang)}
    told.append(
        say("overview.change.refresh", lang, **days, customers=f"{last.customers:+d}", imports=f"{last.imports:+d}")
    )
    return (*told, say("overview.change.definitions", lang)) if last.definitions_changed else tuple(told)


def _change(name: str, number: str, new: float, old: float, lang: str) -> str:
    if old <= 0:
        return say(f"overview.change.{name}", lang, number=number, change=say("overview.change.nothing_before", lang))
    rate = (new - old) / old
    code = "up" if rate > 0 else "down" if rate < 0 else "same"
    return say(
        f"overview.change.{name}",
        lang,
        number=number,
        change=say(f"overview.change.{code}", lang, rate=percent(abs(rate), lang)),
    )


def findings(found: Figures, lang: str, currency: str) -> tuple[Finding, ...]:
    """What is known about the data themselves, what needs doing first."""
    told = [part(found.health, lang) for part in (_waiting, _fresh, _imports, _holds, _guests, _currencies)]
    told.insert(0, _misnamed(found.health, lang, currency))
    return tuple(finding for finding in told if finding)


def _waiting(state: Health, lang: str) -> Finding | None:
    if not state.rows_waiting:
        return None
    text = say("overview.health.waiting", lang, n=short_number(state.rows_waiting, lang))
    return Finding(text, "imports:quarantine", to_do=True)


def _fresh(state: Health, lang: str) -> Finding | None:
    if not state.imported_at or not state.last_event_at:
        return None
    last, imported = (date_words(moment.date(), lang) for moment in (state.last_event_at, state.imported_at))
    return Finding(say("overview.health.fresh", lang, last=last, imported=imported))


def _imports(state: Health, lang: str) -> Finding:
    counts = {"files": state.imports, "rows": state.rows_read, "repaired": state.rows_repaired}
    said = {name: short_number(count, lang) for name, count in counts.items()}
    return Finding(say("overview.health.imports", lang, **said), "imports:list")


def _holds(state: Health, lang: str) -> Finding | None:
    if not state.holds:
        return None
    each = [
        say("overview.hold", lang, reason=say(f"prepare.held.{reason}", lang), n=n) for reason, n in state.holds.items()
    ]
    listed = say("customer.join", lang).join(each)
    return Finding(say("overview.health.holds", lang, n=sum(state.holds.values()), listed=listed))


def _guests(state: Health, lang: str) -> Finding | None:
    if state.guest_order_share is None:
        return None
    shares = {"orders": percent(state.guest_order_share, lang), "revenue": percent(state.guest_revenue_share, lang)}
    return Finding(say("overview.health.guests", lang, **shares, n=short_number(state.orders, lang)))


def _currencies(state: Health, lang: str) -> Finding | None:
    if not state.other_currencies:
        return None
    each = [
        say("overview.health.currency.orders", lang, n=short_number(n, lang), currency=code)
        for code, n in state.other_currencies.items()
    ]
    said = {"main": state.main_currency, "listed": say("customer.join", lang).join(each)}
    return Finding(say("overview.health.currencies", lang, **said))


def _misnamed(state: Health, lang: str, currency: str) -> Finding | None:
    if state.main_currency in (None, currency):
        return None
    return Finding(say("overview.health.currency_named", lang, main=state.main_currency, named=currency), to_do=True)
