"""The document: every number is a fact, every fact is right, nothing from the data runs, both languages are whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.present.conftest import NASTY

from huaxiang.analyse.document_facts import FactBook, State, document_facts
from huaxiang.model.segments import shipped_segments
from huaxiang.present.document.editions import Edition
from huaxiang.present.document.reading import FORMATS, read
from huaxiang.workspace import Workspace

#: Where digits may stand outside <data>: titles, headings, the appendix, and charts, which are compared with tables.
OPEN_TO_DIGITS = {"title", "style", "h1", "h2", "h3", "data"}
VOID = {"meta", "link", "br", "hr", "img", "input"}
#: Latin words that a Chinese reader of the document knows.
LATIN_IN_ZH = {"RFM", "NPS", "App", "SQL", "CNY", "Asia", "Shanghai", "openid", "unionid", "run", "edition"}


@dataclass
class Page(HTMLParser):
    """What stands where in a page: text with the elements around it, numbers with their targets, ids, figures."""

    pieces: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    attributes: list[tuple[str, str, str]] = field(default_factory=list)
    targets: list[tuple[str, str]] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        marks = dict(attrs)
        if tag not in VOID:
            self._path.append("appendix" if marks.get("id") == "appendix" else tag)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self._path.pop()

    def handle_data(self, data: str) -> None:
        self.pieces.append((tuple(self._path), data))

    def ids(self) -> list[str]:
        """Return every id, in order."""
        return [value for _, name, value in self.attributes if name == "id"]


def parsed(text: str) -> Page:
    """Return the page, read by a parser that knows nothing of how it was made."""
    page = Page()
    page.feed(text)
    page.close()
    return page


def outside(page: Page, *closed: str) -> Iterator[str]:
    """Yield the text that stands in none of these elements."""
    for path, text in page.pieces:
        if not set(path) & set(closed):
            yield text


@pytest.fixture(scope="session")
def book(made_edition: Edition) -> FactBook:
    """Return the facts of the first edition."""
    return made_edition.facts()


@pytest.fixture(scope="session", params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    """Return each language in turn."""
    return str(request.param)


@pytest.fixture(scope="session")
def page(made_edition: Edition, lang: str) -> Page:
    """Return the first edition in each language."""
    return parsed(made_edition.read(f"document.{lang}.html"))


def test_every_number_in_the_text_belongs_to_a_fact_or_a_definition(page: Page) -> None:
    bare = [text for text in outside(page, *OPEN_TO_DIGITS, "appendix", "svg") if re.search(r"\d", text)]
    assert bare == []


def test_every_linked_number_reads_as_its_row_of_the_appendix(made_edition: Edition, page: Page, lang: str) -> None:
    text = made_edition.read(f"document.{lang}.html")
    rows = dict(re.findall(r'<tr id="n(\d+)">.*?</th><td class="number">(.*?)</td>', text))
    numbers = re.findall(r'<data value="[^"]*" title="[^"]*"><a href="#n(\d+)">(.*?)</a></data>', text)
    assert len(numbers) > 200
    assert [(row, shown) for row, shown in numbers if rows[row] != shown] == []
    ids = page.ids()
    assert len(ids) == len(set(ids))
    links = {value for _, name, value in page.attributes if name == "href"}
    assert {link[1:] for link in links} <= set(ids)


def test_every_number_in_a_chart_is_in_the_table_below_it(made_edition: Edition, lang: str) -> None:
    figures = re.findall(r"<figure>.*?</figure>", made_edition.read(f"document.{lang}.html"), re.DOTALL)
    charts = [figure for figure in figures if "<svg" in figure]
    assert len(charts) > 10
    for figure in charts:
        drawing, table = figure.split("<details>")
        told = re.sub(r"<[^>]*>", "", table)
        for text in re.findall(r"<text[^>]*>([^<]*)</text>", drawing):
            for shown in text.split(" · "):
                assert not re.search(r"\d", shown) or shown.strip() in told, (shown, told)


def test_facts_agree_with_what_the_workspace_says_another_way(made_shop: Path, book: FactBook) -> None:
    shop = Workspace.open(made_shop)
    people = shop.profiles().to_pylist()
    value = {key: fact.value for key, fact in book.facts.items()}
    assert value["tidy.customers"] == len(people)
    assert value["value.buyers"] == sum(row["orders_total"] > 0 for row in people)
    assert value["value.repeat_buyers"] == sum(row["order_days_total"] > 1 for row in people)
    assert value["tag.gender.known"] == sum(row["gender"] is not None for row in people)
    assert value["tag.gender.value.male.customers"] == sum(row["gender"] == "male" for row in people)
    assert value["collect.rows_read"] == sum(row["rows_read"] for row in shop.imports().to_pylist())
    assert value["tidy.rows_waiting"] == shop.quarantine().num_rows == 1
    found = shop.analysis("rfm")
    for row in found.tables["classes"]:
        fact = book.facts[f"rfm.{row['rfm_class']}.customers"]
        assert fact.is_hidden or fact.value == row["customers"]
    for name, cut in found.figures.items():
        if name.startswith("cut_"):
            assert float(str(value[f"rfm.{name}"])) == pytest.approx(cut)
    for key in shipped_segments():
        fact = book.facts[f"crowd.{key}.customers"]
        members = shop.segment(key).num_rows
        assert fact.value == members or (fact.is_hidden and (members < 5 or len(people) - members < 5))


def test_guests_count_in_totals_only(made_shop: Path, book: FactBook) -> None:
    with Workspace.open(made_shop).reading() as engine:
        sales = [row for row in engine.arrow(engine.table("sale")).to_pylist() if row["is_counted"]]
        known = engine.arrow(engine.table("profile").net_revenue_365d.sum()).column(0)[0].as_py()
    guests = [row for row in sales if row["customer_id"] is None]
    assert book.facts["value.net_revenue_365d"].value == sum(row["net_revenue"] for row in sales)
    assert book.facts["value.customers_net_revenue_365d"].value == known
    assert book.facts["value.guest_orders_365d"].value == len(guests) == 15
    months = [fact.value for key, fact in book.facts.items() if re.fullmatch(r"month\..*\.orders", key)]
    assert sum(int(str(count)) for count in months) == len(sales)


def test_no_count_of_few_people_is_shown(book: FactBook) -> None:
    of_people = re.compile(r"^(tag\..*\.customers|tag\..*\.(known|unknown)|rfm\..*\.customers|crowd\..*\.customers)$")
    small = {
        key
        for key, fact in book.facts.items()
        if of_people.match(key) and isinstance(fact.value, int) and 0 < fact.value < 5
    }
    assert small == set()
    hidden = {key for key, fact in book.facts.items() if fact.is_hidden}
    for key in hidden:
        if key.endswith(".customers"):
            assert book.facts[key.removesuffix("customers") + "share"].value is None


def test_hidden_counts_cannot_be_computed_from_the_others(state: State) -> None:
    from dataclasses import replace

    facts = document_facts(replace(state, smallest_cell=12)).facts
    for tag in {key.split(".")[1] for key in facts if key.startswith("tag.")}:
        counts = [facts[key] for key in facts if re.match(rf"tag\.{tag}\.(value\..*\.customers|unknown)$", key)]
        assert sum(fact.is_hidden for fact in counts) != 1, tag


@pytest.mark.parametrize("kind", ["html", "md"])
def test_nothing_from_the_data_runs(made_edition: Edition, lang: str, kind: str) -> None:
    text = made_edition.read(f"document.{lang}.{kind}")
    body = re.sub(r"`+ .*? `+", "", text) if kind == "md" else text
    assert not re.search(r"(?<!\\)<(script|img|svg onload|b>的店)", body)
    assert kind == "html" or not re.search(r"(?<!\\)\]\(javascript", body)
    assert "alert" in body, "the corpus must reach the document, or this test proves nothing"
    if kind == "html":
        tags = parsed(text).attributes
        assert not [name for _, name, _ in tags if name.startswith("on") or name == "style"]
        assert not [value for _, name, value in tags if name in {"href", "src"} and not value.startswith("#")]


def test_categories_of_the_corpus_are_names_in_the_document(book: FactBook) -> None:
    names = {
        fact.label.zh
        for key, fact in book.facts.items()
        if key.startswith("tag.favourite_category.value.") and fact.label
    }
    assert names & {" ".join(text.split()) for text in NASTY}


def test_nothing_personal_is_in_the_document(made_edition: Edition) -> None:
    for name in made_edition.files:
        text = made_edition.read(name)
        assert not re.search(r"138\d{8}|客\d+\b|M00\d\d", text), name


def test_chinese_has_no_foreign_words(made_edition: Edition) -> None:
    chinese = parsed(made_edition.read("document.zh.html"))
    names = " ".join((*NASTY, "img src x onerror alert"))
    words = {
        word
        for text in outside(chinese, "appendix", "style", "title", "h1")
        for word in re.findall(r"(?<![0-9A-Za-z])[A-Za-z]{2,}(?![0-9A-Za-z])", text)
        if word not in names
    }
    assert words <= LATIN_IN_ZH


def test_english_is_whole(made_edition: Edition) -> None:
    english = parsed(made_edition.read("document.en.html"))
    said = outside(english, "data", "svg", "appendix", "style", "title", "h1")
    assert [text for text in said if re.search(r"[\u4e00-\u9fff]", text)] == []


def test_both_languages_say_the_same_numbers(made_edition: Edition) -> None:
    texts = [made_edition.read(f"document.{lang}.html") for lang in ("zh", "en")]
    linked = [sorted(re.findall(r'<a href="#(n\d+)"', text)) for text in texts]
    assert linked[0] == linked[1]


def test_markdown_numbers_lead_to_their_query(made_edition: Edition, lang: str) -> None:
    text = made_edition.read(f"document.{lang}.md")
    asked, answered = (
        set(re.findall(r"\[\^(q\d+)\](?!:)", text)),
        set(re.findall(r"^\[\^(q\d+)\]: ", text, re.MULTILINE)),
    )
    assert asked <= answered
    assert len(asked) > 20
    sections = len(re.findall(r"<section ", made_edition.read(f"document.{lang}.html")))
    assert text.count("\n## ") == sections


def test_every_kind_of_fact_reads_in_both_languages(book: FactBook) -> None:
    assert {fact.kind for fact in book.facts.values()} == FORMATS.keys()
    for fact in book.facts.values():
        assert read(fact, "zh", "CNY")
        assert fact.query in book.queries
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"“.*”", "", fact.meaning.en)), fact.key
