"""满意度问卷, 客服工单 and 社交互动: what people say, in step with what they lived through."""

from __future__ import annotations

import numpy as np

from huaxiang.town.calendar import DAY
from huaxiang.town.chance import choose
from huaxiang.town.columns import Column, Ints, Rows, blank_unless, joined, pick, where, whole
from huaxiang.town.keys import serial
from huaxiang.town.people import People, member_no
from huaxiang.town.texts import BAD, GOOD, PLAIN, TOPICS, remarks
from huaxiang.town.trade import Trade
from huaxiang.town.web_orders import WebOrders
from huaxiang.town.world import World

_ISSUES = ("物流查询", "退换货", "商品质量", "优惠券问题", "账号登录", "门店投诉", "发票")
_ISSUE_TOPIC = np.array([0, 1, 2, 3, 6, 4, 5])
_ASK = ("您好，", "你好，我想问一下，", "", "麻烦处理一下，", "急！", "已经第二次反馈了，", "客服在吗？")
_WISH = ("请尽快处理", "什么时候能解决？", "能不能退？", "谢谢", "请回电", "要求给个说法")
_RESULTS = ("已解决", "已补发", "已退款", "已解释", "转门店处理", "用户未回复", "")
_SOCIAL = ("微信公众号", "小红书", "抖音")
_ACTIONS = ("点赞", "评论", "分享", "关注", "取关")
_POSTS = ("新品上市第{}弹", "会员日福利预告（{}月）", "{}月好物清单", "门店探店视频第{}集",
          "直播回放：{}月专场", "买家秀合集第{}期")  # fmt: skip


def survey_rows(people: People, trade: Trade, orders: WebOrders, world: World) -> Rows:
    """满意度问卷: about one answer in eleven orders; refunds, losses and weak loyalty pull the scores down."""
    rng, calendar = world.chance(people.block, "survey"), world.calendar
    asked = np.flatnonzero((trade.person >= 0) & (rng.random(len(trade)) < 0.09))
    person = trade.person[asked]
    unhappy = np.zeros(len(trade))
    unhappy[orders.order] = 3.5 * (orders.refund > 0)
    score = 4.5 + 5.0 * people.trait("loyalty")[person] - unhappy[asked] + 1.6 * rng.standard_normal(len(asked))
    nps = np.clip(np.rint(score), 0, 10).astype(np.int64)
    content = np.clip(np.rint(score / 2 + 0.4 * rng.standard_normal(len(asked))), 1, 5).astype(np.int64)
    when = np.minimum(trade.seconds[asked] + rng.integers(DAY, 6 * DAY, len(asked)), calendar.end - 1)
    card = people.member[person] & (rng.random(len(asked)) < 0.7)
    return {
        "提交时间": calendar.stamp(when), "会员号": blank_unless(card, pick(member_no(people), person)),
        "手机号": blank_unless(~card, pick(people.phone, person)),
        "推荐意愿": whole(nps), "满意度": whole(content), "意见建议": _answers(rng, nps),
    }  # fmt: skip


def _answers(rng: np.random.Generator, nps: Ints) -> Column:
    mood = np.where(nps >= 9, GOOD, np.where(nps >= 7, PLAIN, BAD))
    text = remarks(rng, mood, choose(rng, [3, 2, 3, 2, 2, 1, 1.5, 1], len(nps)))
    broken = joined(text, "\n以上，谢谢")
    kind = rng.random(len(nps))
    return where(kind < 0.02, broken, where(kind < 0.66, text, None))


def ticket_rows(people: People, trade: Trade, orders: WebOrders, world: World) -> Rows:
    """客服工单: one order in fifty, every third refund."""
    rng, calendar = world.chance(people.block, "tickets"), world.calendar
    troubled = np.full(len(trade), 0.02)
    troubled[orders.order] = np.where(orders.refund > 0, 0.33, 0.02)
    about = np.flatnonzero((trade.person >= 0) & (rng.random(len(trade)) < troubled))
    about = about[trade.seconds[about] + 3 * DAY < calendar.end]
    person, count = trade.person[about], len(about)
    opened = trade.seconds[about] + rng.integers(3_600, 2 * DAY, count)
    closed = opened + rng.integers(600, 5 * DAY, count)
    issue = choose(rng, [3, 3, 2, 1.5, 1, 1, 0.5], count)
    text = remarks(rng, np.full(count, BAD), _ISSUE_TOPIC[issue])
    text = joined(pick(_ASK, rng.integers(0, len(_ASK), count)), text, pick(_WISH, rng.integers(0, len(_WISH), count)))
    return {
        "工单号": joined("GD", serial(people.block, about)), "创建时间": calendar.stamp(opened),
        "手机号": pick(people.phone, person), "客户姓名": pick(people.name, person), "问题类型": pick(_ISSUES, issue),
        "问题描述": text, "处理结果": pick(_RESULTS, rng.integers(0, len(_RESULTS), count)),
        "关闭时间": blank_unless(closed < calendar.end, calendar.stamp(closed)),
    }  # fmt: skip


def social_rows(people: People, world: World) -> Rows:
    """社交互动: likes, comments and shares of those with an openid, while their interest lasts."""
    rng, calendar = world.chance(people.block, "social"), world.calendar
    begin = np.maximum(people.join_day, 0)
    end = np.maximum(np.minimum(people.churn_day, calendar.days), begin + 1)
    active = np.asarray(people.openid.is_valid())
    who = np.repeat(np.arange(len(people)), np.where(active, rng.poisson((end - begin) / 60), 0))
    count = len(who)
    when = np.minimum(begin[who] + rng.random(count) * (end - begin)[who], calendar.days - 1).astype(np.int64)
    seconds = np.sort(when * DAY + rng.integers(7 * 3600, DAY, count))
    action = choose(rng, [6, 2, 1.5, 1, 0.3], count)
    mood = choose(rng, [0.6, 0.2, 0.2], count)
    posts = [post.format(n) for post in _POSTS for n in range(1, 13)]
    return {
        "互动时间": calendar.stamp(seconds), "平台": pick(_SOCIAL, choose(rng, [5, 3, 2], count)),
        "openid": pick(people.openid, who), "动作": pick(_ACTIONS, action),
        "内容": blank_unless(action < 3, pick(posts, rng.integers(0, len(posts), count))),
        "评论内容": blank_unless(action == 1, remarks(rng, mood, rng.integers(0, len(TOPICS), count))),
    }  # fmt: skip
