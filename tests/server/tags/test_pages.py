"""The catalogue, one tag, and giving: what is shown to whom, in both languages, whatever the names are."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.server.crowds.shop import ATTACK, CITIES, member

from huaxiang.analyse.order import needed_by
from huaxiang.ledger import Ledger
from huaxiang.maintain.definitions import body_of
from huaxiang.model.tags import tags_from
from huaxiang.server.tags.shelves import Shelves
from huaxiang.words import say
from huaxiang.workspace import Workspace

if TYPE_CHECKING:
    from django.test import Client

Browser = Callable[..., "Client"]
PEOPLE = [member(number) for number in range(1, 41)]
PAGES = ("/tags/", "/tags/?q=vip", "/tags/one/vip/", "/tags/one/gender/", "/tags/one/lifecycle/", "/tags/one/trail/")


def text_of(page: str) -> str:
    """The text of a page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL))


def page_of(client: Client, path: str, lang: str = "zh") -> str:
    """A page that is there, in a language."""
    answer = client.get(path, headers={"Accept-Language": "en" if lang == "en" else "zh-CN"})
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_opens_for_every_role_and_no_name_becomes_markup(
    lang: str, shop: Workspace, signed_in_client: Browser
) -> None:
    """A hostile name, meaning, value, and reason are text wherever they stand."""
    customer = shop.customer_id_of("M0001")
    for role in ("viewer", "analyst", "admin"):
        client = signed_in_client(role, f"one-{role}-{lang}")
        for path in (*PAGES, f"/tags/customers/{customer}/", "/tags/crowds/important_active/"):
            page = page_of(client, path, lang)
            assert ATTACK not in page, (role, path)
            assert "window.__xss" not in text_of(page) or "&lt;img" in page


def test_the_list_stands_in_folders_with_counts_and_is_searched_and_filtered(
    shop: Workspace, signed_in_client: Browser
) -> None:
    """By meaning, folder, status, coverage and owner; what is in no choice asks for nothing."""
    client = signed_in_client("viewer")
    shown = [tag for tag in shop.definitions.catalogue.values() if not tag.helper]
    listed = page_of(client, "/tags/")
    assert f"找到 {len(shown)} 个标签" in text_of(listed)
    goods = [tag for tag in shown if tag.folder == ("goods", "purchasing")]
    inside = page_of(client, "/tags/?folder=goods/purchasing")
    assert set(re.findall(r'/tags/one/([a-z0-9_]+)/"', inside)) == {tag.key for tag in goods}
    assert re.findall(r'/tags/one/([a-z0-9_]+)/"', page_of(client, "/tags/?q=xingbie"))[0] == "gender"
    assert "没有这样的标签" in page_of(client, "/tags/?q=区块链挖矿")
    own = page_of(client, "/tags/?owner=the-analyst")
    assert set(re.findall(r'/tags/one/([a-z0-9_]+)/"', own)) == {"vip", "trail"}
    assert f"找到 {len(shown)} 个标签" in text_of(page_of(client, "/tags/?status=gone&folder=x&coverage=y"))
    none = page_of(client, "/tags/?coverage=none&owner=huaxiang")
    assert "/tags/one/gender/" in none
    assert "/tags/one/city/" not in none


