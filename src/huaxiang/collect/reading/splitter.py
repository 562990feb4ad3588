"""The grammar of one row: a physical line into fields, across line breaks inside quotes, without ever guessing.

A field is quoted only when it starts with the quote and the quote closes right before a delimiter or the line's end;
a quote anywhere else in an unquoted field is ordinary text (12" pipe).
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """How fields are told apart.

    ``delimiter`` and ``quote`` are None where the file has none; ``escape`` is the backslash where quotes are written
    ``\\"`` rather than doubled; ``space_before_quote`` allows ``a, "b"``.
    """

    delimiter: str | None
    quote: str | None = '"'
    escape: str | None = None
    space_before_quote: bool = False


@dataclass
class OpenField:
    """A row whose last field is quoted and not closed on its line."""

    fields: list[str]
    text: list[str]


class Malformed:
    """A line whose quotes follow no rule."""


MALFORMED = Malformed()
Outcome = list[str] | OpenField | Malformed


class Splitter:
    """Splits lines in one dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._delimiter = dialect.delimiter
        self._quote = dialect.quote
        delimiter = re.escape(dialect.delimiter or "\n")
        quote = re.escape(dialect.quote or '"')
        space = " *+" if dialect.space_before_quote else ""
        body = rf"[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+"
        if dialect.escape:
            body = rf"[^{quote}\\]*+(?:(?:{quote}{quote}|\\.|\\\Z)[^{quote}\\]*+)*+"
        close = rf"({body}){quote}{space}(?={delimiter}|\Z)"
        plain = rf"((?!{space}{quote})[^{delimiter}]*+)(?={delimiter}|\Z)"
        self._field = re.compile(rf"{space}{quote}{close}|{plain}", re.DOTALL)
        self._open = re.compile(rf"{space}{quote}({body})\Z", re.DOTALL)
        self._close = re.compile(close, re.DOTALL)
        self._still_open = re.compile(rf"{body}\Z", re.DOTALL)

    def split(self, line: str) -> Outcome:
        """The fields of a line without its line end."""
        if self._quote is None or self._quote not in line:
            return self.naive(line)
        return self._scan(line, 0, [])

    def naive(self, line: str) -> list[str]:
        """The fields as they would be if quotes meant nothing."""
        return [line] if self._delimiter is None else line.split(self._delimiter)

    def resume(self, row: OpenField, line_break: str, line: str) -> Outcome:
        """The row after one more line, which may close the open field or leave it open."""
        closed = self._close.match(line)
        if closed is None:
            row.text += (line_break, line)
            return row if self._still_open.match(line) else MALFORMED
        row.fields.append(self._unescape("".join([*row.text, line_break, closed[1]])))
        return row.fields if closed.end() == len(line) else self._scan(line, closed.end() + 1, row.fields)

    def _scan(self, line: str, position: int, fields: list[str]) -> Outcome:
        length = len(line)
        while found := self._field.match(line, position):
            quoted = found[1]
            fields.append(found[2] if quoted is None else self._unescape(quoted))
            if found.end() == length:
                return fields
            position = found.end() + 1
        opened = self._open.match(line, position)
        return OpenField(fields, [opened[1]]) if opened else MALFORMED

    def _unescape(self, text: str) -> str:
        quote = self._quote or ""
        text = text.replace(quote + quote, quote)
        if self._dialect.escape:
            text = re.sub(rf"\\([\\{re.escape(quote)}])", r"\1", text)
        return text
