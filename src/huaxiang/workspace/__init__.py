"""A workspace in one object: what the command line, a notebook and the pages all work through."""

from huaxiang.workspace.building import Building
from huaxiang.workspace.folder import FOLDERS
from huaxiang.workspace.grouping import Grouping
from huaxiang.workspace.matching import Matching
from huaxiang.workspace.tagging import Statement, Tagging

__all__ = ["FOLDERS", "Statement", "Workspace"]


class Workspace(Building, Matching, Tagging, Grouping):
    """One workspace folder. Reading methods may be used from several processes at once; building ones take turns."""
