"""Which form a file has and which field each of its columns is: by header words, and by what the values look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache

from huaxiang.collect import shapes
from huaxiang.collect.convert.text import narrow
from huaxiang.errors import InputError, NotFound, nearest
from huaxiang.model.mapping import Form, Mapping, Match, SourceField, forms, source_fields

#: Below this a header is not taken for a field.
LEAST_CONFIDENCE = 0.6
#: A column whose values fit its field less often than this is not taken for it, whatever its header says.
LEAST_SHAPE = 0.5
#: Fewer values than this prove nothing against a header.
_FEW = 5
#: The share of values that must look like a field when the header says nothing.
_ALMOST_ALL = 0.9
#: Kinds whose values are so peculiar that they are recognised without a header.
_TELLING = ("phone", "email", "id_card")

#: Kinds in which any word is as good as a known one.
_OPEN = ("event_name",)

Sample = Lookup[str, Sequence[str]]


def propose(header: Sequence[str], raw_sample: Sample, source: str, form: str | None = None) -> Mapping:
    """The best mapping of a file, with a confidence per column.

    ``raw_sample`` gives up to some hundred values per header. ``form`` settles what a row is. Raises
    :class:`InputError` when no form fits, naming the headers and the forms there are.
    """
    if form is not None and form not in forms():
        raise NotFound("mapping.unknown_form", where=source, given=form, nearest=nearest(form, forms()))
    sample = {name: shapes.present(values) for name, values in raw_sample.items()}
    candidates = [forms()[form]] if form else list(forms().values())
    found = [(candidate, match_columns(candidate, header, sample)) for candidate in candidates]
    fitting = [(one, columns) for one, columns in found if form or _fits(one, columns, header, sample)]
    if not fitting:
        known = "、".join(one.zh for one in forms().values())
        raise InputError("mapping.no_form", source=source, header=", ".join(header), known=known)
    best, columns = max(fitting, key=lambda pair: _weight(*pair))
    return Mapping(form=best.name, source=source, columns=columns, paid_is_net=_paid_is_net(columns, raw_sample))


def _weight(form: Form, columns: Lookup[str, Match]) -> float:
    """How much speaks for the form: how sure its columns are. That some column holds times speaks for none."""
    at = form.columns.get("occurred_at")
    return sum(one.confidence for field, one in columns.items() if not (field == at and one.ground == "values"))


def match_columns(form: Form, header: Sequence[str], sample: Sample) -> dict[str, Match]:
    """Field to header, each header used once, the surest pairs first."""
    pairs = []
    for position, name in enumerate(header):
        for order, field in enumerate(form.all_fields):
            match = _match(source_fields()[field], name, sample.get(name, ()))
            if match:
                # A column that is empty so far takes a field only when no other column wants it.
                surety = match.confidence - (0 if sample.get(name) else 1)
                pairs.append((-surety, order, position, field, match))
    taken: dict[str, Match] = {}
    used: set[str] = set()
    for _, _, _, field, match in sorted(pairs, key=lambda pair: pair[:3]):
        if field not in taken and match.header not in used:
            taken[field] = match
            used.add(match.header)
    taken |= _only_time(form, taken, [name for name in header if name not in used], sample)
    return {field: taken[field] for field in form.all_fields if field in taken}


def _only_time(form: Form, taken: Lookup[str, Match], left: Sequence[str], sample: Sample) -> dict[str, Match]:
    """The time of what happened, when no header says it and just one column that means nothing else has times."""
    field = form.columns.get("occurred_at")
    if field is None or field in taken:
        return {}
    dated = [
        name
        for name in left
        if len(sample.get(name, ())) >= _FEW
        and (shapes.share(sample[name], "clear_time") or 0) >= _ALMOST_ALL
        and not any(_sure(other, name) for other in source_fields().values())
    ]
    return {field: Match(header=dated[0], confidence=LEAST_CONFIDENCE, ground="values")} if len(dated) == 1 else {}


def _match(field: SourceField, header: str, values: Sequence[str]) -> Match | None:
    likeness, ground = _word_likeness(field, header)
    if ground == "none" and field.kind not in _TELLING:
        return None
    shape = (shapes.share if ground == "none" else shapes.share_named)(values, field.kind)
    if ground == "none":
        if shape is not None and shape >= _ALMOST_ALL and len(values) >= _FEW:
            return Match(header=header, confidence=0.7, ground="values")
        return None
    if shape is not None and shape < LEAST_SHAPE and len(values) >= _FEW and field.kind not in _OPEN:
        return None
    confidence = round(likeness if shape is None else likeness * (0.7 + 0.3 * shape), 3)
    return Match(header=header, confidence=confidence, ground=ground) if confidence >= LEAST_CONFIDENCE else None  # type: ignore[arg-type]


def _word_likeness(field: SourceField, header: str) -> tuple[float, str]:
    name = plain_header(header)
    words = _plain_words(field.name)
    if name in words:
        return 1.0 - 0.02 * words.index(name) / len(words), "word"
    best = max((_near(name, word) for word in words), default=0.0)
    return (best, "near_word") if best >= LEAST_CONFIDENCE else (0.0, "none")


def _near(name: str, word: str) -> float:
    if len(word) < 2 or not name:
        return 0.0
    if word in name and (len(word) >= 4 or not word.isascii()):
        return 0.4 + 0.5 * len(word) / len(name)
    ratio = SequenceMatcher(None, name, word).ratio()
    return 0.8 * ratio if ratio >= 0.85 else 0.0


@cache
def _plain_words(field: str) -> list[str]:
    return list(dict.fromkeys(plain_header(word) for word in (*source_fields()[field].words, field)))


def plain_header(header: str) -> str:
    """A header without case, width, spaces, punctuation and leading numbering."""
    text = unicodedata.normalize("NFKC", header).casefold()
    text = re.sub(r"^\s*\d+\s*[.、)]\s*", "", text)
    return re.sub(r"[\W_]+", "", text)


def _fits(form: Form, columns: Lookup[str, Match], header: Sequence[str], sample: Sample) -> bool:
    if not all(any(field in columns for field in group) for group in form.needs):
        return False
    refused = [source_fields()[field] for field in form.refuses if field in source_fields()]
    return not any(
        _match(field, name, sample.get(name, ())) for field in refused for name in header if _sure(field, name)
    )


def _sure(field: SourceField, header: str) -> bool:
    return _word_likeness(field, header)[0] > 0.9


def _paid_is_net(columns: Lookup[str, Match], sample: Sample) -> bool:
    """Whether the paid column already has refunds taken off: paid plus refund makes the total where money went back."""
    wanted = [columns.get(name) for name in ("gross_amount", "paid_amount", "refund_amount")]
    if not all(wanted):
        return False
    rows = zip(*(sample.get(match.header, ()) for match in wanted if match), strict=False)
    refunded = [numbers for row in rows if (numbers := _numbers(row)) and numbers[2] > 0]
    net = sum(abs(total - paid - refund) < 0.011 for total, paid, refund in refunded)
    return len(refunded) >= 3 and net >= 0.8 * len(refunded)


def _numbers(row: tuple[str, ...]) -> tuple[float, float, float] | None:
    try:
        total, paid, refund = (float(narrow(value).replace(",", "") or 0) for value in row)
    except ValueError:
        return None
    return total, paid, refund
