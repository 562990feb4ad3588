"""Invented names, addresses and keys that look real."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from huaxiang.town.chance import choose, scrambled
from huaxiang.town.columns import Bools, Column, Ints, joined, pick, where, whole

SURNAMES = (
    *"王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈",
    *"姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤",
    "欧阳", "上官", "司马", "诸葛",
)  # fmt: skip
_MALE = tuple("伟强磊军勇杰涛明超亮刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建国志文博睿泽轩皓晨嘉航子涵铭")
_FEMALE = tuple("芳娜敏静丽艳娟霞秀燕玲桂红梅莉洁颖琳晶婷雪慧倩萍欣怡佳梦琪雅诗涵悦彤蕊璐瑶薇蓉妍思语馨月晓云")
_PREFIXES = ("130", "131", "132", "133", "135", "136", "137", "138", "139", "150", "151", "152", "157", "158", "159",
             "166", "176", "177", "178", "180", "181", "182", "183", "185", "186", "187", "188",
             "189", "191", "199")  # fmt: skip
CITIES = (("北京市", "北京市"), ("上海市", "上海市"), ("广东省", "广州市"), ("广东省", "深圳市"), ("浙江省", "杭州市"),
          ("浙江省", "宁波市"), ("江苏省", "南京市"), ("江苏省", "苏州市"), ("四川省", "成都市"), ("重庆市", "重庆市"),
          ("湖北省", "武汉市"), ("陕西省", "西安市"), ("天津市", "天津市"), ("山东省", "青岛市"), ("湖南省", "长沙市"),
          ("福建省", "厦门市"), ("河南省", "郑州市"), ("辽宁省", "大连市"))  # fmt: skip
CITY_WEIGHTS = [9.0, 10, 7, 8, 7, 3, 5, 5, 7, 5, 5, 4, 3, 3, 3, 2, 3, 2]
_ROADS = ("人民路", "中山路", "解放路", "建设路", "文化路", "新华路", "和平路", "长江路", "黄河路", "学院路", "滨河路",
          "朝阳路",
          "胜利路", "花园路", "科技路", "春晖路", "锦绣路", "望江路", "梧桐路", "桃源路")  # fmt: skip
_ESTATES = ("阳光花园", "翠湖苑", "金色家园", "锦绣城", "书香名邸", "滨江一号", "万和里", "紫荆园", "梧桐里",
            "云顶公馆", "和顺家园", "春江花月")  # fmt: skip


def full_names(rng: np.random.Generator, female: Bools, surname: Ints | None = None) -> Column:
    """A name for each person by gender; six in ten have two given characters."""
    count = len(female)
    family = choose(rng, 1.0 / (np.arange(len(SURNAMES)) + 4), count) if surname is None else surname
    given = [_given(rng, female), where(rng.random(count) < 0.6, _given(rng, female), "")]
    return joined(pick(SURNAMES, family), *given)


def _given(rng: np.random.Generator, female: Bools) -> Column:
    count = len(female)
    return where(female, pick(_FEMALE, rng.integers(0, len(_FEMALE), count)),
                 pick(_MALE, rng.integers(0, len(_MALE), count)))  # fmt: skip


def polite_names(names: Column, female: Bools) -> Column:
    """王女士, 李先生: the name as a courier or a clerk writes it."""
    return joined(pc.utf8_slice_codeunits(names, 0, 1), where(female, "女士", "先生"))


def phones(seed: int, slot: int, index: Ints) -> Column:
    """A mobile number for each index; distinct for distinct (slot, index) while slots stay below 8."""
    number = scrambled(index * 8 + slot, seed, 1)
    return joined(pick(_PREFIXES, number // 33_400_000), whole(number % 33_400_000 + 21_000_000, 8))


def addresses(rng: np.random.Generator, count: int) -> Column:
    """A street, estate and flat for each row, without the city."""

    def drawn(low: int, high: int) -> Column:
        return whole(rng.integers(low, high, count))

    return joined(pick(_ROADS, rng.integers(0, len(_ROADS), count)), drawn(1, 400), "号",
                  pick(_ESTATES, rng.integers(0, len(_ESTATES), count)), drawn(1, 30), "栋", drawn(1, 33), "0",
                  drawn(1, 5), "室")  # fmt: skip
