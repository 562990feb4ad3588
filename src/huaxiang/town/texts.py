"""What people write, built from parts so that thousands of texts differ: survey answers, comments, tickets."""

from __future__ import annotations

import numpy as np

from huaxiang.town.columns import Column, Ints, joined, pick

_OPEN = ("", "", "", "总的来说，", "说实话，", "买了好几次了，", "第一次买，",
         "家里人说", "我觉得", "用了一周，", "朋友推荐来的，",
         "老顾客了，")  # fmt: skip
TOPICS = ("物流", "客服", "质量", "价格", "门店服务", "包装", "App使用", "尺码")
# By topic: what is said when pleased, when indifferent, when annoyed.
_SAID: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    (("发货很快，第二天就到了", "物流给力，包装完好", "快递小哥很热情", "当天下单当天发货"),
     ("物流速度一般", "三四天到的，还行", "快递放在驿站了"),
     ("等了一个星期才到", "物流太慢了，催了三次", "快递把箱子压坏了", "说好次日达结果拖了五天")),
    (("客服很耐心", "售后处理得很及时", "咨询马上就有人回复"),
     ("客服回复还算及时", "客服按流程处理的"),
     ("客服半天不回消息", "打了四个电话都没人接", "客服态度敷衍，问题没解决", "退款拖了十几天")),
    (("质量很好，做工细致", "东西很新鲜", "面料摸着舒服", "跟图片一样，没有色差", "不是我夸，真的好用"),
     ("质量一般，对得起价格", "做工中规中矩", "不算差，也不算惊喜"),
     ("用了两次就坏了", "有股刺鼻的味道", "收到时已经不新鲜了", "跟图片差太多了", "质量真不怎么样")),
    (("性价比很高", "活动价很划算", "比别家便宜不少"),
     ("价格适中", "不打折的话有点小贵"),
     ("刚买完就降价，太坑了", "价格虚高", "优惠券用不了，规则太复杂")),
    (("店员很热情，介绍得很细", "导购小姐姐帮我搭配得特别好", "门店环境干净舒服"),
     ("门店人有点多", "服务普通"),
     ("店员爱答不理", "排队排了半小时", "收银员算错了钱还不承认")),
    (("包装精美，送人很有面子", "包装很用心，还送了小礼物"),
     ("包装简单", "普通纸箱包装"),
     ("包装破了，里面都漏了", "送礼的盒子压瘪了，很尴尬")),
    (("App很好用，下单方便", "小程序找东西很快"),
     ("App功能够用",),
     ("结算页面总是卡住", "安卓手机付款一直转圈", "登录验证码收不到", "App老是闪退")),
    (("尺码标准，穿着刚好", "按推荐的码买很合身"),
     ("尺码略偏大", "稍微有点紧，能穿"),
     ("尺码完全不对，小了两个号", "偏小很多，只能退")),
)  # fmt: skip
_CLOSE = (
    ("，会回购", "，推荐", "！", "，五星好评", "，下次还来", "👍", "，已经安利给同事了", "。"),
    ("，还可以吧", "，看看再说", "。", "，凑合", "，没什么特别的"),
    ("，不会再来了", "，差评", "，希望改进", "！", "，太失望了", "，要求退款", "。", "😡"),
)
PRODUCTS = ("这款", "这次买的东西", "给孩子买的", "给妈妈买的", "买来送人的", "双十一囤的", "店里拿的", "网上订的", "")
GOOD, PLAIN, BAD = range(3)


def remarks(rng: np.random.Generator, mood: Ints, topic: Ints) -> Column:
    """One remark per row about the topic in the mood (0 pleased, 1 indifferent, 2 annoyed)."""
    count = len(mood)
    flat = [said for moods in _SAID for said in moods]
    cell = topic * 3 + mood
    closing = pick_in([list(words) for words in _CLOSE], mood, rng)
    return joined(pick(_OPEN, rng.integers(0, len(_OPEN), count)),
                  pick(PRODUCTS, rng.integers(0, len(PRODUCTS), count)),
                  pick_in([list(words) for words in flat], cell, rng),
                  _and(rng, mood, topic, flat), closing)  # fmt: skip


def _and(rng: np.random.Generator, mood: Ints, topic: Ints, flat: list[tuple[str, ...]]) -> Column:
    """A second topic in a third of the remarks; at times it says the opposite."""
    count = len(mood)
    other = (topic + rng.integers(1, len(TOPICS), count)) % len(TOPICS)
    turned = (rng.random(count) < 0.25) & (mood != PLAIN)
    said = pick_in([list(words) for words in flat], other * 3 + np.where(turned, 2 - mood, mood), rng)
    link = pick(("，", "，不过", ""), np.where(rng.random(count) < 0.35, turned.astype(np.int64), 2))
    return joined(link, pick_blank(said, link))


def pick_blank(said: Column, link: Column) -> Column:
    """The text where there is something to link it with."""
    linked = np.asarray([bool(word) for word in link.to_pylist()], dtype=np.bool_)
    return pick(said, np.where(linked, np.arange(len(said)), -1))


def pick_in(lists: list[list[str]], which: Ints, rng: np.random.Generator) -> Column:
    """A word from the list that each row names."""
    sizes = np.array([len(words) for words in lists])
    offset = np.cumsum(sizes) - sizes
    place = offset[which] + (rng.random(len(which)) * sizes[which]).astype(np.int64)
    return pick([word for words in lists for word in words], place)
