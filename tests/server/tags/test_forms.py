"""The forms of tags: every kind is read and written whole, and every mistake is told where it lies."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from huaxiang.model.condition_text import text_of
from huaxiang.model.rules import Layers
from huaxiang.model.tags import shipped_tags, tags_from
from huaxiang.server.tags.form import Among, Draft, as_text, draft_of, read
from huaxiang.server.tags.form_layout import kind_field, layout
from huaxiang.server.tags.rule_forms import FORMS, ROWS, fitted
from huaxiang.server.tags.rule_rows import acted, posted_rows
from huaxiang.server.tags.shelves import Shelves
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

NAMES = {
    "zh": "新的",
    "en": "New",
    "meaning_zh": "。",
    "meaning_en": ".",
    "element": "purchasing",
    "sensitivity": "open",
}
#: One form of every kind that is written by hand here, with the rule that it says.
WRITTEN: list[tuple[dict[str, str], dict[str, Any]]] = [
    (
        {"kind": "preference", "type": "list", "top": "3", "half_life_days": "45", "window_days": "180", "idf": "1",
         "parts.0.column": "sale_line.category", "parts.0.weight": "5", "parts.0.where": "is_counted = true",
         "parts.1.column": "", "parts.1.weight": "", "parts.1.where": "",
         "parts.2.column": "act.category", "parts.2.weight": "-0.5", "parts.2.where": ""},
        {"kind": "preference", "top": 3, "half_life_days": 45, "window_days": 180, "idf": True, "parts": [
            {"fact": "sale_line", "column": "category", "weight": 5, "where": "is_counted = true"},
            {"fact": "act", "column": "category", "weight": -0.5}]},
    ),
    (
        {"kind": "distribution", "type": "text", "fact": "act", "window_days": "90", "half_life_days": "30",
         "smooth": "0", "clear_share": "40", "unclear": "说不清", "bands.0.value": "白天", "bands.0.first_hour": "6",
         "bands.0.end_hour": "18", "bands.1.value": "夜里", "bands.1.first_hour": "18", "bands.1.end_hour": "6"},
        {"kind": "distribution", "fact": "act", "window_days": 90, "half_life_days": 30, "smooth": 0,
         "clear_share": 0.4, "unclear": "说不清",
         "bands": [{"value": "白天", "from": 6, "to": 18}, {"value": "夜里", "from": 18, "to": 6}]},
    ),
    (
        {"kind": "percentile", "type": "text", "of": "net_revenue_365d", "within": "city_tier",
         "steps.0.value": "前两成", "steps.0.from_place": "80%", "steps.1.value": "其余", "steps.1.from_place": "0"},
        {"kind": "percentile", "of": "net_revenue_365d", "within": "city_tier",
         "layers": [{"value": "前两成", "from": 0.8}, {"value": "其余", "from": 0}]},
    ),
    (
        {"kind": "formula", "type": "number", "formula": "（net_revenue_total - 1）/ greatest(orders_total, 2, 1.5)"},
        {"kind": "formula", "formula": {"divide": [
            {"subtract": ["net_revenue_total", 1]}, {"greatest": ["orders_total", 2, 1.5]}]}},
    ),
    (
        {"kind": "expression", "type": "text", "expression": "case when orders_365d > 3 then 'often' end"},
        {"kind": "expression", "expression": "case when orders_365d > 3 then 'often' end"},
    ),
    (
        {"kind": "golden", "type": "text", "column": "sale.channel", "policy": "oldest", "where": "is_purchase = true"},
        {"kind": "golden", "fact": "sale", "column": "channel", "policy": "oldest", "where": "is_purchase = true"},
    ),
    (
        {"kind": "layers", "type": "text", "needs": "orders_total", "layers.0.value": "常客",
         "layers.0.when": "orders_365d >= 4 or did sale in last 30 days count >= 2",
         "layers.1.value": "其余", "layers.1.when": "everyone"},
        {"kind": "layers", "needs": ["orders_total"], "layers": [
            {"value": "常客", "when": "orders_365d >= 4 or did sale in last 30 days count >= 2"},
            {"value": "其余", "when": "everyone"}]},
    ),
    ({"kind": "since", "type": "int", "of": "birth_date", "counted_in": "years"},
     {"kind": "since", "of": "birth_date", "unit": "years"}),
    ({"kind": "anniversary", "type": "int", "of": "birth_date"}, {"kind": "anniversary", "of": "birth_date"}),
    ({"kind": "lookup", "type": "text", "of": "city", "groups": "city_tiers", "otherwise": "other", "values":
      "tier_1 = 一线 | 1\nnew_tier_1 = 新一线 | new\ntier_2 = 二线 | 2"},
     {"kind": "lookup", "of": "city", "groups": "city_tiers", "otherwise": "other"}),
    ({"kind": "everyone", "type": "money", "divide": "net_revenue_365d", "divisor": "orders_365d"},
     {"kind": "everyone", "divide": "net_revenue_365d", "by": "orders_365d"}),
    ({"kind": "model", "type": "number", "output": "promotion_sensitivity.strength"},
     {"kind": "model", "analysis": "promotion_sensitivity", "column": "strength"}),
]  # fmt: skip


def form(**typed: str) -> dict[str, str]:
    """A form as it is posted."""
    return {**NAMES, **typed}


def read_form(typed: Mapping[str, str]) -> Any:
    """What a posted form says, among the shipped tags."""
    plain = {name: text for name, text in typed.items() if "." not in name}
    return read(Draft(plain | posted_rows(typed.items())), "new_tag", "zh", 1, Among(shipped_tags()))


def test_every_shipped_tag_opens_in_the_form_and_is_written_back_as_it_is() -> None:
    """No kind needs the text, and neither way loses anything."""
    for key, tag in shipped_tags().items():
        drafted = draft_of(tag)
        assert drafted.text is None, key
        for one in (drafted, as_text(tag)):
            found = read(one, key, "zh", tag.version)
            assert found.tag is not None, (key, found.problems)
            assert found.tag.model_copy(update={"status": tag.status, "owner": tag.owner}) == tag


def test_what_the_form_cannot_show_stays_text() -> None:
    """Steps of a formula that brackets of a text do not tell apart are shown as they are written, and kept."""
    nested = {"subtract": [{"subtract": ["orders_total", 1]}, 2]}
    body = {**NAMES, "type": "number", "rule": {"kind": "formula", "formula": nested}}
    tag = tags_from({"t": body})["t"]
    drafted = draft_of(tag)
    assert drafted.text is not None
    assert read(drafted, "t", "zh", 1).tag == tag.model_copy(update={"status": "draft"})


@pytest.mark.parametrize(("typed", "rule"), WRITTEN, ids=[typed["kind"] for typed, _ in WRITTEN])
def test_a_form_says_what_the_yaml_says(typed: dict[str, str], rule: dict[str, Any]) -> None:
    """Empty rows count for nothing, and a value without a name is called as it is written."""
    found = read_form(form(**typed))
    assert found.tag is not None, found.problems
    values = {code: labels.model_dump() for code, labels in found.tag.values.items()}
    body = {**NAMES, "type": typed["type"], "status": "draft", "values": values, "rule": rule}
    assert found.tag == tags_from({"new_tag": body})["new_tag"]
    if "layers" in rule:
        assert values[rule["layers"][0]["value"]] == dict.fromkeys(("zh", "en"), rule["layers"][0]["value"])


WRONG = [
    ({"kind": "preference", "type": "list", "parts.0.column": "act.category", "parts.0.weight": "1",
      "parts.1.column": "act.categry", "parts.1.weight": "1"}, "parts.1.column", "category"),
    ({"kind": "preference", "type": "list", "parts.0.column": "act.category", "parts.0.weight": "heavy"},
     "parts.0.weight", "heavy"),
    ({"kind": "preference", "type": "list", "parts.0.column": "act.category", "parts.0.weight": "1",
      "parts.1.column": "act.category", "parts.1.weight": "2", "parts.1.where": "event_nam = cart"},
     "parts.1.where", "event_name"),
    ({"kind": "preference", "type": "int", "parts.0.column": "act.category", "parts.0.weight": "1"}, "type", "list"),
    ({"kind": "preference", "type": "list"}, "parts", ""),
    ({"kind": "preference", "type": "list", "top": "99", "parts.0.column": "act.category", "parts.0.weight": "1"},
     "top", "20"),
    ({"kind": "preference", "type": "list", "half_life_days": "nan", "parts.0.column": "act.category",
      "parts.0.weight": "1"}, "half_life_days", ""),
    ({"kind": "distribution", "type": "int", "fact": "acts"}, "fact", "act"),
    ({"kind": "distribution", "type": "int", "fact": "act", "clear_share": "many"}, "clear_share", "many"),
    ({"kind": "distribution", "type": "text", "fact": "act", "unclear": "x", "bands.0.value": "a",
      "bands.0.first_hour": "30", "bands.0.end_hour": "6"}, "bands.0.first_hour", "23"),
    ({"kind": "formula", "type": "number", "formula": "orders_total / oders_total"}, "formula", "orders_total"),
    ({"kind": "formula", "type": "number", "formula": "round(orders_total)"}, "formula", "表达式"),
    ({"kind": "formula", "type": "number", "formula": "orders_total +"}, "formula", ""),
    ({"kind": "expression", "type": "number", "expression": "rond(orders_total)"}, "expression", "round"),
    ({"kind": "expression", "type": "number", "expression": "orders_total > 1"}, "type", "bool"),
    ({"kind": "expression", "type": "number", "expression": "case when"}, "expression", ""),
    ({"kind": "percentile", "type": "share", "of": "citty"}, "of", "city"),
    ({"kind": "percentile", "type": "share", "of": "city"}, "of", "text"),
    ({"kind": "percentile", "type": "text", "of": "orders_total", "steps.0.value": "a", "steps.0.from_place": "200"},
     "steps.0.from_place", ""),
    ({"kind": "layers", "type": "text", "layers.0.value": "a", "layers.0.when": "orders_total > 1",
      "layers.1.value": "b", "layers.1.when": "orders_totl > 1"}, "layers.1.when", "orders_total"),
    ({"kind": "layers", "type": "text", "layers.0.value": "a", "layers.0.when": "orders_total >"}, "layers.0.when", ""),
    ({"kind": "layers", "type": "text", "layers.0.value": "a", "layers.0.when": "crowd regulrs"}, "layers.0.when",
     "regulrs"),
    ({"kind": "layers", "type": "text", "layers.0.value": "a", "layers.0.when": "list fair"}, "layers.0.when",
     "list fair"),
    ({"kind": "layers", "type": "text", "layers.0.value": "a", "layers.0.when": "did sal"}, "layers.0.when", "sale"),
    ({"kind": "layers", "type": "text", "needs": "orders", "layers.0.value": "a", "layers.0.when": "everyone"},
     "needs", "orders_"),
    ({"kind": "since", "type": "int", "of": "new_tag"}, "of", "new_tag"),
    ({"kind": "lookup", "type": "text", "of": "city", "groups": "tiers"}, "groups", "tiers"),
    ({"kind": "everyone", "type": "number", "divide": "orders_total", "divisor": "oders_total"}, "divisor", "orders_"),
    ({"kind": "model", "type": "number", "output": "promotion_sensitivity.strenth"}, "output", "strength"),
    ({"kind": "model", "type": "number", "output": "nothing.strength"}, "output", ""),
    ({"kind": "model", "type": "text", "output": "promotion_sensitivity.strength"}, "type", "number"),
    ({"kind": "golden", "type": "text", "column": "sale.channel", "policy": "luckiest"}, "policy", "newest"),
    ({"kind": "golden", "type": "text", "column": "sale.channel", "first_day": "soon"}, "first_day", "soon"),
    ({"kind": "statistic", "type": "int", "column": "sale.", "measure": "count", "skip_days": "x"}, "skip_days", "x"),
    ({"kind": "guess", "type": "int"}, "kind", ""),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "place", "told"), WRONG)
def test_a_mistake_is_told_at_the_input_that_it_lies_in(typed: dict[str, str], place: str, told: str) -> None:
    """With what would do instead."""
    found = read_form(form(**typed))
    assert found.tag is None
    assert list(found.problems) == [place], found.problems
    assert told in found.problems[place]


def test_a_text_that_stops_making_sense_is_marked_there() -> None:
    """The character is the one that the message names."""
    for kind, text, rest in (
        ("expression", "case when orders_365d > 3 then 1 els 2 end", "els 2 end"),
        ("formula", "orders_total / (oders_total + 1)", "oders_total + 1)"),
    ):
        typed = form(kind=kind, type="number", **{kind: text})
        found = read_form(typed)
        shown = layout(Draft(typed), found.problems, "zh", shipped_tags(), found.marks)
        [mark] = [field.mark for field in shown.rule if field.name == kind]
        assert mark is not None
        assert (mark[0], "".join(mark[1:])) == (text.removesuffix(rest), rest)
        assert mark[1] == rest.split()[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_kind_has_words_choices_and_what_is_usual(lang: str) -> None:
    """Every input of every kind is worded, and what was typed for another kind is kept out of sight."""
    for kind in FORMS:
        typed = fitted(form(kind=kind, type="timestamp", top="7", formula="1 + 1"))
        shown = layout(Draft(typed), {}, lang, shipped_tags())
        inputs = (*shown.names, *shown.rule, *shown.rare, *shown.result, *shown.care)
        assert all(one.label for one in inputs)
        assert kind_field(Draft(typed), {}, lang).help
        assert not FORMS[kind].types or typed["type"] in FORMS[kind].types
        assert (("top", "7") in shown.kept) == (kind != "preference")
        assert bool(shown.rows_name) == bool(shown.rows)


def test_rows_are_moved_and_taken_away() -> None:
    """And an act on a row that is not there changes nothing."""
    typed = {f"layers.{number}.value": value for number, value in enumerate("abc")}

    def order(act: str) -> str:
        return "".join(text for name, text in sorted(acted(typed, act).items()))

    assert [order(act) for act in ("up.layers.1", "down.layers.0", "less.layers.1")] == ["bac", "bac", "ac"]
    for act in ("up.layers.0", "down.layers.2", "less.layers.9", "up.layers.-1", "up.parts.1", "", "up.layers.1.1"):
        assert acted(typed, act) == typed
    assert posted_rows([("layers.999999.value", "x"), ("layers.100.value", "x"), ("layers.x.value", "x")]) == {}


def boxes(*rows: str) -> dict[str, Any]:
    """Boxes as a page posts them, each written as ``number kind in`` and what stands in it: ``3 test 1 tag=city``."""
    typed: dict[str, Any] = {"box": []}
    for row in rows:
        number, kind, holder, *said = row.split(" ")
        typed["box"].append(number)
        typed |= {f"kind-{number}": kind, f"in-{number}": holder}
        typed |= {f"{name}-{number}": text for name, _, text in (one.partition("=") for one in said)}
    return typed


#: Two layers: of people who ordered lately or are in a segment, and of all others; the third is as it was made.
LAYERED = form(
    kind="layers", type="text",
    **{"layers.0.value": "热", "layers.0.box": "1", "layers.1.value": "其余", "layers.1.box": "7", "layers.2.box": "8"},
    **boxes("1 group 0 join=any", "2 test 1 tag=orders_total op=>= value=2", "3 crowd 1 key=first_order not=1",
            "4 did 1 how=did fact=sale during=last days=30", "7 group 0", "8 group 0", "9 test 8"),
)  # fmt: skip
WHEN = "orders_total >= 2 or not crowd first_order or did sale in last 30 days"


def test_conditions_of_layers_are_boxes(shop: Workspace, signed_in_client: Callable[..., Client]) -> None:
    """They are kept as the rule that they say, open as boxes again, turn into text and back; what is not filled in, and
    what a tag cannot ask, is told beside them."""
    client = signed_in_client("analyst")
    told = post(client, "/tags/preview/", LAYERED).content.decode()
    assert "的客户会有值" in told, told[:300]
    assert post(client, "/tags/new/", {**LAYERED, "act": "save"}).status_code == 302
    (draft,) = Shelves(shop).draft_tags.values()
    assert isinstance(draft.rule, Layers)
    assert [(one.value, text_of(one.when)) for one in draft.rule.layers] == [("热", WHEN), ("其余", "everyone")]
    opened = client.get(f"/tags/one/{draft.key}/edit/").content.decode()
    assert all(word in opened for word in ('value="热"', "没有条件", 'value="crowd"', 'name="layers.1.box"'))
    assert "rfm_class" not in opened
    assert 'value="add:list' not in opened
    as_text_now = post(client, "/tags/new/", {**LAYERED, "act": "text.layers.0"}, HX_Request="true").content.decode()
    assert html.escape(WHEN) in as_text_now
    typed = {**LAYERED, "layers.0.when": WHEN, "act": "boxes.layers.0"}
    del typed["layers.0.box"]
    again = post(client, "/tags/new/", typed, HX_Request="true").content.decode()
    assert 'name="layers.0.box"' in again
    more = post(client, "/tags/new/", {**LAYERED, "act": "add:sequence:8"}, HX_Request="true").content.decode()
    assert ("<html" in more, more.count('value="sequence"'), more.count('value="step"')) == (False, 1, 2)
    assert 'name="kind-9" value="sequence"' in more, "an empty test gives way"
    fitted = post(client, "/crowds/fit/2/", {**LAYERED, "of_layers": "1"}, HX_Request="true").content.decode()
    assert "orders_total" in fitted
    assert "rfm_class" not in fitted
    lacking = post(client, "/tags/new/", {**LAYERED, "act": "save", "fact-4": ""})
    assert lacking.status_code == 400
    assert 'id="problem-layers.0.when"' in lacking.content.decode()
    wrong = post(client, "/tags/preview/", {**LAYERED, "value-2": "two"}).content.decode()
    assert "two" in wrong
    hostile = {name: "'\"><script>" if "-" in name else text for name, text in LAYERED.items()}
    answer = post(client, "/tags/new/", {**hostile, "act": "save"})
    assert answer.status_code in (302, 400)
    assert "><script>" not in answer.content.decode()


#: Something hostile in every input there is.
HOSTILE = [
    "\x00",
    "9" * 400,
    "((((" * 200,
    "'\"><script>",
    "..",
    "-" * 3000 + "1",
    "１２",
    "not " * 500 + "a",
    "nan",
    "1e999",
]
EVERY = form(**{name: HOSTILE[3] for one in FORMS.values() for name in one.entries})


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_is_typed_breaks_a_form(text: str) -> None:
    """In every input of every kind: a sentence in both languages at one place, and the form shows it again."""
    rows = {f"{rows}.{row}.{name}": text for rows, (_, names) in ROWS.items() for row in (0, 99, 100) for name in names}
    typed = form(**dict.fromkeys(EVERY.keys() - NAMES.keys(), text), **rows, type="text")
    for kind in (*FORMS, text):
        found = read_form({**typed, "kind": kind})
        assert (found.tag is not None) == (kind == "given"), kind
        plain = posted_rows(rows.items())
        assert layout(Draft({**typed, "kind": kind, **plain}), found.problems, "en", shipped_tags(), found.marks).names


def post(client: Client, path: str, typed: Mapping[str, str], **headers: str) -> Any:
    """Post a form."""
    return client.post(path, typed, headers=headers)


def test_forms_are_tried_saved_and_never_break(
    shop: Workspace, signed_in_client: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kinds are tried on the shop; a mistake is a sentence beside its input; nothing that is posted is a crash."""
    client = signed_in_client("analyst")
    for typed, _ in (*WRITTEN[:4], WRITTEN[6]):
        answer = post(client, "/tags/preview/", form(**typed))
        assert answer.status_code == 200, typed["kind"]
        page = answer.content.decode()
        assert "的客户会有值" in page, (typed["kind"], page[:400])
        assert re.search(r'rule-words-other" lang="en">[^<]*[a-z]', page), "in English too"
    further = form(kind="statistic", type="money", column="sale.extra.没有", measure="sum")
    assert "extra.没有" in post(client, "/tags/preview/", further).content.decode(), "no row has it"
    whole = post(client, "/tags/new/", form(**WRITTEN[6][0], act="try")).content.decode()
    assert "<html" in whole, "without scripts"
    assert "100%的客户会有值（40 人）" in whole
    with monkeypatch.context() as few:
        few.setattr("huaxiang.server.tags.preview.MOST_TRIED", 20)
        drawn = post(client, "/tags/preview/", form(**WRITTEN[6][0])).content.decode()
    told = re.search(r"按随机抽出的 (\d+) 位客户估计", drawn)
    assert told
    assert 5 <= int(told[1]) < 40
    assert f"100%的客户会有值（{told[1]} 人）" in drawn
    part = post(client, "/tags/new/", form(**WRITTEN[0][0], act="down.parts.0"), HX_Request="true").content.decode()
    assert "<html" not in part
    assert part.index("-0.5") < part.index("is_counted = true")
    assert "分层" in post(client, "/tags/new/", form(kind="layers", act="kind")).content.decode()
    for typed, place, _ in WRONG[1:3]:
        answer = post(client, "/tags/new/", form(**typed, act="save"))
        assert answer.status_code == 400
        assert f'id="problem-{place}"' in answer.content.decode()
    assert not Shelves(shop).draft_tags
    every = {**EVERY, "type": "text", "kind": "layers", "act": "save", "layers.0.when": "'\"><script>"}
    answer = post(client, "/tags/new/", every)
    assert answer.status_code == 400
    assert "><script>" not in answer.content.decode()
    assert post(client, "/tags/new/", form(**WRITTEN[0][0], act="save")).status_code == 302
    assert list(Shelves(shop).draft_tags) == ["new"]
    assert signed_in_client("viewer").get("/tags/new/").status_code == 403
