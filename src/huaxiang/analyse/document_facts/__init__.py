"""Every number of the 客户画像管理文档, computed from one published state, each with the query that gives it."""

from __future__ import annotations

from huaxiang.analyse.document_facts.book import DocumentFact, FactBook
from huaxiang.analyse.document_facts.collecting import collecting
from huaxiang.analyse.document_facts.crowds import crowds
from huaxiang.analyse.document_facts.portraits import portraits
from huaxiang.analyse.document_facts.rfm_classes import rfm_classes
from huaxiang.analyse.document_facts.shown_tags import shown_tags
from huaxiang.analyse.document_facts.standing import standing
from huaxiang.analyse.document_facts.state import State, latest_state
from huaxiang.analyse.document_facts.tidying import tidying
from huaxiang.analyse.document_facts.value import value

__all__ = ["DocumentFact", "FactBook", "State", "document_facts", "latest_state"]


def document_facts(state: State) -> FactBook:
    """All facts of the document. The same state gives the same book.

    Counts of people below ``state.smallest_cell``, and those that would give them away, are hidden.
    """
    book = FactBook()
    standing(book, state)
    collecting(book, state)
    tidying(book, state)
    portraits(book, state, shown_tags())
    value(book, state)
    rfm_classes(book, state)
    crowds(book, state)
    return book
