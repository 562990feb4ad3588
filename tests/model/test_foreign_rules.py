"""Rules of other tools: what each part becomes, and that nothing is dropped without being named."""

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.model.foreign_documents import (
    EVENT,
    SESSION,
    Raw,
    all_of,
    audience,
    counting,
    dimension,
    event,
    exactly,
    group,
    happened,
    ordered,
    profile,
    related,
    simple,
    step,
)

from huaxiang.analyse.portrait import portrait_fields
from huaxiang.errors import HuaxiangError
from huaxiang.model.condition_text import text_of
from huaxiang.model.foreign.ga4 import ga4_audiences
from huaxiang.model.foreign.names import Names, known_names, names_from
from huaxiang.model.foreign.reading import foreign_crowds
from huaxiang.model.foreign.report import Translated
from huaxiang.model.foreign.sensors import sensors_groups
from huaxiang.model.segments import shipped_segments
from huaxiang.model.tags import shipped_tags
from huaxiang.model.vocabulary import Vocabulary

KNOWN = Vocabulary(portrait_fields(shipped_tags()), shipped_segments(), frozenset())
SENSORS, GA4 = known_names("sensors"), known_names("ga4")
#: Rules of 神策 that are said exactly, and what they become.
SAID_SENSORS: list[tuple[Raw, str]] = [
    (profile("user.$city", "equal", "上海市"), "city = 上海市"),
    (profile("user.$city", "notEqual", "上海市", "北京市"), "city not in (上海市, 北京市)"),
    (profile("user.gender", "equal", "女"), "gender = 女"),
    (profile("user.Age", "between", "20", "30"), "age_years between 20 and 30"),
    (profile("user.Age", "isSet"), "age_years is known"),
    (profile("user.$city", "notContain", "上"), "city does not contain 上"),
    (profile("user.Birthday", "absoluteBetween", "1990-1-1", "1990-12-31"),
     "birth_date between 1990-01-01 and 1990-12-31"),
    (profile("user.preferred_brands", "include", "甲"), "preferred_brands has any (甲)"),
    (profile("user.user_group_important_active", "isTrue"), "crowd important_active"),
    (profile("user.user_group_important_active", "isFalse"), "not crowd important_active"),
    (event("$AppStart"), "did act where (event_name = open)"),
    (event("$AppStart", isdone="0"), "not did act where (event_name = open)"),
    (event("$AppStart", "equal", 0, days="7 day"), "not did act where (event_name = open) in last 7 days"),
    (event("$AppStart", "least", 3, days="7 day"), "did act where (event_name = open) in last 7 days count >= 3"),
    (event("$AppStart", "between", "2", "5", days="-7 day,-2 day"),
     "did act where (event_name = open) in last 6 days skipping 1 count between 2 and 5"),
    (event("payOrder", time_function="absolute_time", time_params=["2026-03-01", "2026-3-31 23:59:59"]),
     "did act where (event_name = pay) from 2026-03-01 to 2026-03-31"),
    (event("$pageview", "greater", 60, measure={"aggregator": "sum", "field": "event.$pageview.$event_duration"}),
     "did act where (event_name = page) sum dwell_seconds > 60"),
    (event("ViewProduct", filters=[{"type": "filters_relation", "relation": "or", "subfilters": [
        {"type": "filter", "field": "event.ViewProduct.category", "function": "equal", "params": ["鞋"]},
        {"type": "filter", "field": "event.ViewProduct.$os", "function": "isSet", "params": []}]}]),
     "did act where (event_name = view and (category = 鞋 or platform is known))"),
    ({"type": "event_sequence_rule", "time_function": "relative_time", "time_params": ["30 day"],
      "steps": [{"event": "ViewProduct", "filters": []}, {"event": "payOrder"}]},
     "sequence (act where (event_name = view) then act where (event_name = pay)) in last 30 days"),
    (related("or", profile("user.$city", "isSet"), related("and", event("search"), event("share"))),
     "city is known or (did act where (event_name = search) and did act where (event_name = share))"),
]  # fmt: skip
#: Those that would mean others, or cannot be said: the code of the remark.
LEFT_SENSORS: list[tuple[Raw, str, str]] = [
    (profile("user.$city", "rlike", "上.*"), "refusal", "foreign.no_such_function"),
    (profile("user.star_sign", "isSet"), "refusal", "foreign.unknown_field"),
    (profile("user.$city", "less", 5), "refusal", "condition.operator_unfit"),
    (profile("user.$city", "relativeWithin", 3), "refusal", "foreign.no_days_tag"),
    (profile("user.$signup_time", "relativeWithin", 3), "change", "foreign.whole_days"),
    (event("LotteryDrawn"), "refusal", "foreign.unknown_event"),
    (event("$AppStart", "most", 3), "change", "foreign.only_doers"),
    (event("$AppStart", measure={"aggregator": "unique"}), "refusal", "foreign.no_such_function"),
    (event("$AppStart", days="-7 day,0 day"), "refusal", "foreign.no_such_window"),
    (event("$AppStart", days="2 week"), "refusal", "foreign.no_such_window"),
    (event("$AppStart", time_function="relative_every", time_params=["1 day"]), "refusal", "foreign.no_such_function"),
    (event("$AppStart", filters=[{"type": "filter", "field": "user.$city", "function": "isSet", "params": []}]),
     "refusal", "foreign.of_another_event"),
    (event("$AppStart", filters=[{"type": "filter", "field": "event.$AppStart.mood", "function": "isSet"}]),
     "refusal", "foreign.unknown_column"),
]  # fmt: skip
CASED = {"caseSensitive": True}
BETWEEN = {"fromValue": {"int64Value": "20"}, "toValue": {"doubleValue": 30.5}}
BOUGHT, VIEWED = happened("purchase"), happened("view_item")
#: Clauses of GA4 that are said exactly.
SAID_GA4: list[tuple[Raw, str]] = [
    (audience(simple(all_of([BOUGHT], [exactly("city", "上海市", cased=False)]))),
     "did act where (event_name = pay) and city = 上海市"),
    (audience(simple(all_of([exactly("userGender", "Female", cased=False)]))), "gender = female"),
    (audience(simple(all_of([{"notExpression": exactly("city", "X")}]))), "not city = X"),
    (audience(simple(all_of([dimension("city", stringFilter={"matchType": "ENDS_WITH", "value": "市", **CASED})]))),
     "city ends with 市"),
    (audience(simple(all_of([happened("add_to_cart", counting("GREATER_THAN", 2, inAnyNDayPeriod=7))]))),
     "did act where (event_name = cart) in last 7 days count > 2"),
    (audience(simple(all_of([happened("purchase", exactly("item_category", "鞋"))]), EVENT)),
     "did act where (event_name = pay and category = 鞋)"),
    (audience(simple(all_of([VIEWED, BOUGHT], [exactly("platform", "Web")], [exactly("city", "X")]), EVENT)),
     "city = X and did act where ((event_name = view or event_name = pay) and platform = Web)"),
    (audience(simple(all_of([VIEWED]), SESSION)), "did act where (event_name = view)"),
    (audience(simple(all_of([dimension("platform", inListFilter={"values": ["Web", "小程序"], **CASED})]))),
     "did act where (platform in (Web, 小程序))"),
    (audience(simple(all_of([dimension("pagePath", stringFilter={"matchType": "FULL_REGEXP", "value": "甲|乙"})]))),
     "did act where (page in (甲, 乙))"),
    (audience(simple(all_of([dimension("age_years", betweenFilter=BETWEEN)]))),
     "age_years between 20 and 30.5"),
    (audience(ordered(step(all_of([VIEWED])), step(all_of([BOUGHT]), constraintDuration="86400s"))),
     "sequence (act where (event_name = view) then within 24 hours act where (event_name = pay))"),
    (audience(ordered(step(all_of([VIEWED])), step(all_of([BOUGHT]), immediatelyFollows=True), kind="EXCLUDE",
                      sequenceMaximumDuration="7200s")),
     "not sequence (act where (event_name = view) then within 2 hours act where (event_name = pay) without act)"),
    (audience(simple(all_of([BOUGHT]), kind="EXCLUDE"), exclusionDurationMode="EXCLUDE_PERMANENTLY"),
     "not did act where (event_name = pay)"),
    ({"display_name": "x", "description": "y", "filter_clauses": [
        {"clause_type": "INCLUDE", "simple_filter": {"scope": EVENT, "filter_expression": {
            "event_filter": {"event_name": "purchase"}}}}]}, "did act where (event_name = pay)"),
]  # fmt: skip
_STATIC = {"atAnyPointInTime": True}
LEFT_GA4: list[tuple[Raw, str, str]] = [
    (audience(simple(all_of([exactly("pagePath", "Sale", cased=False)]))), "change", "foreign.case"),
    (audience(simple(all_of([BOUGHT])), membershipDurationDays=30), "change", "foreign.leaves_later"),
    (audience(simple(all_of([happened("purchase", counting("LESS_THAN", 3))]))), "change", "foreign.only_doers"),
    (audience(simple(all_of([happened("purchase", counting("EQUAL", 3, **_STATIC))]))), "change", "foreign.ever_met"),
    (audience(simple(all_of([happened("purchase", counting("GREATER_THAN", 3, inAnyNDayPeriod=7, **_STATIC))]))),
     "refusal", "foreign.any_period"),
    (audience(simple(all_of([dimension("city", stringFilter={"matchType": "PARTIAL_REGEXP", "value": "市"})]))),
     "refusal", "foreign.no_such_function"),
    (audience(simple(all_of([{"notExpression": exactly("platform", "Web")}]))), "refusal", "foreign.not_of_events"),
    (audience(simple(all_of([exactly("country", "中国")]))), "refusal", "foreign.unknown_field"),
    (audience(simple(all_of([VIEWED], [BOUGHT]), SESSION)), "refusal", "foreign.sessions"),
    (audience(simple(all_of([exactly("city", "X"), VIEWED], [BOUGHT]), EVENT)), "refusal", "foreign.mixed_scopes"),
    (audience(simple(all_of([happened("purchase", counting("GREATER_THAN", 1), exactly("item_category", "鞋"))]))),
     "note", "foreign.others_ignored"),
    (audience(ordered(*[step(all_of([VIEWED]))] * 3, sequenceMaximumDuration="60s")),
     "refusal", "foreign.whole_sequence"),
    (audience(ordered(step(all_of([VIEWED])), step(all_of([BOUGHT]), constraintDuration="90s"))),
     "change", "foreign.not_hours"),
    (audience(ordered(step(all_of([VIEWED])), step(all_of([BOUGHT])), scope=SESSION)), "refusal", "foreign.sessions"),
    (audience(simple(all_of([exactly("city", "X")]), kind="EXCLUDE"), exclusionDurationMode="EXCLUDE_PERMANENTLY"),
     "change", "foreign.excluded_for_good"),
    (audience(simple(all_of([BOUGHT])), eventTrigger={"eventName": "joined"}), "note", "foreign.not_carried"),
]  # fmt: skip


