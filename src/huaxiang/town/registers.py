"""会员资料 and 商城账号: who registered where, with the identity traps that real registers hold."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from huaxiang.town.calendar import DAY, Calendar
from huaxiang.town.chance import choose, ragged
from huaxiang.town.columns import (
    Bools,
    Column,
    Ints,
    Rows,
    blank_unless,
    joined,
    pick,
    repeated,
    sliced,
    stacked,
    where,
    whole,
)
from huaxiang.town.keys import web_account
from huaxiang.town.names import CITIES, phones, polite_names
from huaxiang.town.people import People, member_no
from huaxiang.town.world import World

_LEVELS = ("普通会员", "银卡", "金卡", "钻石")
_DEGREES = ("高中", "大专", "本科", "硕士", "博士")
_JOBS = ("公司职员", "教师", "医生", "个体经营", "公务员", "自由职业", "工程师", "退休", "学生", "销售",
         "设计师", "家庭主妇")  # fmt: skip
_WAYS = ("门店", "微信小程序", "App", "官网", "朋友推荐")
_MAIL = ("qq.com", "163.com", "126.com", "sina.cn", "outlook.com")
_NICKS = ("小太阳", "一颗柠檬", "云朵", "夏天的风", "爱吃肉", "慢慢来", "momo", "Cici", "山野", "阿布", "喵喵",
          "Leo", "半糖", "Jessie")  # fmt: skip


def member_rows(people: People, world: World) -> Rows:
    """会员资料: one row per card; a few people have a second card under a variant of their name."""
    rows, calendar = _first_cards(people, world), world.calendar
    second = sliced({**rows, "会员号": member_no(people, second=True)}, np.flatnonzero(people.second_member))
    who = np.flatnonzero(people.second_member)
    again = phones(world.seed, 1, people.index[who])
    late = _late_join(people, calendar, who)
    second = {**second, "姓名": polite_names(second["姓名"], people.female[who]), "邮箱": repeated("", len(who)),
              "手机号": where(who % 2 == 0, second["手机号"], again), "注册时间": calendar.stamp(late),
              "会员等级": repeated("普通会员", len(who))}  # fmt: skip
    return stacked(sliced(rows, np.flatnonzero(people.member)), second)


def _late_join(people: People, calendar: Calendar, who: Ints) -> Ints:
    join = np.maximum(people.join_day[who], 0) + 30
    return np.asarray(np.minimum(join * DAY, calendar.end - 1), dtype=np.int64)


def _first_cards(people: People, world: World) -> Rows:
    rng, calendar = world.chance(people.block, "members"), world.calendar
    count = len(people)
    provinces, cities = zip(*CITIES, strict=True)
    said = np.where(rng.random(count) < 0.9, people.female.astype(np.int64), -1)
    referrer = np.where((rng.random(count) < 0.08) & (np.arange(count) > 0), np.arange(count) - 1, -1)
    referrer = np.where(people.member[referrer], referrer, -1)
    return {
        "会员号": member_no(people), "姓名": people.name, "性别": pick(["男", "女"], said),
        "手机号": where(people.mistyped, mistyped(people, rng), people.phone), "邮箱": _mail(rng, people),
        "生日": blank_unless(rng.random(count) < 0.8, birthdays(people, calendar)),
        "注册时间": calendar.stamp((people.join_day * DAY).astype(np.int64)),
        "注册渠道": pick(_WAYS, choose(rng, [5, 3, 2, 1, 1], count)),
        "会员等级": pick(_LEVELS, choose(rng, [6, 2.5, 1.2, 0.3], count)),
        "省份": pick(provinces, people.city), "城市": pick(cities, people.city), "地址": people.address,
        "学历": pick(_DEGREES, np.where(rng.random(count) < 0.5, choose(rng, [2, 3, 5, 1, 0.2], count), -1)),
        "职业": pick(_JOBS, np.where(rng.random(count) < 0.5, rng.integers(0, len(_JOBS), count), -1)),
        "微信openid": blank_unless(rng.random(count) < 0.6, people.openid),
        "推荐人会员号": pick(member_no(people), referrer),
        "同意营销": pick(["否", "是"], (rng.random(count) < 0.75).astype(np.int64)),
        "同意个性化": pick(["否", "是"], (rng.random(count) < 0.82).astype(np.int64)),
        "好友数": blank_unless(rng.random(count) < 0.25, whole(rng.poisson(120, count))),
    }  # fmt: skip


def birthdays(people: People, calendar: Calendar) -> Column:
    """True birthdays as ``1988-03-05``."""
    days = np.datetime64(calendar.first_day, "D") + people.birth_day
    return pa.array(days).cast(pa.string())


def mistyped(people: People, rng: np.random.Generator) -> Column:
    """Each phone with its last digit one off, which may well be somebody else's."""
    last = pc.cast(pc.utf8_slice_codeunits(people.phone, 10, 11), pa.int64()).to_numpy()
    wrong = (last + rng.integers(1, 9, len(people))) % 10
    return joined(pc.utf8_slice_codeunits(people.phone, 0, 10), whole(wrong))


def _mail(rng: np.random.Generator, people: People) -> Column:
    count = len(people)
    mail = joined(pick(("mail", "hi", "my", "a"), rng.integers(0, 4, count)), whole(people.index * 7 + 13_579), "@",
                  pick(_MAIL, rng.integers(0, len(_MAIL), count)))  # fmt: skip
    return blank_unless(rng.random(count) < 0.4, mail)


def web_accounts(people: People) -> tuple[Ints, Ints]:
    """For every web account of the block: whose it is, and whether it is their first, second or third (0, 1, 2)."""
    return ragged(people.web_accounts)


def account_rows(people: People, world: World) -> Rows:
    """商城账号: one row per login; second and third logins have another phone or none, and only an openid in common."""
    rng, calendar, seed = world.chance(people.block, "accounts"), world.calendar, world.seed
    who, slot = web_accounts(people)
    count = len(who)
    other = (slot > 0) & (rng.random(count) < 0.5)
    phone = where(other, phones(seed, 1, people.index[who]), pick(people.phone, who))
    bound: Bools = rng.random(count) < np.where(slot == 2, 0.2, 0.93)
    join = np.minimum((people.join_day[who] + slot * 60) * DAY, calendar.end - 1).astype(np.int64)
    return {
        "买家账号": web_account(seed, people.index[who], slot), "绑定手机号": blank_unless(bound, phone),
        "手机已验证": pick(["否", "是"], (bound & (rng.random(count) < 0.9)).astype(np.int64)),
        "注册时间": calendar.stamp(join),
        "openid": blank_unless((slot > 0) | (rng.random(count) < 0.6), pick(people.openid, who)),
        "昵称": blank_unless(rng.random(count) < 0.8, joined(pick(_NICKS, rng.integers(0, len(_NICKS), count)),
                                                          pick(["", "_", "1", "88", "呀"], rng.integers(0, 5, count)))),
    }  # fmt: skip
