"""The form in which a column usually writes times, amounts or places: cells in that form are no repairs, others are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.collect.convert.column import Converted
from huaxiang.model.mapping import SourceField
from huaxiang.words import Message

_CODES = ("time_reworded", "amount_reworded", "place_reworded")


@dataclass(frozen=True)
class _Usual:
    code: str
    shape: str
    message: Message


@dataclass
class UsualForms:
    """The usual forms of one file's columns, settled by the first rows that have a value."""

    _known: dict[str, _Usual | None] = field(default_factory=dict)

    def settle(self, spec: SourceField, header: str, raw: pa.Array, converted: Converted) -> Converted:
        """The column without repairs of cells in its usual form."""
        if spec.name not in self._known and converted.values.null_count < len(converted.values):
            self._known[spec.name] = _usual(header, raw, converted)
        usual = self._known.get(spec.name)
        if usual is None or converted.repairs.null_count == len(converted.repairs):
            return converted
        same = pc.and_(pc.equal(converted.repairs, usual.code), pc.equal(_shape(raw, usual.code), usual.shape))
        nothing = pa.scalar(None, pa.string())
        return replace(converted, repairs=pc.if_else(pc.fill_null(same, False), nothing, converted.repairs))

    def messages(self) -> tuple[Message, ...]:
        """How each column that has a form of its own was read; not for birthdays, an example would tell one."""
        return tuple(one.message for name, one in self._known.items() if one and name != "birth_date")


def _usual(header: str, raw: pa.Array, converted: Converted) -> _Usual | None:
    """The form of more than half of the values, where that is not the plain one."""
    present = len(converted.values) - converted.values.null_count
    for code in _CODES:
        mended = pc.fill_null(pc.equal(converted.repairs, code), False)
        if 2 * (pc.sum(mended).as_py() or 0) <= present:
            continue
        shapes = _shape(raw, code).filter(mended)
        most = max(pc.value_counts(shapes).to_pylist(), key=lambda one: (one["counts"], one["values"]))
        if 2 * most["counts"] > present:
            place = pc.index(shapes, most["values"]).as_py()
            shown = {
                "header": header,
                "example": str(raw.filter(mended)[place]),
                "value": str(converted.values.filter(mended)[place]),
            }
            return _Usual(code, most["values"], Message("collect.usual_form", shown))
    return None


def _shape(raw: pa.Array, code: str) -> pa.Array:
    """The cell with its digits made alike; of a time the number of digits of a part counts only above two, of a place
    its ending alone."""
    text = pc.utf8_trim_whitespace(raw.cast(pa.string()))
    if code == "amount_reworded":
        return pc.replace_substring_regex(text, r"[0-9][0-9,]*", "9")
    if code == "place_reworded":
        return pc.replace_substring_regex(text, r"^.*?(省|市|自治区|特别行政区|州|盟|地区)?$", r"…\1")
    nines = pc.replace_substring_regex(text, r"[0-9]", "9")
    return pc.replace_substring_regex(nines, r"\b9{1,2}\b", "9")
