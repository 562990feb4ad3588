"""The left rail: the six stages of the work, the pages under each, and the tabs of a page. A new page is one row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MenuPage:
    """One link in the rail. ``route`` is the URL's name, ``words`` the code of its title. ``tab_of`` names the route of
    the page that shows it as one of its tabs; the rail then leaves it out."""

    stage: str
    route: str
    words: str
    permission: str
    tab_of: str = ""


STAGES = ("collect", "prepare", "analyse", "present", "apply", "maintain")

PAGES: tuple[MenuPage, ...] = (
    MenuPage("collect", "imports:list", "imports.title", "see_page"),
    MenuPage("collect", "imports:quarantine", "imports.quarantine.title", "see_profile"),
    MenuPage("prepare", "identity:dashboard", "identity.title", "see_profile"),
    MenuPage("prepare", "identity:review", "identity.review", "see_profile", "identity:dashboard"),
    MenuPage("prepare", "identity:doubtful", "doubtful.title", "see_profile", "identity:dashboard"),
    MenuPage("prepare", "identity:likely", "likely.title", "see_profile", "identity:dashboard"),
    MenuPage("prepare", "identity:alone", "alone.title", "see_profile", "identity:dashboard"),
    MenuPage("prepare", "identity:decisions", "identity.decisions", "see_profile", "identity:dashboard"),
    MenuPage("prepare", "identity:model", "model.title", "see_profile", "identity:dashboard"),
    MenuPage("prepare", "quality:scorecard", "quality.title", "see_page"),
    MenuPage("analyse", "tags:list", "tags.title", "see_profile"),
    MenuPage("analyse", "crowds:list", "crowds.title", "see_profile"),
    MenuPage("analyse", "groups:portrait", "groups.title", "see_profile"),
    MenuPage("analyse", "rfm:rfm", "rfm.title", "see_profile"),
    MenuPage("present", "editions:list", "editions.title", "see_page"),
    MenuPage("present", "customers:list", "customer.list.title", "see_profile"),
    MenuPage("maintain", "runs:list", "runs.title", "see_page"),
    MenuPage("apply", "api:reference", "api.reference.title", "see_page"),
    MenuPage("apply", "webhooks:list", "webhooks.title", "manage_users"),
    MenuPage("apply", "api:keys", "api.keys.title", "manage_users"),
    MenuPage("maintain", "accounts:users", "page.users.title", "manage_users"),
)


def pages_of(stage: str) -> tuple[MenuPage, ...]:
    """The pages of one stage in the order in which the rail shows them."""
    return tuple(page for page in PAGES if page.stage == stage and not page.tab_of)


def tabs_beside(route: str) -> tuple[MenuPage, ...]:
    """A page and what is shown as its tabs, in order; empty for pages that have and are none. ``route`` may be any of
    them."""
    over = next((page.tab_of or page.route for page in PAGES if page.route == route), None)
    family = tuple(page for page in PAGES if over in (page.route, page.tab_of))
    return family if len(family) > 1 else ()
