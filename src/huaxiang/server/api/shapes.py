"""What bodies of the API look like; the document of the API is made from these."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Text = Annotated[str, Field(max_length=300)]
Rule = Annotated[
    dict[str, Any] | str,
    Field(examples=[{"field": "net_revenue_365d", "op": ">=", "value": 500}, "net_revenue_365d >= 500"]),
]


class Asked(Schema):
    """A body that is asked for: names that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class Find(Asked):
    """Whom, as of when, which tags."""

    identifier: Annotated[str, Field(max_length=300)]
    tags: Annotated[list[Text] | None, Field(max_length=500)] = None
    as_of: date | None = None


class Reveal(Asked):
    """Whose details in full, which, and why."""

    identifier: Annotated[str, Field(max_length=300)]
    fields: Annotated[list[Text], Field(min_length=1, max_length=20)]
    reason: Annotated[str, Field(max_length=200)]


class RuleAsked(Asked):
    """A rule."""

    rule: Rule


class CrowdAsked(Asked):
    """A crowd to be saved: its rule, its names and what it means; an empty name is taken from the other language.

    ``least_customers`` and ``most_customers`` bound the size that it should have; left out, they stay as they are.
    """

    rule: Rule
    zh: Annotated[str, Field(max_length=60)] = ""
    en: Annotated[str, Field(max_length=60)] = ""
    meaning_zh: Annotated[str, Field(max_length=300)] = ""
    meaning_en: Annotated[str, Field(max_length=300)] = ""
    least_customers: Annotated[int, Field(ge=0, lt=10**11)] | None = None
    most_customers: Annotated[int, Field(ge=0, lt=10**11)] | None = None


class TagValue(Schema):
    """One tag of one customer. Amounts are decimal text, days ISO 8601; null is unknown."""

    value: Any
    label: str
    masked: bool = False
    not_computed: bool = False
    confidence: float | None = None


class Standing(Schema):
    """That a customer is in a crowd, since which day and refresh."""

    crowd: str
    since_as_of: date
    since_run: str


class Redirect(Schema):
    """That an id became part of another, all of it or some accounts."""

    number: int
    old_id: str
    new_id: str
    kind: Literal["moved", "parted"]
    run_id: str
    day: date


class RedirectList(Schema):
    """One page of changes of ids."""

    redirects: list[Redirect]
    next: int | None


class Profile(Schema):
    """One customer as of a day."""

    customer_id: str
    former_id: str | None = None
    as_of: date
    run_id: str
    contacts: dict[str, str | None]
    crowds: list[Standing]
    left_out: list[str]
    tags: dict[str, TagValue]


class Tags(Schema):
    """The tags of one customer with what they mean."""

    customer_id: str
    as_of: date
    tags: list[dict[str, Any]]


class TagWhy(Schema):
    """One tag of one customer and the rule that gave it."""

    tag: str
    name: str
    value: Any
    label: str
    masked: bool
    stands_on: str
    rule: str


class WhyTold(TagWhy):
    """Why a customer has the value of a tag: its rule, its days, the rows behind it, what people said, and the tags
    that it was computed from."""

    customer_id: str
    as_of: date
    meaning: str
    version: int
    first_day: date | None
    last_day: date
    confidence: float | None
    evidence: list[dict[str, Any]]
    evidence_count: int
    given: list[str]
    inputs: list[TagWhy]


class Revealed(Schema):
    """Details in full."""

    customer_id: str
    fields: dict[str, Any]


class TagList(Schema):
    """Every tag with its meaning."""

    as_of: date | None
    tags: list[dict[str, Any]]


class Crowd(Schema):
    """One crowd: its rule as record, text and sentence."""

    key: str
    version: int
    name: str
    meaning: str
    owner: str
    least_customers: int | None = None
    most_customers: int | None = None
    rule: dict[str, Any]
    text: str
    sentence: str


class CrowdList(Schema):
    """Every crowd."""

    crowds: list[Crowd]


class Size(Schema):
    """An exact size beside everybody, with what the crowd is made of; counts of few people are hidden."""

    customers: int
    all_customers: int
    known: int
    share: float | None
    net_revenue_total: str | None
    revenue_share: float | None
    as_of: date
    is_few: bool
    composition: dict[str, list[dict[str, Any]]]


class CrowdVersion(Schema):
    """What a crowd said in one version, what that changed and who did it; ``unfit`` is why it cannot be counted now."""

    version: int
    is_latest: bool
    name: str
    rule: dict[str, Any]
    text: str
    sentence: str
    unfit: str | None
    is_by_hand: bool
    changed: list[dict[str, str]]
    acts: list[dict[str, Any]]


class VersionList(Schema):
    """Every version of a crowd, the newest first."""

    crowd: str
    version: int
    versions: list[CrowdVersion]


class SplitAsked(Schema):
    """Packs such as ``test=50,control=50``, the draw that decides, and the one pack that is meant; those kept with the
    crowd where none are named."""

    packs: Annotated[str, Field(max_length=2_000)] = ""
    seed: Annotated[str, Field(max_length=100)] = ""
    pack: Annotated[str, Field(max_length=100)] = ""


class PackList(Schema):
    """The packs of a split with their exact sizes and rules; amounts are decimal text."""

    crowd: str
    version: int
    seed: str
    packs: list[dict[str, Any]]


class Validated(Schema):
    """A rule that holds together, in every form that it has, with the tags in it that have no values yet."""

    rule: dict[str, Any]
    text: str
    sentence: str
    not_computed: list[str]


class Members(Schema):
    """One page of the customers of a crowd."""

    crowd: str
    version: int
    as_of: date
    export_id: str
    members: list[dict[str, Any]]
    next: str | None


class Membership(Schema):
    """Whether a customer is in a crowd, and which tests of its rule are true."""

    customer_id: str
    crowd: str
    version: int
    inside: bool
    tests: list[dict[str, Any]]
    as_of: date


class ProblemTold(Schema):
    """RFC 9457 problem details."""

    type: str
    status: int
    code: str
    detail: str
    at: str | None = None