def test_a_part_is_answered_where_a_part_is_asked_for(shop: Workspace, signed_in_client: Browser) -> None:
    """The list while somebody types."""
    part = signed_in_client("viewer").get("/tags/?q=city", headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div")
    assert "<html" not in part


def test_one_tag_shows_what_python_counts(shop: Workspace, signed_in_client: Browser) -> None:
    """Distribution with few people kept back, coverage, lineage both ways."""
    page = text_of(page_of(signed_in_client("viewer"), "/tags/one/city/"))
    for city in CITIES:
        count = sum(one["city"] == city for one in PEOPLE)
        assert f"{city} {count} · " in page
    assert "100%的客户有值" in page
    assert say("tag.health.no_values", "zh") in text_of(page_of(signed_in_client("viewer", "v2"), "/tags/one/gender/"))
    lifecycle = page_of(signed_in_client("viewer", "v3"), "/tags/one/lifecycle/")
    assert "/tags/one/order_days_total/" in lifecycle
    assert "/crowds/saved/" in lifecycle
    level = text_of(page_of(signed_in_client("viewer", "v4"), "/tags/one/vip/"))
    assert "少于 5 人" in level


def test_a_visitor_of_one_store_sees_its_customers_only(shop: Workspace, signed_in_client: Browser) -> None:
    """Counts are those of the store, and a customer of another store is not found."""
    client = signed_in_client("analyst", "of-one-store", stores=["S1"])
    theirs = [one for one in PEOPLE if one["orders"] and one["store"] == "S1"]
    page = text_of(page_of(client, "/tags/one/city/"))
    city = CITIES[0]
    assert f"{city} {sum(one['city'] == city for one in theirs)} · " in page
    other = next(one for one in PEOPLE if one["orders"] and one["store"] == "S2")
    customer = shop.customer_id_of(other["member_no"])
    assert client.get(f"/tags/customers/{customer}/").status_code == 404
    give = {"tag": "vip", "value": "gold", "why": "x"}
    assert client.post(f"/tags/customers/{customer}/give/", give).status_code == 404
    entry = shop.gifts()[0].seq
    assert client.post(f"/tags/given/{entry}/take/", {"why": "x"}).status_code == 403
    client.post("/tags/crowds/first_order/give/", give)
    assert client.post("/tags/crowds/important_active/give/", {**give, "value": "??"}).status_code == 400


def test_giving_and_taking_are_written_down_and_refused_to_viewers(shop: Workspace, signed_in_client: Browser) -> None:
    """From the customer's page and the crowd's, by names of values too."""
    customer = shop.customer_id_of("M0005")
    give = {"tag": "vip", "value": "银", "why": "电话 13600000005", "until": "2026-12-31"}
    viewer, analyst = signed_in_client("viewer"), signed_in_client("analyst")
    assert viewer.post(f"/tags/customers/{customer}/give/", give).status_code == 403
    assert analyst.post(f"/tags/customers/{customer}/give/", give).status_code == 302
    gift = shop.gifts()[-1]
    assert (gift.tag, gift.value, gift.why, gift.actor) == ("vip", "silver", "电话 136****0005", "the-analyst")
    assert analyst.post(f"/tags/customers/{customer}/give/", {**give, "until": "soon"}).status_code == 400
    assert analyst.post(f"/tags/customers/{customer}/give/", {**give, "tag": "orders_total"}).status_code == 400
    assert analyst.post(f"/tags/given/{gift.seq}/take/", {"why": "错了", "customer": customer}).status_code == 302
    assert shop.gifts()[-1].taken_by is not None
    crowd = "net_revenue_total"
    assert crowd in shop.definitions.tags
    answer = analyst.post("/tags/crowds/important_active/give/", {**give, "until": ""})
    members = shop.segment("important_active").num_rows
    assert answer.status_code == (302 if members else 400)
    shown = text_of(page_of(analyst, f"/tags/customers/{shop.customer_id_of('M0001')}/"))
    assert "the-analyst 手工定为“金" in shown


def test_the_given_value_answers_why_on_the_customers_page(shop: Workspace, signed_in_client: Browser) -> None:
    """With who, when and why."""
    customer = shop.customer_id_of("M0001")
    page = page_of(signed_in_client("viewer"), f"/customers/{customer}/why/?tag=vip")
    assert "the-analyst 手工定为“金" in text_of(page)
    assert ATTACK not in page


def test_what_is_unwell_is_told_loudly_on_list_page_and_overview(shop: Workspace, signed_in_client: Browser) -> None:
    """A tag outside of the coverage that it should have."""
    client = signed_in_client("viewer")
    assert client.get("/tags/unwell/").content == b"\n" or b"<section" not in client.get("/tags/unwell/").content
    city = shop.definitions.catalogue["city"].model_copy(update={"allowed_coverage": (0.0, 0.2), "version": 2})
    Shelves(shop).published.put("city", body_of(city))
    told = say("tag.health.coverage", "zh", coverage=1.0, least=0.0, most=0.2)
    for path in ("/tags/", "/tags/?health=act", "/tags/one/city/", "/tags/unwell/"):
        assert told in text_of(page_of(client, path)), path
    assert "1 个标签需要处理" in page_of(client, "/tags/unwell/")
    assert 'hx-get="/tags/unwell/"' in page_of(client, "/")


def draft(client: Client, path: str = "/tags/new/", **fields: Any) -> Any:
    """Post the form of a tag."""
    plain = {"act": "save", "zh": "大单", "en": "Big order", "meaning_zh": "最大的一单。", "meaning_en": "Largest.",
             "element": "purchasing", "type": "money", "sensitivity": "open", "refresh": "daily", "kind": "statistic",
             "column": "sale.net_revenue", "measure": "greatest"}  # fmt: skip
    return client.post(path, {**plain, **fields})


def test_a_draft_is_tried_kept_published_changed_rolled_back_and_retired(
    shop: Workspace, signed_in_client: Browser
) -> None:
    """Each step is a version with its writer, and no refresh looks at a draft."""
    client = signed_in_client("analyst")
    tried = client.post("/tags/preview/", {"zh": "大单", "en": "Big", "meaning_zh": "。", "meaning_en": ".",
                                           "element": "purchasing", "type": "money", "kind": "statistic",
                                           "column": "sale.net_revenue", "measure": "greatest"})  # fmt: skip
    buyers = sum(bool(one["orders"]) for one in PEOPLE)
    assert f"的客户会有值（{buyers} 人）" in text_of(tried.content.decode())
    assert text_of(tried.content.decode()).count("依据") == 3
    assert draft(client).headers["Location"] == "/tags/one/big_order/"
    assert "big_order" not in Workspace.open(shop.folder).definitions.catalogue
    assert signed_in_client("viewer").get("/tags/one/big_order/").status_code == 404
    assert client.post("/tags/one/big_order/act/", {"act": "publish"}).status_code == 302
    published = Workspace.open(shop.folder).definitions.catalogue["big_order"]
    assert (published.status, published.version, published.owner) == ("published", 1, "the-analyst")
    assert draft(client, "/tags/one/big_order/edit/", measure="average", version="").status_code == 302
    assert Workspace.open(shop.folder).definitions.catalogue["big_order"].version == 1
    client.post("/tags/one/big_order/act/", {"act": "publish"})
    page = page_of(client, "/tags/one/big_order/")
    assert re.search(r'class="plus">\s*measure: average', page)
    assert re.search(r'class="minus">\s*measure: greatest', page)
    assert client.post("/tags/one/big_order/versions/1/").status_code == 302
    client.post("/tags/one/big_order/act/", {"act": "publish"})
    back = Workspace.open(shop.folder).definitions.catalogue["big_order"]
    assert (back.version, body_of(back)["rule"]["measure"]) == (3, "greatest")
    assert client.post("/tags/one/big_order/act/", {"act": "retire"}).status_code == 302
    gone = Workspace.open(shop.folder).definitions
    assert gone.catalogue["big_order"].status == "retired"
    assert "big_order" not in gone.tags
    with Ledger.open(shop.ledger_path) as ledger:
        told = [entry.body["change"] for entry in ledger.entries("definition.saved", definition_id="tag/big_order")]
    assert told == ["drafted", "published", "drafted", "published", "drafted", "published", "retired"]


def test_a_sensitive_tag_is_published_by_a_second_person(shop: Workspace, signed_in_client: Browser) -> None:
    """Nobody approves their own word, and a draft that was changed after it was proposed must be proposed again."""
    writer, boss = signed_in_client("analyst"), signed_in_client("admin")
    secret = {"sensitivity": "sensitive", "en": "Secret", "zh": "秘密"}
    assert draft(writer, **secret).status_code == 302
    path = "/tags/one/secret/act/"
    assert writer.post(path, {"act": "publish"}).status_code == 403
    assert boss.post(path, {"act": "approve"}).status_code == 400
    assert writer.post(path, {"act": "propose", "why": " "}).status_code == 400
    assert writer.post(path, {"act": "propose", "why": "生日关怀要用"}).status_code == 302
    assert writer.post(path, {"act": "approve"}).status_code == 403
    assert draft(writer, "/tags/one/secret/edit/", **secret, measure="average", version="1").status_code == 302
    assert boss.post(path, {"act": "approve"}).status_code == 400
    writer.post(path, {"act": "propose", "why": "改过了"})
    assert boss.post(path, {"act": "refuse", "why": "请写明用途"}).status_code == 302
    assert boss.post(path, {"act": "approve"}).status_code == 400
    writer.post(path, {"act": "propose", "why": "再看"})
    assert boss.post(path, {"act": "approve"}).status_code == 302
    assert Workspace.open(shop.folder).definitions.catalogue["secret"].status == "published"


def test_an_administrator_does_not_approve_what_they_wrote(shop: Workspace, signed_in_client: Browser) -> None:
    """Not even with every permission."""
    boss = signed_in_client("admin")
    draft(boss, sensitivity="sensitive", en="Secret", zh="秘密")
    boss.post("/tags/one/secret/act/", {"act": "propose", "why": "要用"})
    assert boss.post("/tags/one/secret/act/", {"act": "approve"}).status_code == 403
    other = signed_in_client("admin", "another-admin")
    assert other.post("/tags/one/secret/act/", {"act": "approve"}).status_code == 302


def test_who_may_change_what(shop: Workspace, signed_in_client: Browser) -> None:
    """Their own tags, for administrators every one; shipped tags are overridden by administrators only."""
    stranger, boss = signed_in_client("analyst", "a-stranger"), signed_in_client("admin")
    assert stranger.post("/tags/one/vip/act/", {"act": "retire"}).status_code == 403
    assert stranger.post("/tags/one/city/act/", {"act": "retire"}).status_code == 403
    assert stranger.post("/tags/one/trail/act/", {"act": "permit", "why": "送货"}).status_code == 403
    assert boss.post("/tags/one/trail/act/", {"act": "permit", "why": "送货"}).status_code == 302
    assert "trail" in Workspace.open(shop.folder).definitions.tags
    assert boss.post("/tags/one/trail/act/", {"act": "forbid", "why": "不用了"}).status_code == 302
    assert "trail" not in Workspace.open(shop.folder).definitions.tags
    # A copy of a shipped tag is a tag of its own.
    copied = draft(stranger, "/tags/one/city/edit/", en="My city", zh="我的城市")
    assert copied.headers["Location"] == "/tags/one/my_city/"


def test_a_tag_that_others_need_is_not_retired(shop: Workspace, signed_in_client: Browser) -> None:
    """The refusal names who needs it: a tag, or a crowd."""
    (shop.folder / "definitions" / "segments").mkdir(exist_ok=True)
    needed = {need for tag in shop.definitions.tags.values() for need in needed_by(tag.rule)}
    free = next(key for key, tag in shop.definitions.tags.items() if tag.rule.kind == "golden" and key not in needed)
    body = f"crowd_of_it: {{zh: 用它的人, en: Users, meaning_zh: 。, meaning_en: ., condition: {free} is known}}\n"
    (shop.folder / "definitions" / "segments" / "crowd_of_it.yaml").write_text(body, encoding="utf-8")
    client = signed_in_client("admin")
    for key, told in (("orders_total", "不能用于已发布的标签"), (free, "用它的人")):
        answer = client.post(f"/tags/one/{key}/act/", {"act": "retire"})
        assert answer.status_code == 400
        assert told in text_of(answer.content.decode())
        assert Workspace.open(shop.folder).definitions.catalogue[key].status == "published"


def test_two_who_edit_at_once_do_not_lose_each_others_work(shop: Workspace, signed_in_client: Browser) -> None:
    """The second one is told, and what they typed stays in the form."""
    client = signed_in_client("analyst")
    draft(client)
    first = draft(client, "/tags/one/big_order/edit/", measure="average", version="1")
    second = draft(client, "/tags/one/big_order/edit/", measure="least", version="1")
    assert (first.status_code, second.status_code) == (302, 400)
    assert "又被改过" in second.content.decode()
    assert '<option value="least" selected>' in second.content.decode()
    assert body_of(Shelves(Workspace.open(shop.folder)).draft_tags["big_order"])["rule"]["measure"] == "average"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"where": "is_purchase = = 1"}, "problem-where"),
        ({"window_days": "soon"}, "problem-window_days"),
        ({"type": "txt"}, "problem-type"),
        ({"element": "soul"}, "problem-element"),
        ({"expires_on": "soon"}, "problem-expires_on"),
        ({"stated_twin": "No Such"}, "problem-stated_twin"),
    ],
)
def test_a_mistake_is_told_where_it_lies(
    fields: dict[str, str], place: str, shop: Workspace, signed_in_client: Browser
) -> None:
    """Beside the field; nothing is kept."""
    answer = draft(signed_in_client("analyst"), **fields)
    assert answer.status_code == 400
    assert f'id="{place}"' in answer.content.decode()
    assert not Shelves(shop).draft_tags


