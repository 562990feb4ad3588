"""Records that share no strong identifier: which are probably one person, how sure that is, and why."""

from huaxiang.prepare.match.again import Before, matches_again
from huaxiang.prepare.match.bands import empty_pairs
from huaxiang.prepare.match.estimate import Estimate, estimate
from huaxiang.prepare.match.matching import Matched, matches, matches_of_new
from huaxiang.prepare.match.records import match_records

__all__ = [
    "Before",
    "Estimate",
    "Matched",
    "empty_pairs",
    "estimate",
    "match_records",
    "matches",
    "matches_again",
    "matches_of_new",
]
