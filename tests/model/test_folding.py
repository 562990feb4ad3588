"""Texts in the form in which they are compared: the short way for plain texts gives what the whole way gives."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from huaxiang.model.folding import folded


@given(st.text(st.characters(max_codepoint=127), max_size=20))
def test_plain_texts_fold_as_all_others_do(text: str) -> None:
    whole = unicodedata.normalize("NFKC", text).casefold()
    kept = "".join(letter for letter in whole if letter.isprintable()).strip()
    assert folded(text) == kept.strip("'\"`").strip()


def test_width_case_quotes_and_invisible_characters_do_not_matter() -> None:
    assert folded(" “ＴＥＳＴ\u200b”\u00ad ") == folded("'Test'") == "test"