@pytest.mark.parametrize(
    "text",
    ["", "[", "5", "- a\n- b", "zh: !!python/object/apply:os.system [ls]", "a: &a [*a]", "rule: {kind: guess}", "\x00",
     "zh: x\nrule: " + "{all: [" * 60 + "]}" * 60],
)  # fmt: skip
def test_text_that_is_no_definition_is_refused_in_words(text: str, shop: Workspace, signed_in_client: Browser) -> None:
    """Never a stack trace; a text that would run something is only text."""
    answer = signed_in_client("analyst").post("/tags/new/", {"act": "save", "mode": "text", "text": text})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()


def test_hostile_names_from_the_corpora_stay_text(
    shared_data: Path, shop: Workspace, signed_in_client: Browser
) -> None:
    """Naughty strings and scripts as names, meanings, values and labels of tags on every page of theirs."""
    corpora = shared_data / "corpora"
    found = [path for path in sorted(corpora.rglob("*")) if path.is_file() and re.search("blns|xss", str(path).lower())]
    lines = {line for path in found for line in path.read_text(encoding="utf-8", errors="replace").splitlines()}
    names = [line[:60] for line in sorted(lines) if line.strip() and line.isprintable() and not line.startswith("#")]
    assert len(names) > 100
    folder = shop.folder / "definitions" / "tags"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    plain = {"element": "basic", "type": "text", "rule": {"kind": "given"}}
    for number, name in enumerate(names[:: max(1, len(names) // 150)]):
        label = {"zh": name, "en": name}
        body = {**plain, **label, "meaning_zh": name, "meaning_en": name, "values": {"v": label}, "synonyms": [name]}
        one = tags_from({f"t{number}": body})[f"t{number}"]
        Shelves(shop).published.put(one.key, body_of(one))
    client = signed_in_client("analyst")
    page = page_of(client, "/tags/?folder=person/basic")
    shown = page.split('class="tag-lines"')[1]
    assert not re.search(
        r"<(script|img|svg onload|iframe|body|input on)", shown.replace("<svg viewBox", ""), re.IGNORECASE
    )
    for number in range(0, 150, 15):
        one_page = page_of(client, f"/tags/one/t{number}/").split("<main")[1]
        assert not re.search(r"<(iframe|img|body on|marquee)", one_page, re.IGNORECASE)