def of_sensors(rule: Raw, names: Names = SENSORS) -> Translated:
    """The one group of a document."""
    (found,) = sensors_groups(group(rule), names, KNOWN)
    return found


def of_ga4(document: Raw, names: Names = GA4) -> Translated:
    """The one audience of a document."""
    (found,) = ga4_audiences(document, names, KNOWN)
    return found


def exact(found: Translated) -> str:
    """The rule as text, which must be allowed as it is."""
    condition = found.allowed(approximate=False)
    assert condition is not None, [each.message.say("en") for each in found.findings]
    return text_of(condition)


@pytest.mark.parametrize(("rule", "text"), SAID_SENSORS, ids=[text for _, text in SAID_SENSORS])
def test_rules_of_sensors_are_said_exactly(rule: Raw, text: str) -> None:
    assert exact(of_sensors(rule)) == text


@pytest.mark.parametrize(("document", "text"), SAID_GA4, ids=[text for _, text in SAID_GA4])
def test_audiences_of_ga4_are_said_exactly(document: Raw, text: str) -> None:
    assert exact(of_ga4(document)) == text


@pytest.mark.parametrize(("rule", "weight", "code"), LEFT_SENSORS)
def test_what_sensors_means_otherwise_is_named(rule: Raw, weight: str, code: str) -> None:
    refused(of_sensors(rule), weight, code, group(rule))


