"""Tests in words: exact, with the names of codes, and covered where they are masked."""

import pytest

from huaxiang.analyse.sentences import sentence
from huaxiang.analyse.value_words import masked_words
from huaxiang.model.condition_text import condition_from_text
from huaxiang.model.tags import fields_of, shipped_tags

FIELDS = fields_of(shipped_tags())


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        ("net_revenue_365d >= 12345.67", "近365天净消费不小于12,345.67", "Net revenue, 365 days is at least 12,345.67"),
        ("net_revenue_365d >= 50000", "近365天净消费不小于5万", "Net revenue, 365 days is at least 50k"),
        ("bounce_rate > 0.12345", "跳出率大于12.345%", "Bounce rate is more than 12.345%"),
        ("bounce_rate between 0.9996 and 1", "跳出率在99.96%到100%之间", "Bounce rate is between 99.96% and 100%"),
        (
            "did act where (event_name in (cart, 收藏, 试穿)) sum dwell_seconds > 10000.5",
            "至今满足（行为为加入购物车、收藏、试穿之一）的行为的停留秒数合计大于10,000.5",
            "sum of dwell time over acts where (act is one of add to cart, favourite, 试穿) ever is more than 10,000.5",
        ),
        (
            "did feedback_fact where (feedback_kind = 工单)",
            "至今有满足（反馈类型为工单）的反馈",
            "has pieces of feedback where (kind of feedback is ticket) ever",
        ),
    ],
)
def test_a_rule_is_said_with_every_digit_and_without_codes(rule: str, zh: str, en: str) -> None:
    said = [sentence(condition_from_text(rule), lang, FIELDS) for lang in ("zh", "en")]
    assert said == [zh, en]


def test_a_mask_of_several_values_reads_like_several_values() -> None:
    assert masked_words(["****", "****"], "zh") == "****、****"
    assert masked_words(["****", "****"], "en") == "****, ****"
    assert masked_words("138****8000", "zh") == "138****8000"
