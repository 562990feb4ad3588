"""Every sentence that this room can say is worded, with the same values in both languages."""

import re
from pathlib import Path
from string import Formatter

import huaxiang.release
from huaxiang.words import catalogue

ROOM = Path(huaxiang.release.__file__).parent


def test_every_code_in_the_source_is_worded_and_every_error_is_used() -> None:
    sources = "".join(module.read_text("utf-8") for module in ROOM.glob("*.py"))
    said = set(re.findall(r'"(release\.[a-z_]+)"', sources))
    worded = {code for code in catalogue() if re.fullmatch(r"release\.[a-z_]+", code)}
    assert said == worded


def test_both_languages_name_the_same_values() -> None:
    for code, words in catalogue().items():
        if code.startswith("release."):
            values = [{name for _, name, _, _ in Formatter().parse(words[lang]) if name} for lang in ("zh", "en")]
            assert values[0] == values[1], code
