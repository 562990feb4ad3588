"""The words of this room: every code that the source names is worded, and both languages say the same values."""

import re
from pathlib import Path
from string import Formatter

import huaxiang.analyse
import huaxiang.model
from huaxiang.model.operators import OPERATORS
from huaxiang.words import catalogue

AREAS = "condition|operator|tag|formula|rule|segment|analysis|analyse|rfm|distribution"
# A place in a document is written like a code and is none.
CODE = re.compile(rf'(?<!place=)"((?:{AREAS})\.[a-z_]+(?:\.[a-z_]+)*)"')
ROOMS = [Path(str(room.__file__)).parent for room in (huaxiang.analyse, huaxiang.model)]


def test_every_code_in_the_source_is_worded() -> None:
    """A mistyped code would otherwise show only when the problem occurs."""
    named = {code for room in ROOMS for path in room.glob("*.py") for code in CODE.findall(path.read_text("utf-8"))}
    assert len(named) > 40
    assert named <= catalogue().keys()
    assert {f"operator.{row.code}.sentence" for row in OPERATORS.values()} <= catalogue().keys()


def test_both_languages_say_the_same_values() -> None:
    """No language leaves out a value or names one that is not given."""
    for code, said in catalogue().items():
        if re.match(rf"({AREAS})\.", code) and code != "analyse.named":
            zh, en = ({name for _, name, _, _ in Formatter().parse(said[lang]) if name} for lang in ("zh", "en"))
            assert zh == en, code