@pytest.mark.parametrize(("document", "weight", "code"), LEFT_GA4)
def test_what_ga4_means_otherwise_is_named(document: Raw, weight: str, code: str) -> None:
    refused(of_ga4(document), weight, code, document)


def refused(found: Translated, weight: str, code: str, document: Raw) -> None:
    """The remark stands at a place of the document, in both languages, and the rule fares as its weight says."""
    mine = [each for each in found.findings if each.message.code == code]
    assert [each.weight for each in mine][:1] == [weight], [each.message.code for each in found.findings]
    assert mine[0].message.say("zh") != mine[0].message.say("en")
    assert all(stands_in(document, each.path) for each in found.findings)
    assert (found.allowed(approximate=False) is None) == (weight != "note")
    assert (found.allowed(approximate=True) is None) == (weight == "refusal")


def stands_in(document: Any, path: str) -> bool:
    """Whether the path leads somewhere; the last key may be missing."""
    *keys, last = [key.rstrip("]") for key in path.removeprefix("$").replace("[", ".").split(".") if key] or ["$"]
    for key in keys:
        document = document[int(key) if isinstance(document, list) else key]
    return isinstance(document, dict | list) and bool(last)


def test_refused_parts_are_all_listed_not_only_the_first() -> None:
    rule = related(
        "and", profile("user.star_sign", "isSet"), event("LotteryDrawn"), profile("user.$city", "rlike", "x")
    )
    found = [each.path for each in of_sensors(rule).findings if each.weight == "refusal"]
    assert found == [f"$.rule_content_list[0].rules[{place}].{end}" for place, end in
                     enumerate(["field", "measure.event_name", "function"])]  # fmt: skip


