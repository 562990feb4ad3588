"""Every reason for a link or a hold is worded, whole and in a few words."""

from typing import get_args

import pytest

from huaxiang.prepare.unify.reasons import hold_reason, link_reason
from huaxiang.prepare.unify.records import HoldReason, LinkRule
from huaxiang.words import LANGUAGES, say


@pytest.mark.parametrize("reason", get_args(HoldReason))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_hold_is_worded(reason: HoldReason, lang: str) -> None:
    assert hold_reason("phone", reason, 3).say(lang)
    assert say(f"prepare.held.{reason}", lang)


@pytest.mark.parametrize("rule", get_args(LinkRule))
@pytest.mark.parametrize("is_verified", [True, False])
def test_every_link_is_worded(rule: LinkRule, *, is_verified: bool) -> None:
    assert link_reason("phone", rule, is_verified=is_verified).say("zh")
