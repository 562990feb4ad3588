"""The command line: thin commands over the same functions that a notebook and the pages use."""

from huaxiang.cli.starting import main

__all__ = ["main"]
