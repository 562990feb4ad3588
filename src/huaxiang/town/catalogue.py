"""What the brand sells and where: products, shops and staff, the same for the whole town."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from huaxiang.town.archetypes import CATEGORIES
from huaxiang.town.chance import choose, generator
from huaxiang.town.columns import Column, Floats, Ints, Rows, joined, money, pick, repeated, whole
from huaxiang.town.names import CITIES, CITY_WEIGHTS, full_names, phones

_GOODS: dict[str, tuple[str, tuple[int, int]]] = {
    "生鲜": ("车厘子 蓝莓 三文鱼 土鸡蛋 有机菠菜 排骨 鲜牛奶 草莓 大闸蟹 牛腱子 西兰花 鲈鱼", (900, 9900)),
    "零食": ("坚果礼包 牛肉干 薯片 海苔 凤梨酥 巧克力 话梅 辣条 饼干 果冻 猪肉脯 冻干草莓", (600, 6900)),
    "酒水": ("干红葡萄酒 精酿啤酒 米酒 酱香白酒 起泡酒 梅酒 威士忌 苏打水 清酒 桂花酒", (900, 59900)),
    "美妆": ("口红 面膜 精华液 防晒霜 卸妆水 眼影盘 洗面奶 香水 粉底液 护手霜 身体乳 眉笔", (2900, 49900)),
    "女装": ("连衣裙 针织衫 半身裙 风衣 衬衫 阔腿裤 羽绒服 T恤 西装外套 打底裤 吊带 毛呢大衣", (5900, 89900)),
    "男装": ("衬衫 夹克 休闲裤 POLO衫 牛仔裤 卫衣 羽绒服 西裤 T恤 毛衣 风衣 短裤", (5900, 79900)),
    "母婴": ("婴儿奶粉 纸尿裤 湿巾 奶瓶 辅食米粉 婴儿车 爬行垫 儿童绘本 连体衣 安抚玩偶", (1900, 69900)),
    "家居": ("四件套 保温杯 香薰 抱枕 收纳箱 不粘锅 台灯 毛巾 地毯 砂锅 晾衣架 记忆枕", (1900, 39900)),
    "数码": ("蓝牙耳机 充电宝 数据线 智能手环 机械键盘 音箱 平板支架 鼠标 加湿器 电动牙刷", (1900, 129900)),
    "运动": ("瑜伽垫 跑步鞋 哑铃 运动水壶 速干衣 跳绳 登山包 羽毛球拍 泳镜 护膝", (1900, 69900)),
    "茶礼": ("龙井礼盒 普洱茶饼 铁观音 燕窝礼盒 阿胶糕 月饼礼盒 茶具套装 人参礼盒", (9900, 159900)),
}
_BRANDS = ("云栖", "南山里", "拾光", "木禾", "青禾记", "朝颜", "半夏", "知味集", "山野", "悦己", "暖屿", "鹿鸣")
_STYLES = ("经典款", "升级款", "家庭装", "旗舰款", "轻享装", "限定款")
_SHOPS = ("万象店", "大悦城店", "银泰店", "万达店", "步行街店", "高铁站店", "奥莱店", "社区店", "大学城店", "滨江店")


@dataclass(frozen=True)
class Rule:
    """A planted association: who buys ``bought`` also takes ``also`` in the same basket with this chance."""

    bought: int
    also: int
    chance: float


@dataclass(frozen=True)
class Catalogue:
    """Products, shops and staff as parallel columns; the index in a column is the thing's number."""

    code: Column
    name: Column
    category: Ints
    brand: Ints
    kind: Column
    price: Ints
    shelf: Floats
    rules: tuple[Rule, ...]
    shop_code: Column
    shop_name: Column
    shop_city: Ints
    clerk_code: Column
    clerk_name: Column
    clerk_phone: Column

    def drawn(self, rng: np.random.Generator, category: Ints) -> Ints:
        """A product of each category, popular ones more often."""
        return np.searchsorted(self.shelf, category + rng.random(len(category)) * (1 - 1e-9))

    @property
    def shops(self) -> int:
        """How many shops there are; each has four members of staff."""
        return len(self.shop_code)

    def product_rows(self) -> Rows:
        """商品资料: one row per product."""
        return {"商品编码": self.code, "商品名称": self.name, "一级品类": pick(CATEGORIES, self.category),
                "二级品类": self.kind, "品牌": pick(_BRANDS, self.brand), "吊牌价": money(self.price),
                "成本价": money(self.price * 11 // 20)}  # fmt: skip

    def shop_rows(self) -> Rows:
        """门店资料: one row per shop."""
        provinces, cities = zip(*CITIES, strict=True)
        sizes = pick(("标准店", "旗舰店", "社区店"), np.arange(self.shops) % 3)
        return {"门店编号": self.shop_code, "门店名称": self.shop_name, "省份": pick(provinces, self.shop_city),
                "城市": pick(cities, self.shop_city), "门店类型": sizes,
                "开业日期": joined(whole(2012 + np.arange(self.shops) % 11), "-03-18")}  # fmt: skip

    def clerk_rows(self) -> Rows:
        """员工: one row per member of staff."""
        shop = np.arange(len(self.clerk_code)) // 4
        return {"工号": self.clerk_code, "姓名": self.clerk_name, "手机号": self.clerk_phone,
                "门店编号": pick(self.shop_code, shop),
                "岗位": pick(("店长", "收银员", "导购", "导购"), np.arange(len(shop)) % 4),
                "状态": repeated("在职", len(shop))}  # fmt: skip

    def brand_names(self, product: Ints) -> Column:
        """The brand of each product."""
        return pick(_BRANDS, self.brand[product])


def open_catalogue(seed: int, customers: int) -> Catalogue:
    """The products, shops and staff of a town of this size."""
    rng = generator(seed, -1, "catalogue")
    kinds = [(number, word) for number, key in enumerate(CATEGORIES) for word in _GOODS[key][0].split()]
    category = np.repeat([number for number, _ in kinds], 2).astype(np.int64)
    word = [word for _, word in kinds for _ in range(2)]
    brand, style = rng.integers(0, len(_BRANDS), len(word)), rng.integers(0, len(_STYLES), len(word))
    names = joined(pick(_BRANDS, brand), pick(word, np.arange(len(word))), pick(_STYLES, style))
    names = joined(names, pick(["A", "B"], np.arange(len(word)) % 2))
    number = np.arange(len(word))
    shops = int(np.clip(customers // 400, 3, 300))
    city = choose(rng, CITY_WEIGHTS, shops)
    clerk = np.arange(shops * 4)
    return Catalogue(
        code=joined("SP", whole(100_001 + number * 7)),
        name=names,
        category=category,
        brand=brand,
        kind=pick(word, number),
        price=_prices(rng, category),
        shelf=_shelf(category),
        rules=_rules(word),
        shop_code=joined("MD", whole(np.arange(1, shops + 1), 3)),
        shop_name=_shop_names(city),
        shop_city=city,
        clerk_code=joined("YG", whole(clerk + 1001)),
        clerk_name=full_names(rng, rng.random(shops * 4) < 0.7),
        clerk_phone=phones(seed, 7, clerk),
    )


def _shelf(category: Ints) -> Floats:
    """For each product its category plus the cumulated popularity within it, up to exactly 1; rising all along."""
    sizes = np.bincount(category)
    shares = [np.cumsum(1.0 / (np.arange(size) + 2)) for size in sizes]
    return np.concatenate([key + share / share[-1] for key, share in enumerate(shares)])


def _prices(rng: np.random.Generator, category: Ints) -> Ints:
    bounds = np.array([_GOODS[key][1] for key in CATEGORIES])[category]
    drawn = np.exp(rng.uniform(np.log(bounds[:, 0]), np.log(bounds[:, 1])))
    return np.asarray(drawn // 1000 * 1000 + 990, dtype=np.int64)


def _rules(words: list[str]) -> tuple[Rule, ...]:
    pairs = (("干红葡萄酒", "瑜伽垫", 0.40), ("纸尿裤", "精酿啤酒", 0.30), ("面膜", "冻干草莓", 0.35))
    return tuple(Rule(words.index(bought), words.index(also), chance) for bought, also, chance in pairs)


def _shop_names(city: Ints) -> Column:
    places = np.arange(len(city))
    serial = pick(["", *(f"{n}" for n in range(2, 40))], places // len(_SHOPS))
    return joined(pick([name[:-1] for _, name in CITIES], city), pick(_SHOPS, places % len(_SHOPS)), serial)
