"""小区档次: whether the people of a residential community pay more or less for an order than other customers do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from huaxiang.analyse.analysis import Analysis, Choices
from huaxiang.analyse.facts import rows_read
from huaxiang.engine.interface import Engine, only
from huaxiang.model.fields import Labels
from huaxiang.model.results import OutputColumn, Parameter, Result
from huaxiang.words import Message

KEY = "community_grade"
#: A name that ends as communities do, with the number of a building right behind it; whatever else is no community.
#: Written without backslashes, which the engines read differently.
_NAME = "[^ 　0-9A-Za-z省市区县旗镇乡村道路街巷弄号栋幢座楼室,，.。;；:：、()（）#/-]{2,12}"
_BUILDING = "(?:[一二三四五六七八九十0-9]{1,2}期)?[0-9A-Za-z一二三四五六七八九十]{1,4}(?:号|栋|幢)"
COMMUNITY = f"({_NAME}(?:小区|花园|苑|公寓|城)){_BUILDING}"
#: 1.96 squared: a lead whose square is more times the number of customers is no chance at 95%; then Wilson's interval
#: of the share above lies on one side of a half.
_SURE = 3.8416


def run(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> Result:
    """How many customers live in a community of which enough are known, these communities, and everybody's grade."""
    members = engine.keep("community_members", _members(engine, tables, params, as_of))
    told = members.group_by("community").aggregate(
        customers=members.customers.max(), above=members.above.max(), below=members.below.max(),
        community_grade=members.community_grade.max(),
    )  # fmt: skip
    kinds: tuple[Mapping[str, object], ...] = tuple(
        only(engine.arrow(told.order_by(ibis.desc("customers"), "community")))
    )
    n = int(str(only(engine.arrow(members.aggregate(n=members.count())))[0]["n"]))
    if not n:
        least = Message("community_grade.nothing", {"least": params["least_customers"]})
        return Result(least, {"communities": ()}, {"customers": 0})
    answer = Message("community_grade.sentence", {"n": n, "communities": len(kinds)})
    shown = members.drop("community")
    return Result(answer, {"communities": kinds}, {"customers": n}, (Message("community_grade.note"),), shown)


def evidence(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """One row per customer with a grade: how many customers of the community pay more and less than is usual. Which
    community it is stays out: it tells where somebody lives."""
    found = _members(engine, tables, params, as_of)
    weight = (found.above - found.below) / found.customers
    return found.select("customer_id", "deliveries", "customers", "above", "below", weight=weight)


def _members(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    homes = _homes(_deliveries(engine, tables, params, as_of), params["least_deliveries"])
    usual = _usual(homes)
    beside = homes.cross_join(usual)
    grouped = beside.group_by("community").aggregate(
        customers=beside.count(), above=(beside.mean_paid > beside.usual_paid).sum(),
        below=(beside.mean_paid < beside.usual_paid).sum(),
    )  # fmt: skip
    enough = grouped.filter(grouped.customers >= params["least_customers"])
    lead = enough.above - enough.below
    is_sure = lead * lead > (enough.above + enough.below) * _SURE
    grade = ibis.cases((is_sure & (lead > 0), "high"), (is_sure & (lead < 0), "low"), else_="middle")
    graded = enough.mutate(community_grade=grade)
    columns = ("customer_id", "community", "deliveries", "customers", "above", "below", "community_grade")
    return homes.inner_join(graded, "community").select(*columns)


def _deliveries(engine: Engine, tables: Mapping[str, ir.Table], params: Choices, as_of: date) -> ir.Table:
    """Paid orders of customers that went to a community: ``community`` is its name behind that of its city."""
    sale = rows_read("sale", KEY, engine, tables, as_of)
    since = ibis.literal(as_of - timedelta(days=params["window_days"] - 1))
    paid = sale.filter(
        sale.is_purchase, sale.customer_id.notnull(), sale.paid_amount > 0, ~sale.is_other_currency,
        sale.ordered_at.date() >= since,
    )  # fmt: skip
    named = paid.mutate(name=paid.address.re_extract(COMMUNITY, 1).nullif("")).filter(lambda rows: rows.name.notnull())
    return named.mutate(community=named.city.fill_null("") + " " + named.name)


def _homes(deliveries: ir.Table, least: int) -> ir.Table:
    """The community to which most orders of each customer went, of equals the latest, where they are enough."""
    per = deliveries.group_by("customer_id", "community").aggregate(
        deliveries=deliveries.count(), latest=deliveries.ordered_at.max(), paid=deliveries.paid_amount.sum()
    )
    best = [per.deliveries.desc(), per.latest.desc(), per.community]
    first = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=best))
    most = per.mutate(place=first).filter(lambda rows: rows.place == 0)
    mean = most.paid.cast("float64") / most.deliveries.cast("float64")
    return most.filter(most.deliveries >= least).select("customer_id", "community", "deliveries", mean_paid=mean)


