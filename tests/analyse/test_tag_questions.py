"""Everyday questions of shop managers, marketers and analysts find the tag that answers them among the first three."""

from __future__ import annotations

import pytest

from huaxiang.analyse.tag_search import search
from huaxiang.model.tags import shipped_tags

TAGS = {key: tag for key, tag in shipped_tags().items() if not tag.helper}
QUESTIONS = """
怎么省钱: price_sensitivity
谁快流失: lifecycle
哪些客户要流失了: lifecycle
宝妈: life_stage
家里有小孩的顾客: life_stage
爱打折: promotion_sensitivity
谁在薅羊毛: promotion_sensitivity
只在大促买的人: promotion_level
谁很久没来了: days_since_last_order
多久没下单了: days_since_last_order
上次什么时候买的: last_order_on
回头客有哪些: order_days_total
老客户: lifecycle
新客: lifecycle
沉睡用户怎么唤醒: lifecycle
谁最有钱: spending_level
花钱最多的人: net_revenue_total
今年花了多少钱: net_revenue_365d
每单平均花多少: average_order_value
一件大概多少钱: revenue_per_item
一次买几件东西: items_per_order
买过几次: orders_total
多久买一次: purchase_interval_days
该来没来的人: overdue_days
喜欢买什么: favourite_category
对什么品类感兴趣: preferred_categories
爱用哪个牌子: favourite_brand
喜欢哪些牌子: preferred_brands
认牌子的人: brand_loyalty_level
忠诚顾客: brand_loyalty_level
谁爱退货: return_habit
退货率高的: return_rate
退了多少钱: refunds_total
手里还有券没用的: coupons_open_total
谁爱用券: coupon_use_share
发的券用了没有: coupon_redemption_share
买来送人的: gift_share
喜欢买贵的东西: price_position
消费能力怎么样: purchasing_power
谁消费越来越少: spending_trend
消费下滑的顾客: spending_trend
常去哪家店: favourite_store
喜欢在哪里买: favourite_channel
网上买还是到店买: channel_mix
加了购物车没买的人: carts_30d
谁晚上逛: active_hours
夜猫子: active_hours
几点发短信最好: active_hour
用什么手机: device_model
最近在搜什么: search_interests_90d
最近想买什么: needs_30d
看了不买的: views_30d
心愿单里有什么: wished_categories_365d
逛多久才走: dwell_seconds_per_visit
看一眼就走的: bounce_rate
转化率怎么样: visit_conversion_90d
很久没登录的: days_since_last_act
不活跃用户: active_state
短信打扰太多的: campaign_contacts_90d
谁会回应我们的活动: campaign_response_level
粉丝: follow_state
谁取关了: follow_state
老带新: was_invited
谁带来了新客户: invited_customers_total
谁爱分享: shares_90d
网红和达人: influence_level
用微信还是抖音: main_social_platform
谁不满意: mood
生气的客户: mood
顾客在抱怨什么: complaint_topic
谁投诉得多: complaints_365d
最近刚投诉过的: days_since_last_complaint
净推荐值: nps_group
愿意推荐给朋友吗: recommend_latest
顾客夸我们什么: praised_matters
他们最看重什么: stated_value
为什么买: motive
生活方式: attitude
几岁: age_years
年轻人还是老年人: age_band
快过生日的人: days_to_birthday
结婚了没有: marital_status
做什么工作的: occupation
住在哪个城市: city
一线城市的顾客: city_tier
南方还是北方: region
金卡会员: member_level
装了APP没有: registration_state
可以给谁发短信: marketing_consent
什么时候注册的: registered_on
从哪个渠道来的: registration_channel
资料不全的人: profile_completeness
男的还是女的: gender
孩子多大了: child_age_band
churn: lifecycle
who is about to leave: lifecycle
customers at risk of churning: lifecycle
win back lapsed customers: lifecycle
loyal customers: brand_loyalty_level
discount hunters: promotion_sensitivity
who only buys on sale: promotion_level
how do they save money: price_sensitivity
price-conscious shoppers: price_sensitivity
big spenders: spending_level
top customers: spending_place
lifetime spend: net_revenue_total
average basket: average_order_value
how often do they buy: orders_365d
repeat buyers: order_days_total
when did they last buy: last_order_on
who has not bought for long: days_since_last_order
who returns a lot: return_habit
refund rate: return_rate
unused vouchers: coupons_open_total
abandoned carts: carts_30d
who buys gifts: gift_share
mothers: life_stage
families with kids: life_stage
students: life_stage
night owls: active_hours
best time to send a message: active_hour
which phone do they use: device_model
what do they search for: search_interests_90d
what do they want to buy: needs_30d
online or in store: channel_mix
which shop do they go to: favourite_store
their favourite brand: favourite_brand
what do customers complain about: complaint_topic
unhappy customers: mood
would they recommend us: recommend_latest
promoters: nps_group
influencers: influence_level
who referred friends: invited_customers_total
fans: follow_state
may we text them: marketing_consent
how old are they: age_years
birthdays soon: days_to_birthday
where do they live: city
big cities: city_tier
VIP members: member_level
married or single: marital_status
spending less than before: spending_trend
dormant users: active_state
conversion rate: visit_conversion_90d
what matters to them: stated_value
"""
ASKED = [tuple(line.rsplit(": ", 1)) for line in QUESTIONS.strip().splitlines()]


def test_there_are_questions_enough_in_both_languages() -> None:
    """A hundred at least, and forty of each language."""
    chinese = sum(not query.isascii() for query, _ in ASKED)
    assert len({query for query, _ in ASKED}) == len(ASKED) >= 100
    assert min(chinese, len(ASKED) - chinese) >= 40


@pytest.mark.parametrize(("query", "key"), ASKED)
def test_the_tag_that_answers_is_among_the_first_three(query: str, key: str) -> None:
    """As people ask, not as tags are named."""
    assert key in search(query, TAGS)[:3]


def test_every_shown_tag_has_everyday_words_in_both_languages() -> None:
    """Four at least."""
    for tag in TAGS.values():
        english = [text for text in tag.synonyms if text.isascii()]
        assert len(tag.synonyms) >= 4, tag.key
        assert 0 < len(english) < len(tag.synonyms), tag.key
        assert len({*tag.synonyms}) == len(tag.synonyms), tag.key
