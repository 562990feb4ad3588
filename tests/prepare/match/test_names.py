"""Names in parts: Chinese and Latin, with forms of address, swapped, and hostile."""

import pytest

from huaxiang.model.identity import identity_rules
from huaxiang.prepare.match.names import APART, NameParts, name_parts

NOBODY = NameParts(None, None, None, None, None)


def parts(text: str) -> NameParts:
    """Return the parts of a name by the shipped rules."""
    return name_parts(text, identity_rules().names)


@pytest.mark.parametrize(
    ("text", "surname", "given"),
    [
        ("王伟", "王", "伟"),
        ("欧阳 娜娜", "欧阳", "娜娜"),
        ("王女士", "王", None),
        ("Mr. John A Smith", "smith", "johna"),
        ("Madonna", None, "madonna"),
        (f"smith{APART}john", "smith", "john"),
        (f"{APART}john", None, "john"),
        ("\U00020bb7田一郎", "\U00020bb7", "田一郎"),
    ],
)
def test_a_name_is_split_where_its_script_splits_it(text: str, surname: str | None, given: str | None) -> None:
    assert parts(text)[:2] == (surname, given)


@pytest.mark.parametrize("text", ["", "  ", "未知", "12345", "张**", "\x00\u202e\u200b", "无", APART])
def test_what_is_no_name_has_no_parts(text: str) -> None:
    assert parts(text) == NOBODY


def test_characters_that_sound_alike_have_one_sound() -> None:
    assert parts("张伟").given_sound == parts("章玮").given_sound == "wei"
    assert parts("章玮").surname_sound == "zhang"


def test_swapped_parts_make_the_same_pair() -> None:
    assert parts(f"smith{APART}john").name_pair == parts(f"john{APART}smith").name_pair
    assert parts("王女士").name_pair is None