def test_a_mapping_file_wins_over_guesses() -> None:
    own = names_from({
        "fields": {"$city": "province", "star_sign": {"field": "member_level", "values": {"1": "金卡"}}},
        "events": {"PayOrder": {"fact": "sale", "where": "is_purchase = true", "columns": {"amount": "paid_amount"}},
                   "LotteryDrawn": "lottery"},
        "crowds": {"big_spenders": "important_active"},
    })  # fmt: skip
    names = SENSORS.under(own)
    paid = event("PayOrder", "least", "99.5", measure={"aggregator": "sum", "field": "event.PayOrder.amount"})
    rule = related("and", profile("user.$city", "isSet"), profile("user.star_sign", "equal", 1), paid,
                   event("LotteryDrawn"), profile("user.big_spenders", "isTrue"))  # fmt: skip
    assert exact(of_sensors(rule, names)) == (
        "province is known and member_level = 金卡 and did sale where (is_purchase = true) sum paid_amount >= 99.5"
        " and did act where (event_name = lottery) and crowd important_active"
    )
    with pytest.raises(HuaxiangError) as problem:
        names_from({"events": {"a": {"colums": {}}}})
    assert problem.value.code == "foreign.names_unfit"


def test_the_shorter_membership_is_applied_where_the_user_says_so() -> None:
    found = of_ga4(audience(simple(all_of([BOUGHT], [exactly("city", "X")])), membershipDurationDays=30))
    condition = found.allowed(approximate=True)
    assert condition is not None
    assert text_of(condition) == "did act where (event_name = pay) in last 30 days and city = X"


def test_files_tell_which_tool_wrote_them(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([group(event("search"))] * 2), "utf-8-sig")
    assert len(foreign_crowds(path, None, None, KNOWN)) == 2
    path.write_text(json.dumps({"audiences": [SAID_GA4[0][0]]}), "utf-8")
    assert [one.name for one in foreign_crowds(path, None, None, KNOWN)] == ["一群人"]
    for text, code in (
        ("{", "foreign.not_json"),
        ("[" * 100_000, "foreign.not_json"),
        ("{}", "foreign.unknown_format"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(HuaxiangError) as problem:
            foreign_crowds(path, None, None, KNOWN)
        assert problem.value.code == code


def test_a_malformed_document_is_refused_at_its_place() -> None:
    rule = related("and", profile("user.$city", "isSet"), {"type": "event_rule", "measure": 5})
    with pytest.raises(HuaxiangError) as problem:
        of_sensors(rule)
    assert problem.value.params["path"] == "$.rule_content_list[0].rules[1].measure"


def test_mangled_documents_are_read_or_refused_with_a_place() -> None:
    """Ten thousand broken copies: each is translated, or refused with its place; no other exception."""
    chance, codes = random.Random(4), set[str]()
    good = [(of_sensors, rule) for rule, _ in SAID_SENSORS] + [(of_ga4, document) for document, _ in SAID_GA4]
    for _ in range(10_000):
        read, document = chance.choice(good)
        broken = mangled(copy.deepcopy(document), chance)
        said = verdict(read, broken)
        codes |= {code for code, _ in said}
        assert all(path.startswith("$") for _, path in said)
    assert len(codes) > 20


def verdict(read: Callable[[Raw], Translated], document: Raw) -> list[tuple[str, str]]:
    """The codes and places of all remarks, or of the refusal; all of it can be said in both languages."""
    try:
        found = [(each.message, each.path) for each in read(document).findings]
    except HuaxiangError as problem:
        found = [(problem.message, problem.params["path"])]
    for message, _ in found:
        assert all(len(message.say(lang).encode()) < 3_000 for lang in ("zh", "en"))
    return [(message.code, path) for message, path in found]


ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    float("inf"),
    10**400,
    "",
    "x" * 5_000,
    "\ud800",
    "\x00",
    [],
    [[]],
    {},
    {"type": "x"},
]


def mangled(document: Any, chance: random.Random) -> Any:
    """The document with one to three places broken: a value replaced, a key taken away or called otherwise."""
    for _ in range(chance.randint(1, 3)):
        place = document
        while isinstance(place, dict | list) and place:
            key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
            if not isinstance(place[key], dict | list) or chance.random() < 0.2:
                break
            place = place[key]
        if not isinstance(place, dict | list) or not place:
            continue
        how = chance.random()
        if how < 0.2 and isinstance(place, dict):
            place[str(chance.choice(ODD))[:20]] = place.pop(key)
        elif how < 0.4:
            del place[key]
        else:
            place[key] = chance.choice(ODD)
    return document


def test_depth_is_bounded() -> None:
    rule: Raw = profile("user.$city", "isSet")
    for _ in range(300):
        rule = related("and", rule)
    with pytest.raises(HuaxiangError) as problem:
        of_sensors(rule)
    assert problem.value.code == "foreign.too_deep"
