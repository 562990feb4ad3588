"""Every code that reading can say is worded, and every wording is said."""

from __future__ import annotations

import re
from pathlib import Path

import huaxiang.collect.reading
from huaxiang.words import catalogue


def test_codes_and_wordings_are_the_same_set() -> None:
    folder = Path(huaxiang.collect.reading.__file__).parent
    said = {code for path in folder.glob("*.py") for code in re.findall(r'"(reading\.\w+)"', path.read_text("utf-8"))}
    assert said == {code for code in catalogue() if code.startswith("reading.")}


def test_both_languages_name_the_same_values() -> None:
    for code, sentence in catalogue().items():
        if code.startswith("reading."):
            named = [set(re.findall(r"\{(\w+)\}", sentence[lang])) for lang in ("zh", "en")]
            assert named[0] == named[1], code
