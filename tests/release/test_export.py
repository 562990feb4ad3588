"""An export: door, file and ledger together."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pytest

from huaxiang.errors import Denied, InputError, NotFound
from huaxiang.ledger import Ledger
from huaxiang.release.door import ColumnPolicy
from huaxiang.release.export import ExportRequest, export
from huaxiang.release.roles import Access

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
Policies = Sequence[ColumnPolicy]
PERSONAL = ("张三", "欧阳锋", "13800138000", "13900139000", "100000")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_an_export_is_masked_and_logged(
    customers: pa.Table, policies: Policies, analyst: Access, ledger: Ledger, tmp_path: Path, name: str
) -> None:
    request = ExportRequest(tmp_path / name, "marketing")
    done = export(customers, policies, analyst, request, ledger=ledger, at=NOW)
    (entry,) = ledger.entries("export.created")
    assert entry.subject == done.export_id
    assert (entry.actor, entry.at) == ("ana", NOW)
    assert entry.body["rows"] == done.file.rows == 2
    assert entry.body["columns"] == customers.column_names
    assert entry.body["masked_columns"] == ["person_name", "phone", "income_yearly"]
    assert (entry.body["purpose"], entry.body["without_consent"], entry.body["raw"]) == ("marketing", 2, False)
    assert entry.body["sha256"] == sha256(request.path.read_bytes()).hexdigest()


def test_no_personal_value_is_in_a_masked_file_or_in_the_ledger(
    customers: pa.Table, policies: Policies, analyst: Access, ledger: Ledger, tmp_path: Path
) -> None:
    request = ExportRequest(tmp_path / "a.csv", "analysis")
    export(customers, policies, analyst, request, ledger=ledger, at=NOW)
    logged = str([entry.body for entry in ledger.entries()])
    written = request.path.read_text("utf-8-sig")
    assert [value for value in PERSONAL if value in logged or value in written] == []


def test_an_admin_may_export_raw_and_it_is_said(
    customers: pa.Table, policies: Policies, admin: Access, ledger: Ledger, tmp_path: Path
) -> None:
    request = ExportRequest(tmp_path / "a.csv", "service", raw=True, machine=True)
    done = export(customers, policies, admin, request, ledger=ledger, at=NOW)
    assert "13800138000" in request.path.read_text("utf-8")
    assert done.file.notice is not None
    (entry,) = ledger.entries(raw=True, machine=True)
    assert entry.body["masked_columns"] == []


@pytest.mark.parametrize(
    ("role", "raw", "allowed"),
    [
        ("viewer", False, False),
        ("viewer", True, False),
        ("analyst", False, True),
        ("analyst", True, False),
        ("admin", False, True),
        ("admin", True, True),
    ],
)
def test_who_may_export_what(
    customers: pa.Table, policies: Policies, ledger: Ledger, tmp_path: Path, role: str, raw: bool, allowed: bool
) -> None:
    request = ExportRequest(tmp_path / "a.csv", "analysis", raw=raw)
    access = Access("li", role, None)
    if allowed:
        assert export(customers, policies, access, request, ledger=ledger, at=NOW).file.path.exists()
        return
    with pytest.raises(Denied):
        export(customers, policies, access, request, ledger=ledger, at=NOW)
    assert not request.path.exists()
    assert ledger.position() == 0


def test_when_the_ledger_cannot_be_written_no_file_appears(
    customers: pa.Table, policies: Policies, analyst: Access, ledger: Ledger, tmp_path: Path
) -> None:
    ledger.close()
    folder = tmp_path / "out"
    with pytest.raises(Exception, match="closed"):
        export(customers, policies, analyst, ExportRequest(folder / "a.csv", "analysis"), ledger=ledger, at=NOW)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("name", "machine"), [("a.txt", False), ("a", False), ("a.xlsx", True)])
def test_other_formats_are_refused(
    customers: pa.Table,
    policies: Policies,
    analyst: Access,
    ledger: Ledger,
    tmp_path: Path,
    name: str,
    machine: bool,
) -> None:
    request = ExportRequest(tmp_path / name, "analysis", machine=machine)
    with pytest.raises(InputError, match=r"\.csv"):
        export(customers, policies, analyst, request, ledger=ledger, at=NOW)
    assert ledger.position() == 0


def test_an_export_needs_a_known_purpose(
    customers: pa.Table, policies: Policies, analyst: Access, ledger: Ledger, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        export(customers, policies, analyst, ExportRequest(tmp_path / "a.csv", "fun"), ledger=ledger, at=NOW)
