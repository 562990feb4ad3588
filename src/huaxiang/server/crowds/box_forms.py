"""What the boxes of a rule show: the choices that fit where each stands, its inputs and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from huaxiang.analyse.known_values import KnownValue, known_values
from huaxiang.errors import DefinitionError
from huaxiang.model.conditions import MEASURES, WITHOUT_COLUMN
from huaxiang.model.facts import Fact, facts_known
from huaxiang.model.fields import Field, Fields
from huaxiang.model.operators import Operator
from huaxiang.model.segments import UNREAD_CODES, segment_named
from huaxiang.model.tables import ELEMENTS
from huaxiang.server.crowds.boxes import DEEPEST, OUTERMOST, Box, Boxes
from huaxiang.server.crowds.event_values import event_values
from huaxiang.server.crowds.movable import movable
from huaxiang.server.crowds.read_boxes import Read, fact_of, fields_for, figure_of, operator_of
from huaxiang.server.crowds.sight import Sight
from huaxiang.server.crowds.widgets import Option, OptionGroup, Suggest, Suggestion, Widget, offered, widget_for
from huaxiang.words import say

#: Fact tables that a person thinks of as something a customer did, in the order in which they are offered.
EVENTS = ("sale", "sale_line", "act", "visit", "feedback_fact", "exposure", "referral", "order_day")
_BARE = Widget("none", ())
#: What is chosen from a few words, the first being chosen where nobody chose.
_SELECTS = {
    "how": ("did", "did_not"),
    "edge": ("first", "last"),
    "during": ("ever", "last", "fixed"),
    "gap_unit": ("days", "hours"),
}


@dataclass(frozen=True)
class BoxForm:
    """One box as the page shows it, with the boxes in it."""

    box: Box
    inside: tuple[BoxForm, ...] = ()
    choices: tuple[OptionGroup, ...] = ()
    operators: tuple[Option, ...] = ()
    widget: Widget = _BARE
    measures: tuple[Option, ...] = ()
    columns: tuple[Option, ...] = ()
    selects: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    is_asking: bool = False
    is_of_customer: bool = False
    meaning: str = ""
    problem: str = ""
    is_unread: bool = False
    is_unfinished: bool = False
    place: int = 1
    is_first: bool = False
    is_last: bool = False
    may_nest: bool = False
    curves: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The code of the words for this kind of box."""
        return f"crowds.box.{self.box.kind}"

    @property
    def chosen(self) -> str:
        """What the box is about, in words: the tag, the event, the segment; empty where nothing was chosen."""
        options = [option for group in self.choices for option in group.options]
        return next((option.label for option in options if option.chosen and option.value), "")

    @property
    def join(self) -> str:
        """How the parts of the box are joined."""
        return self.box.text("join", "all")

    @property
    def negated(self) -> bool:
        """Whether everyone else is meant."""
        return self.box.text("not") == "1"

    @property
    def typed(self) -> dict[str, str]:
        """The texts of the inputs that every box of its kind has: windows and gaps."""
        return {name: self.box.text(name) for name in ("during", "days", "skip", "from", "to", "gap")}

    @property
    def tests(self) -> tuple[BoxForm, ...]:
        """The tests that pick rows."""
        return tuple(each for each in self.inside if each.box.role == "where")

    @property
    def has(self) -> tuple[BoxForm, ...]:
        """The tests that say what a first or last event must be like."""
        return tuple(each for each in self.inside if each.box.role == "has")

    @property
    def others(self) -> tuple[BoxForm, ...]:
        """What is no test of an event: the parts of a group, the steps of a sequence, what must not lie between."""
        return tuple(each for each in self.inside if not each.box.role)


def box_forms(boxes: Boxes, read: Read, sight: Sight, group: int = OUTERMOST) -> tuple[BoxForm, ...]:
    """The forms of the boxes in a group, each with those in it."""
    return _Former(boxes, read, sight).inside(group)


def one_form(number: int, boxes: Boxes, read: Read, sight: Sight) -> BoxForm | None:
    """The form of one box; None where there is none."""
    box = boxes.named(number)
    former = _Former(boxes, read, sight)
    return next((each for each in former.inside(box.parent) if each.box is box), None) if box else None


