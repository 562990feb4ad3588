"""How the form of a tag is laid out: its inputs in order, those of the kind of rule that is chosen, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from huaxiang.model.extra_columns import ExtraKnown
from huaxiang.model.tags import Tags
from huaxiang.server.tags.form import Draft
from huaxiang.server.tags.form_choices import Grouped, Offer
from huaxiang.server.tags.hints import Hints, hints_for
from huaxiang.server.tags.layer_boxes import LayerForm
from huaxiang.server.tags.rule_forms import FORMS, ROWS, RuleForm
from huaxiang.server.tags.rule_rows import MOST_ROWS, row_name, rows_in
from huaxiang.words import knows, say


@dataclass(frozen=True)
class FormField:
    """One input as it is shown: ``shape`` is ``line``, ``date``, ``lines``, ``text``, ``tick`` or ``choice``. ``mark``
    is what was read of a text that stops making sense, the word where it does, and the rest. A choice that ``refits``
    changes what else is asked."""

    name: str
    label: str
    help: str
    value: str
    problem: str
    shape: str
    options: Grouped
    most: int
    mark: tuple[str, str, str] | None = None
    refits: bool = False


@dataclass(frozen=True)
class FormRow:
    """One row of inputs, with its place from 0; ``count`` are filled in, ``last`` is the last one shown. A layer whose
    condition stands in boxes has these, and what is wrong with it as a whole."""

    rows: str
    number: int
    count: int
    last: int
    fields: tuple[FormField, ...]
    layer: LayerForm | None = None
    problem: str = ""

    @property
    def key(self) -> str:
        """What an act on this row is called after the kind of act."""
        return f"{self.rows}.{self.number}"

    @property
    def is_spare(self) -> bool:
        """Whether nothing stands in it yet."""
        return self.number >= self.count


@dataclass(frozen=True)
class Layout:
    """The form: inputs by section, the rows of the rule under their name, and the names that its texts may use."""

    names: tuple[FormField, ...]
    rule: tuple[FormField, ...]
    rare: tuple[FormField, ...]
    rows_name: str
    rows_problem: str
    rows: tuple[FormRow, ...]
    result: tuple[FormField, ...]
    care: tuple[FormField, ...]
    hints: Hints
    kept: tuple[tuple[str, str], ...]

    @property
    def rare_is_open(self) -> bool:
        """Whether any of the rare inputs says something unusual, or something wrong."""
        return any(one.problem or (one.value and one.value != _USUAL.get(one.name)) for one in self.rare)


def layout(
    draft: Draft,
    problems: Mapping[str, str],
    lang: str,
    tags: Tags,
    marks: Mapping[str, int] | None = None,
    spare: int = 1,
    layers: Mapping[int, LayerForm] | None = None,
    extras: ExtraKnown | None = None,
) -> Layout:
    """The form with what was typed; ``tags`` are those that it may name, ``spare`` the empty rows at the end, and
    ``layers`` the boxes of rows that have them; ``extras`` says which further columns there are to choose from."""
    form = FORMS.get(draft.said("kind"), RuleForm())
    fact, analysis = (draft.said(name).partition(".")[0] for name in ("column", "output"))
    offer = Offer(draft.said("kind"), lang, tags, fact, analysis, extras)
    show = _Shown(draft, problems, marks or {}, offer, lang, layers or {})
    shown = {*_NAMES, *_CARE, *_RESULT, "kind", "needs_purpose", "helper", *form.entries}
    return Layout(
        names=show.all(_NAMES),
        rule=show.all(form.plain),
        rare=show.all(form.rare),
        rows_name=form.rows,
        rows_problem=problems.get(form.rows, "") if form.rows else "",
        rows=show.rows(form.rows, spare) if form.rows else (),
        result=show.all(_RESULT),
        care=show.all(_CARE),
        hints=hints_for(draft, tags, lang),
        # What was typed for another kind of rule comes back when that is chosen again.
        kept=tuple(
            (name, text) for name, text in draft.typed.items() if text and not _is_shown(name, shown, form.rows)
        ),
    )


def rows_shown(draft: Draft, spare: int) -> int:
    """How many rows the form of the rule shows: those filled in and ``spare`` more, but not too few; 0 without rows."""
    form = FORMS.get(draft.said("kind"), RuleForm())
    count = len(rows_in(draft.typed, form.rows)) if form.rows else 0
    return min(max(count + spare, _FEWEST[form.rows]), MOST_ROWS) if form.rows else 0


def kind_field(draft: Draft, problems: Mapping[str, str], lang: str) -> FormField:
    """The choice of the kind of rule."""
    kind = draft.said("kind")
    told = say(f"tags.kind.{kind}.help", lang) if kind in FORMS else ""
    options = Offer(kind, lang, {}).kinds()
    return FormField(
        "kind", say("tags.form.kind", lang), told, kind, problems.get("kind", ""), "choice", options, 30, None, True
    )


def told(place: str, message: str, draft: Draft, lang: str) -> tuple[str, str, str]:
    """A mistake as a list beside the form tells it: the input that it lies in, what that is called, what is wrong."""
    entry = place.rpartition(".")[2]
    if not entry or entry == "text":
        return place, "", message
    words = f"tags.rows.{entry}" if entry in ROWS else f"tags.form.{_words(entry, draft.said('kind'))}"
    label = say(words, lang)
    number = place.split(".")[1] if place.count(".") == 2 else ""
    return place, say("tags.form.in_row", lang, label=label, number=int(number) + 1) if number else label, message


@dataclass(frozen=True)
class _Shown:
    draft: Draft
    problems: Mapping[str, str]
    marks: Mapping[str, int]
    offer: Offer
    lang: str
    layers: Mapping[int, LayerForm]

    def all(self, names: tuple[str, ...]) -> tuple[FormField, ...]:
        return tuple(self.one(name, name) for name in names)

    def rows(self, rows: str, spare: int) -> tuple[FormRow, ...]:
        count, shown = len(rows_in(self.draft.typed, rows)), rows_shown(self.draft, spare)
        return tuple(self._row(FormRow(rows, number, count, shown - 1, ())) for number in range(shown))

    def _row(self, row: FormRow) -> FormRow:
        layer = self.layers.get(row.number)
        inputs = [name for name in ROWS[row.rows][1] if layer is None or name != "when"]
        fields = tuple(self.one(row_name(row.rows, row.number, name), name) for name in inputs)
        problem = self.problems.get(row_name(row.rows, row.number, "when"), "") if layer else ""
        return replace(row, fields=fields, layer=layer, problem=problem)

    def one(self, name: str, entry: str) -> FormField:
        value, words = self.draft.said(name), _words(entry, self.offer.kind)
        options = self.offer.of(entry)
        told = f"tags.form.{words}.help"
        return FormField(
            name, say(f"tags.form.{words}", self.lang), say(told, self.lang) if knows(told) else "",
            value, self.problems.get(name, ""), "choice" if options is not None else _SHAPES.get(entry, "line"),
            _with(options or [], value, self.lang), _MOST.get(entry, 300), self._mark(name, entry, value),
            entry in ("output", "fact") or name == "column",
        )  # fmt: skip

    def _mark(self, name: str, entry: str, value: str) -> tuple[str, str, str] | None:
        at = self.marks.get(name)
        # A choice shows what is chosen; only in a text there is a place to show.
        if at is None or entry not in _LONG:
            return None
        word, gap, rest = value[at - 1 :].partition(" ")
        return value[: at - 1], word, gap + rest


def _words(entry: str, kind: str) -> str:
    own = f"{entry}.{kind}"
    return own if knows(f"tags.form.{own}") else entry


def _with(options: Grouped, value: str, lang: str) -> Grouped:
    """The choices with what stands there, which may be none of them."""
    if not options or not value or any(value == one for _, listed in options for one, _ in listed):
        return options
    return [("", [(value, say("tags.form.no_choice", lang, given=value[:60]))]), *options]


def _is_shown(name: str, shown: set[str], rows: str) -> bool:
    # Boxes of a kind that is not shown stand there as text.
    return name in shown or name.endswith(".box") or (bool(rows) and name.startswith(f"{rows}."))


_NAMES = ("zh", "en", "meaning_zh", "meaning_en", "synonyms", "element", "side")
_RESULT = ("type", "values", "unit")
_CARE = ("sensitivity", "basis", "place", "expires_on", "least", "most", "sizes", "stated_twin")
_SHAPES = {
    "values": "lines", "sizes": "lines", "expression": "lines", "params": "lines", "when": "text", "where": "text",
    "formula": "text", "expires_on": "date", "first_day": "date", "last_day": "date", "idf": "tick",
}  # fmt: skip
_SHORT = dict.fromkeys(
    ("window_days", "skip_days", "expires_after_days", "least", "most", "half_life_days", "smooth", "clear_share",
     "top", "weight", "first_hour", "end_hour", "from_place"), 9,
)  # fmt: skip
_LONG = dict.fromkeys(("where", "when", "formula", "expression"), 5_000)
_MOST = {**_SHORT, **_LONG, "zh": 60, "en": 60, "unit": 30, "stated_twin": 64, "value": 60}
_FEWEST = {"parts": 2, "layers": 2, "steps": 3, "bands": 4}
#: What stands in a rare input without anybody having chosen it.
_USUAL = {"when_empty": "unknown"}
