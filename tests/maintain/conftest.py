"""The small workspace of the workspace tests."""

from tests.workspace import conftest

lean = conftest.lean
lean_once = conftest.lean_once
once = conftest.once
workspace = conftest.workspace
