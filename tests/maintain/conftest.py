"""The small workspace of the workspace tests."""

from tests.workspace import conftest

once = conftest.once
workspace = conftest.workspace