class _Former:
    """Makes the forms of all boxes for one visitor."""

    def __init__(self, boxes: Boxes, read: Read, sight: Sight) -> None:
        self._boxes, self._read, self._sight, self._lang = boxes, read, sight, sight.lang
        self._known = sight.population.vocabulary

    def inside(self, number: int) -> tuple[BoxForm, ...]:
        """The forms of the boxes directly in one."""
        beside = self._boxes.inside(number)
        return tuple(self._one(box, place, len(beside)) for place, box in enumerate(beside))

    def _one(self, box: Box, place: int, count: int) -> BoxForm:
        problem = self._read.problems.get(box.number)
        form = BoxForm(
            box,
            inside=self.inside(box.number),
            problem=problem.say(self._lang) if problem else "",
            is_unread=problem is not None and problem.code in UNREAD_CODES,
            is_unfinished=box.number in self._read.unfinished,
            is_first=not place,
            is_last=place == count - 1,
            may_nest=self._boxes.depth(box.number) < DEEPEST,
            place=place + 1,
            selects=self._selects(box),
        )
        shown = self._shown(box)
        return BoxForm(**{**form.__dict__, **shown})

    def _shown(self, box: Box) -> dict[str, object]:
        match box.kind:
            case "test":
                return self._test(box)
            case "did":
                return self._event(box) | self._figure(box) | {"curves": self._curves(box)}
            case "step":
                return self._event(box) | {"curves": self._curves(box)}
            case "edge" | "without":
                return self._event(box)
            case "crowd" | "list":
                return {"choices": (OptionGroup("", self._named(box)),)} | self._unread(box)
            case _:
                return {}

    def _selects(self, box: Box) -> dict[str, tuple[Option, ...]]:
        return {
            name: tuple(
                Option(value, say(f"crowds.{name}.{value}", self._lang), value == box.text(name, values[0]))
                for value in values
            )
            for name, values in _SELECTS.items()
        }

    def _test(self, box: Box) -> dict[str, object]:
        try:
            fields = fields_for(box, self._boxes, self._known)
        except DefinitionError:
            return {}
        holder = self._boxes.named(box.parent)
        fact = holder.text("fact") if holder and holder.kind != "group" else ""
        choices = self._columns(fields, box) if fact else tag_groups(self._sight, box.text("tag"))
        found = fields.get(box.text("tag"))
        if found is None:
            return {"choices": choices, "is_of_customer": not fact}
        operator = operator_of(box, found.type)
        return {
            "choices": choices,
            "is_of_customer": not fact,
            "operators": offered(found, operator, self._lang),
            "widget": self._widget(box, found, operator, lambda: self._suggested(fact, found.key)),
            "meaning": "" if fact else self._meaning(found.key),
            "curves": self._curves(box),
        }

    def _widget(self, box: Box, found: Field, operator: Operator, suggest: Suggest = tuple) -> Widget:
        return widget_for(box.typed.get("value", ()), found, operator, self._lang, suggest)

    def _suggested(self, fact: str, key: str) -> tuple[Suggestion, ...]:
        sight = self._sight
        if fact:
            # Of events everybody's are counted: not for those who see some stores only.
            counted = sight.access.stores is None
            return tuple(self._suggestion(one, counted=counted) for one in event_values(sight, fact, key))
        if key not in sight.table.columns:
            return ()
        known = known_values(sight.engine, sight.table, sight.table[key], is_portrait=True)
        return tuple(self._suggestion(one, counted=True) for one in known)

    def _suggestion(self, known: KnownValue, *, counted: bool) -> Suggestion:
        told = counted and known.customers >= self._sight.workspace.settings.smallest_cell
        label = say("crowds.customers_with", self._lang, customers=f"{known.customers:,}") if told else ""
        return Suggestion(known.value, label)

    def _curves(self, box: Box) -> tuple[str, ...]:
        return tuple(moved.part for moved in movable(self._read, box.number, self._sight.fields))

    def _event(self, box: Box) -> dict[str, object]:
        chosen = box.text("fact")
        names = [name for name in facts_known() if name in EVENTS or name == chosen]
        names.sort(key=lambda name: EVENTS.index(name) if name in EVENTS else len(EVENTS))
        options = tuple(Option(name, facts_known()[name].row.say(self._lang), name == chosen) for name in names)
        return {"choices": (OptionGroup("", options),), "is_asking": bool(chosen)}

    def _figure(self, box: Box) -> dict[str, object]:
        try:
            fact = fact_of(box)
        except DefinitionError:
            return {}
        chosen = box.text("measure", "any")
        kinds = ("any", *MEASURES)
        measures = tuple(Option(kind, say(f"crowds.measure.{kind}", self._lang), kind == chosen) for kind in kinds)
        shown: dict[str, object] = {"measures": measures}
        if chosen == "any":
            return shown
        if chosen not in WITHOUT_COLUMN:
            shown["columns"] = self._measured(fact, chosen, box.text("column"))
        found = figure_of(box)
        if found is None:
            return shown
        operator = operator_of(box, found.type)
        widget = self._widget(box, found, operator)
        return shown | {"operators": offered(found, operator, self._lang), "widget": widget}

    def _measured(self, fact: Fact, measure: str, chosen: str) -> tuple[Option, ...]:
        columns = self._known.columns(fact, [chosen])
        fitting = [key for key, column in columns.items() if _can_measure(fact, measure, column)]
        return tuple(Option(key, columns[key].name.say(self._lang), key == chosen) for key in fitting)

    def _columns(self, fields: Fields, box: Box) -> tuple[OptionGroup, ...]:
        chosen = box.text("tag")
        own, further = (
            tuple(
                Option(key, found.name.say(self._lang), key == chosen)
                for key, found in fields.items()
                if found.is_extra == is_further
            )
            for is_further in (False, True)
        )
        named = (OptionGroup(say("crowds.further_columns", self._lang), further),) if further else ()
        return (OptionGroup("", own), *named)

    def _named(self, box: Box) -> tuple[Option, ...]:
        chosen, lang = box.text("key"), self._lang
        known = self._sight.definitions.segments if box.kind == "crowd" else self._sight.workspace.id_lists
        offered = tuple(Option(key, one.name.say(lang), key == chosen) for key, one in known.items())
        if not chosen or chosen in known:
            return offered
        # It stays chosen: else saving would quietly leave it out.
        code = "crowds.option_unread" if chosen in self._known.unread else "crowds.option_gone"
        return (*offered, Option(chosen, say(code, lang, key=chosen), chosen=True))

    def _unread(self, box: Box) -> dict[str, object]:
        """What is wrong with a crowd that cannot be read or is not there, told where it is named."""
        chosen = box.text("key")
        if box.kind != "crowd" or not chosen:
            return {}
        try:
            segment_named(chosen, self._known.segments, self._known.unread)
        except DefinitionError as problem:
            return {"problem": problem.say(self._lang), "is_unread": problem.code in UNREAD_CODES}
        return {}

    def _meaning(self, key: str) -> str:
        tag = self._sight.definitions.tags.get(key)
        return say("crowds.rfm_field_meaning", self._lang) if tag is None else tag.meaning(self._lang)


def _can_measure(fact: Fact, measure: str, column: Field) -> bool:
    try:
        figure = figure_of(Box(1, "did").saying(fact=fact.name, measure=measure, column=column.key))
    except DefinitionError:
        return False
    return figure is not None


def tag_groups(sight: Sight, chosen: str) -> tuple[OptionGroup, ...]:
    """Every tag that is offered, by element; what RFM says stands with purchasing."""
    tags = sight.definitions.tags
    by_element: dict[str, list[Option]] = {element: [] for element in ELEMENTS}
    for key, found in sight.fields.items():
        if key not in tags or not tags[key].helper or key == chosen:
            element = tags[key].element if key in tags else "purchasing"
            by_element[element].append(Option(key, found.name.say(sight.lang), key == chosen))
    return tuple(
        OptionGroup(say(f"crowds.element.{element}", sight.lang), tuple(options))
        for element, options in by_element.items()
    )
