"""Three bands: which pairs are linked, asked about or left, and what makes a probable pair doubtful."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from huaxiang.engine.interface import Engine
from huaxiang.model.identity import IdentityRules
from huaxiang.model.matching import MatchingRules, TrainedModel

#: More bits against a pair than this count as this many.
_MOST_BITS = 60.0
_FIRST = {
    "account_key_a": "string",
    "account_key_b": "string",
    "probability": "float64",
    "weight": "float64",
    "band": "string",
    "doubt": "string",
}


def empty_pairs(engine: Engine, comparisons: tuple[str, ...] = ()) -> ir.Table:
    """No pairs, in the shape of pairs."""
    more = {name: kind for one in comparisons for name, kind in _of_comparison(one).items()}
    schema = ibis.schema({**_FIRST, **more}).to_pyarrow()
    return engine.bring("match_no_pairs", schema.empty_table())


def scored_pairs(engine: Engine, scores: pa.Table, records: ir.Table, model: TrainedModel, least: float) -> ir.Table:
    """The scored pairs of at least the probability ``least`` with the account keys of their records."""
    pairs = _shifted(engine.bring("match_scores", scores), model)
    keys = records.select("record_id", "account_key")
    for side, suffix in (("left_id", "a"), ("right_id", "b")):
        one = keys.rename({f"account_key_{suffix}": "account_key", f"id_{suffix}": "record_id"})
        pairs = pairs.inner_join(one, pairs[side] == one[f"id_{suffix}"]).drop(f"id_{suffix}")
    more = [name for comparison in model.levels for name in _of_comparison(comparison)]
    probable = pairs.filter(pairs.probability >= least)
    return probable.select("account_key_a", "account_key_b", "probability", "weight", *more)


def banded(
    engine: Engine,
    pairs: ir.Table,
    records: ir.Table,
    model: TrainedModel,
    rules: IdentityRules,
    matching: MatchingRules,
) -> ir.Table:
    """All pairs with their band and doubt, which depend on each other; ``records`` has the records of both ends."""
    joined = _with_ends(pairs, records.select("account_key", "namespace", "surname", "given_name"))
    told = joined.mutate(
        personal_weight=_personal_weight(joined, model, matching),
        one_register=_one_register(joined, rules),
        enough_kinds=_enough_kinds(joined, model, matching),
    )
    weighed = engine.keep("match_weighed", told)
    apart = _shows_housemates(engine, weighed, matching)
    doubted = engine.keep("match_probable", weighed.mutate(doubt=_doubt(weighed, matching, housemates=apart)))
    unclear = _unclear(doubted, matching)
    return engine.keep(
        "match_pairs", _with_band(doubted, unclear, model, matching).order_by("account_key_a", "account_key_b")
    )


def _of_comparison(name: str) -> dict[str, str]:
    return {f"weight_{name}": "float64", f"level_{name}": "int64"}


def _shifted(scores: ir.Table, model: TrainedModel) -> ir.Table:
    if not model.shift:
        return scores
    shifted = scores.mutate(weight=scores.weight + model.shift)
    return shifted.mutate(probability=1 / (1 + ibis.literal(2.0) ** (-shifted.weight)))


def _with_ends(pairs: ir.Table, ends: ir.Table) -> ir.Table:
    for suffix in "ab":
        names = {f"{name}_{suffix}": name for name in ("namespace", "surname", "given_name")}
        pairs = pairs.inner_join(
            ends.rename({f"account_key_{suffix}": "account_key", **names}), f"account_key_{suffix}"
        )
    return pairs


def _personal_weight(pairs: ir.Table, model: TrainedModel, matching: MatchingRules) -> ir.FloatingValue:
    """What speaks for one person apart from what people who live together share."""
    total: ir.FloatingValue = ibis.literal(0.0)
    for name in model.levels:
        weight, telling = pairs[f"weight_{name}"], matching.comparisons[name].telling
        if telling != "no":
            total = total + (weight if telling == "both" else ibis.least(weight, 0.0))
    return total


def _enough_kinds(pairs: ir.Table, model: TrainedModel, matching: MatchingRules) -> ir.BooleanValue:
    """Whether two kinds of evidence speak for one person, or one that needs no second."""
    weights: dict[str, ir.FloatingValue] = {}
    for name in model.levels:
        if kind := matching.comparisons[name].evidence:
            weights[kind] = weights.get(kind, ibis.literal(0.0)) + pairs[f"weight_{name}"]
    count: ir.IntegerValue = ibis.literal(0)
    for kind, weight in weights.items():
        counts = 2 if kind in matching.evidence_alone else 1
        count = count + ibis.ifelse(weight >= matching.limits.least_bits_of_evidence, counts, 0)
    return count >= 2


def _one_register(pairs: ir.Table, rules: IdentityRules) -> ir.BooleanValue:
    return (pairs.namespace_a == pairs.namespace_b) & pairs.namespace_a.isin(sorted(rules.one_per_customer))


def _shows_housemates(engine: Engine, pairs: ir.Table, matching: MatchingRules) -> bool:
    """Whether more of the probable pairs contradict each other than slips of one person's records explain.

    Such pairs are a mixture of one person and two who live together; ``2 ** -personal_weight`` is how much likelier the
    second makes what is seen. The likelihood of the share of the second grows from nothing on exactly when these ratios
    are above 1 in the mean (the score test of a mixture). Where it does not, there are no housemates among the records,
    and who differs in a name and agrees in all the rest was written down wrongly.
    """
    sure = pairs.filter((pairs.probability >= matching.bands.link) & ~pairs.one_register)
    ratio = ibis.literal(2.0) ** (-sure.personal_weight.clip(lower=-_MOST_BITS))
    mean = engine.arrow(sure.aggregate(mean=ratio.mean())).column(0)[0].as_py()
    return mean is None or mean > 1


def _doubt(pairs: ir.Table, matching: MatchingRules, *, housemates: bool) -> ir.StringValue:
    against = pairs.personal_weight < -matching.limits.most_bits_against
    return ibis.cases(
        (pairs.one_register, "two_accounts_one_source"),
        (against & ibis.literal(housemates), "contradiction"),
        (~pairs.enough_kinds, "one_kind_of_evidence"),
        else_=ibis.null("string"),
    )


def _unclear(pairs: ir.Table, matching: MatchingRules) -> ir.Table:
    """Accounts without a name that could be one of several people: ``unclear_key``."""
    sure = (pairs.probability >= matching.bands.link) & pairs.doubt.isnull()
    shared = pairs.filter(sure & (pairs.personal_weight <= 0))
    sides = []
    for own, other in (("a", "b"), ("b", "a")):
        rows = shared.filter(shared[f"given_name_{own}"].isnull() & shared[f"given_name_{other}"].notnull())
        name = rows[f"surname_{other}"].fill_null("") + "|" + rows[f"given_name_{other}"]
        sides.append(rows.select(unclear_key=rows[f"account_key_{own}"], name=name))
    both = sides[0].union(sides[1])
    counted = both.group_by("unclear_key").agg(name_count=both.name.nunique())
    return counted.filter(counted.name_count > 1).select("unclear_key")


def _with_band(pairs: ir.Table, unclear: ir.Table, model: TrainedModel, matching: MatchingRules) -> ir.Table:
    one = pairs.account_key_a.isin(unclear.unclear_key) | pairs.account_key_b.isin(unclear.unclear_key)
    unclear_pair = pairs.doubt.isnull() & (pairs.personal_weight <= 0) & one
    told = pairs.mutate(doubt=ibis.ifelse(unclear_pair, "several_people", pairs.doubt))
    sure = (told.probability >= matching.bands.link) & told.doubt.isnull()
    band = ibis.cases((sure, "link"), (told.probability >= matching.bands.ask, "ask"), else_="leave")
    more = [name for comparison in model.levels for name in _of_comparison(comparison)]
    return told.mutate(band=band).select(*_FIRST, *more)