def _usual(homes: ir.Table) -> ir.Table:
    """One row: the median of what customers pay for an order on average."""
    place = ibis.row_number().over(ibis.window(order_by=[homes.mean_paid, homes.customer_id]))
    ranked = homes.mutate(place=place, all_customers=homes.count().over(ibis.window()))
    middle = ranked.filter(ranked.place * 2 >= ranked.all_customers - 2, ranked.place * 2 <= ranked.all_customers)
    return middle.aggregate(usual_paid=(middle.mean_paid.min() + middle.mean_paid.max()) / 2)


def _labels(zh: str, en: str) -> Labels:
    return Labels(zh=zh, en=en)


GRADES = {
    "low": _labels("偏低", "below usual"),
    "middle": _labels("看不出差别", "no difference seen"),
    "high": _labels("偏高", "above usual"),
}
_GRADE = OutputColumn(KEY, "text", _labels("小区档次", "community grade"), values=GRADES)
_COUNTED = (
    OutputColumn("customers", "int", _labels("小区里的顾客", "customers of the community"), "customers"),
    OutputColumn("above", "int", _labels("单均高于一般的", "those who pay more than is usual"), "customers"),
    OutputColumn("below", "int", _labels("单均低于一般的", "those who pay less"), "customers"),
)
_OWN = (
    OutputColumn("customer_id", "text", _labels("顾客", "customer")),
    OutputColumn("deliveries", "int", _labels("送到小区的订单", "orders delivered there"), "orders"),
    *_COUNTED,
)

ANALYSIS = Analysis(
    key=KEY,
    title=_labels("小区档次", "Community grade"),
    explanation=_labels(
        "从收货地址里认出小区（名字以小区、花园、苑、公寓或城结尾，后面紧跟楼号；认不准的不算），每位顾客归到收货最多的小区。"
        "小区里单均实付高于全部顾客中位数的人明显比低于的多，就是偏高，反过来是偏低，差别可能只是碰巧就不判断高低。"
        "顾客不到 20 位的小区不判断。它只说小区里的人在这里买得贵不贵，不是房价，也不是某个人的收入。",
        "The community is read from delivery addresses: a name that ends as Chinese communities do, right before "
        "the number of a building; what is not certain does not count. Each customer belongs to the one delivered "
        "to most. Where clearly more of its customers pay above the median of all for an order than below it, its "
        "grade is above usual, the other way below; what may be chance is neither. Communities with fewer than 20 "
        "customers are not judged. It says how dearly its people buy here: it is no price of a flat and nobody's "
        "income.",
    ),
    source=_labels("符号检验，95% 威尔逊区间", "Sign test by Wilson's interval of 95%"),
    inputs=("sale",),
    parameters=(
        Parameter(
            "window_days", "int", _labels("统计天数", "period"),
            _labels("只看最近这么多天的订单，含统计日。", "Only orders of these last days, that day included."),
            default=730, least=30, greatest=36_500, unit="days",
        ),
        Parameter(
            "least_deliveries", "int", _labels("至少收货", "least deliveries"),
            _labels("送到小区的订单比这少的人不归到小区。", "Whoever got fewer orders there belongs to no community."),
            default=2, least=1, greatest=1_000, unit="orders",
        ),
        Parameter(
            "least_customers", "int", _labels("小区至少顾客", "least customers of a community"),
            _labels("顾客比这少的小区不判断。", "A community with fewer customers is not judged."),
            default=20, least=20, greatest=1_000_000, unit="customers",
        ),
    ),
    outputs={
        "communities": (
            _labels("一个顾客够多的小区", "one community with enough customers"),
            (OutputColumn("community", "text", _labels("小区", "community")), *_COUNTED, _GRADE),
        ),
        "members": (_labels("一位住在这样的小区的顾客", "one customer of such a community"), (*_OWN, _GRADE)),
        "evidence": (
            _labels("同小区顾客的单均", "what the customers of the community pay"),
            (*_OWN, OutputColumn("weight", "share", _labels("偏向", "leaning"))),
        ),
    },
    run=run,
    evidence=evidence,
)  # fmt: skip
