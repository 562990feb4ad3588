"""Files as people have them, read into text columns with every row accounted for."""

from huaxiang.collect.reading.limits import Limits
from huaxiang.collect.reading.opening import open_file
from huaxiang.collect.reading.reading import Reading, RejectedRow
from huaxiang.collect.reading.splitter import Dialect

__all__ = ["Dialect", "Limits", "Reading", "RejectedRow", "open_file"]
