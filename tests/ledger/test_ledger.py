"""Appending and reading: order, idempotency keys, filters, and what is refused."""

import json
import stat
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from sqlite3 import connect

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huaxiang.errors import HuaxiangError, InputError, NotFound, WorkspaceError
from huaxiang.ledger import KINDS, Entry, Ledger, NewEntry
from huaxiang.words import knows

NOW = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
HASHED = "0123456789abcdef" * 2


def _import(ledger: Ledger, name: str, key: str | None = None) -> Entry:
    return ledger.append("import.accepted", {"import_id": name}, at=NOW, actor="li", key=key)


def test_an_empty_ledger_has_position_zero_and_a_head_of_zeros(ledger: Ledger) -> None:
    assert (ledger.position(), ledger.head(), list(ledger.entries())) == (0, "0" * 64, [])
    assert ledger.verify().ok


def test_entries_come_back_in_order_also_after_reopening(ledger: Ledger, path: Path) -> None:
    written = [_import(ledger, f"导入-{number}") for number in range(5)]
    ledger.close()
    with Ledger.open(path) as again:
        assert list(again.entries()) == written
        assert (again.position(), again.head()) == (5, written[-1].hash)


def test_the_hash_is_sha256_over_canonical_json_and_the_previous_hash(ledger: Ledger) -> None:
    body = {"run_id": "甲", "rows": 3, "parts": ["b", "a"], "ok": True, "none": None}
    at = datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=8)))
    entry = ledger.append("rebuild.finished", body, at=at, actor="王", key="k")
    inner = '{"none":null,"ok":true,"parts":["b","a"],"rows":3,"run_id":"甲"}'
    outer = {"seq": 1, "at": "2026-03-01T09:30:00.000000+00:00", "actor": "王", "kind": "rebuild.finished"}
    outer |= {"subject": "甲", "key": "k", "body": inner}
    text = json.dumps(outer, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert entry.hash == sha256(("0" * 64 + "\n" + text).encode()).hexdigest()
    assert entry.at == at
    assert entry.at.utcoffset() == timedelta(0)


def test_decimals_days_and_instants_are_kept_as_text(ledger: Ledger) -> None:
    body = {"run_id": "r", "amount": Decimal("10.50"), "day": date(2026, 1, 2), "at": NOW, "pair": (1, 2)}
    entry = ledger.append("refresh.published", body, at=NOW, actor="li")
    assert entry.body == {
        "run_id": "r",
        "amount": "10.50",
        "day": "2026-01-02",
        "at": "2026-03-01T09:30:00.123456+00:00",
        "pair": [1, 2],
    }


def test_a_repeated_key_gives_the_first_entry_and_writes_nothing(ledger: Ledger) -> None:
    first = _import(ledger, "a", key="k")
    again = ledger.append("import.accepted", {"import_id": "a"}, at=NOW + timedelta(days=1), actor="wang", key="k")
    assert again == first
    assert ledger.position() == 1


@pytest.mark.parametrize(("kind", "body"), [("import.accepted", {"import_id": "b"}), ("mapping.saved", {})])
def test_a_key_used_for_something_else_is_an_error(ledger: Ledger, kind: str, body: dict[str, str]) -> None:
    _import(ledger, "a", key="k")
    with pytest.raises(InputError) as refused:
        ledger.append(kind, {"mapping_id": "m"} | body, at=NOW, actor="li", key="k")
    assert refused.value.code == "ledger.key_reused"
    assert ledger.position() == 1


def test_append_many_writes_all_or_nothing(ledger: Ledger) -> None:
    good = [NewEntry("import.accepted", {"import_id": str(number)}, NOW, "li") for number in range(5_000)]
    with pytest.raises(NotFound):
        ledger.append_many([*good, NewEntry("import.acepted", {"import_id": "x"}, NOW, "li")])
    assert ledger.position() == 0
    assert ledger.append_many(good).written == 5_000
    assert [entry.subject for entry in ledger.entries()] == [str(number) for number in range(5_000)]
    assert ledger.verify().checked == 5_000


def test_append_many_counts_what_was_written_before_and_within_the_batch(ledger: Ledger) -> None:
    _import(ledger, "0", key="0")
    batch = [NewEntry("import.accepted", {"import_id": str(n % 3000)}, NOW, "li", str(n % 3000)) for n in range(6000)]
    appended = ledger.append_many(batch)
    assert (appended.written, appended.repeated, appended.position) == (2999, 3001, 3000)
    assert ledger.verify().ok


def test_append_many_refuses_one_key_for_two_bodies_in_a_batch(ledger: Ledger) -> None:
    batch = [NewEntry("import.accepted", {"import_id": name}, NOW, "li", "same") for name in ("a", "b")]
    with pytest.raises(InputError, match="same"):
        ledger.append_many(batch)
    assert ledger.position() == 0


def test_an_error_while_entries_are_produced_leaves_nothing_behind(ledger: Ledger) -> None:
    def failing() -> object:
        yield NewEntry("import.accepted", {"import_id": "a"}, NOW, "li")
        raise OSError("the source broke")

    with pytest.raises(OSError, match="broke"):
        ledger.append_many(failing())  # type: ignore[arg-type]
    assert ledger.position() == 0
    assert _import(ledger, "b").seq == 1


def test_entries_filter_by_kind_position_limit_and_body(ledger: Ledger) -> None:
    for number in range(6):
        ledger.append("import.accepted", {"import_id": str(number), "odd": number % 2 == 1}, at=NOW, actor="li")
        ledger.append("mapping.saved", {"mapping_id": str(number), "name": '张"三'}, at=NOW, actor="li")
    assert [entry.seq for entry in ledger.entries("import.accepted", after=4, limit=2)] == [5, 7]
    assert [entry.seq for entry in ledger.entries(odd=True)] == [3, 7, 11]
    assert [entry.seq for entry in ledger.entries(odd=1)] == []
    assert [entry.seq for entry in ledger.entries(name='张"三', mapping_id="2")] == [6]
    assert list(ledger.entries(limit=0)) == []


def test_a_body_filter_never_reaches_sql(ledger: Ledger) -> None:
    _import(ledger, "a")
    assert list(ledger.entries(import_id="' OR 1=1 --")) == []
    with pytest.raises(InputError) as refused:
        list(ledger.entries(**{'x" OR 1=1': 1}))  # type: ignore[arg-type]
    assert refused.value.code == "ledger.field_name"


def test_reading_can_go_on_while_others_append(ledger: Ledger) -> None:
    for number in range(3):
        _import(ledger, str(number))
    reading = ledger.entries()
    next(reading)
    _import(ledger, "late")
    assert [entry.seq for entry in reading][:2] == [2, 3]


def test_latest_is_the_newest_of_its_kind_and_subject(ledger: Ledger) -> None:
    for role in ("viewer", "analyst"):
        ledger.append("user.role_changed", {"user": "wang", "role": role}, at=NOW, actor="admin")
    ledger.append("user.role_changed", {"user": "li", "role": "admin"}, at=NOW, actor="admin")
    latest = ledger.latest("user.role_changed", "wang")
    assert latest is not None
    assert latest.body["role"] == "analyst"
    assert ledger.latest("user.role_changed", "nobody") is None


def test_an_unknown_kind_names_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match=r"import\.accepted"):
        ledger.append("import.acepted", {"import_id": "a"}, at=NOW, actor="li")
    with pytest.raises(NotFound):
        ledger.entries("imports")
    with pytest.raises(NotFound):
        ledger.latest("imports", "a")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"import_id": "a", "share": 0.1}, "ledger.value_not_exact"),
        ({"import_id": "a", "amount": Decimal("NaN")}, "ledger.value_not_exact"),
        ({"import_id": "a", "set": {1}}, "ledger.value_not_exact"),
        ({"import_id": "a", "deep": [{"x": 0.5}]}, "ledger.value_not_exact"),
        ({"import_id": "a", "map": {1: "x"}}, "ledger.key_not_text"),
        ({"import_id": "a", "text": "\ud800"}, "ledger.text_not_storable"),
        ({"import_id": "a", "text": "x\0y"}, "ledger.text_not_storable"),
        ({"import_id": "a", "at": datetime(2026, 1, 1)}, "ledger.naive_instant"),
        ({}, "ledger.subject_missing"),
        ({"import_id": ""}, "ledger.subject_missing"),
        ({"import_id": "a\nb"}, "ledger.not_one_line"),
        ({"import_id": "a\u202eb"}, "ledger.not_one_line"),
    ],
)
def test_bodies_that_cannot_be_kept_exactly_are_refused(ledger: Ledger, body: dict[str, object], code: str) -> None:
    with pytest.raises(InputError) as refused:
        ledger.append("import.accepted", body, at=NOW, actor="li")
    assert refused.value.code == code
    assert refused.value.say("zh") != refused.value.say("en")
    assert ledger.position() == 0


@pytest.mark.parametrize("actor", ["", " ", "li\nadmin", "li\x1b[2K", "\ud800"])
def test_an_actor_is_one_visible_line(ledger: Ledger, actor: str) -> None:
    with pytest.raises(InputError):
        ledger.append("import.accepted", {"import_id": "a"}, at=NOW, actor=actor)


def test_an_instant_needs_a_time_zone(ledger: Ledger) -> None:
    with pytest.raises(InputError, match="time zone"):
        ledger.append("import.accepted", {"import_id": "a"}, at=datetime(2026, 1, 1), actor="li")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.personal], ids=lambda kind: kind.kind)
def test_personal_fields_are_accepted_as_keyed_hashes_only(ledger: Ledger, kind: object) -> None:
    assert kind in KINDS
    row = next(known for known in KINDS if known is kind)
    body = dict.fromkeys({*row.subject, *row.personal}, HASHED)
    assert ledger.append(row.kind, body, at=NOW, actor="li").kind == row.kind
    for field in row.personal:
        with pytest.raises(InputError) as refused:
            ledger.append(row.kind, body | {field: "13800138000"}, at=NOW, actor="li")
        assert "13800138000" not in str(refused.value)


def test_every_kind_has_a_title() -> None:
    assert [kind.kind for kind in KINDS if not knows(kind.words)] == []


_PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_张", max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60)
@given(bodies=st.lists(st.dictionaries(st.text("xyz汉", min_size=1, max_size=4), _PLAIN, max_size=4), max_size=6))
def test_any_plain_body_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, bodies: list[dict[str, object]]
) -> None:
    with Ledger.open(tmp_path_factory.mktemp("ledger") / "l.sqlite3") as ledger:
        for number, body in enumerate(bodies):
            ledger.append("mapping.saved", body | {"mapping_id": str(number)}, at=NOW, actor="li")
        read = [
            {name: value for name, value in entry.body.items() if name != "mapping_id"} for entry in ledger.entries()
        ]
        assert read == bodies
        assert ledger.verify().ok


def test_the_ledger_survives_power_cuts_and_leaves_no_residue_by_setting(ledger: Ledger) -> None:
    pragmas = ("journal_mode", "synchronous", "secure_delete")
    values = [ledger._connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas]
    assert values == ["wal", 2, 1]


def test_the_files_are_for_their_owner_only(ledger: Ledger, path: Path) -> None:
    _import(ledger, "a")
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 40, b"\0" * 4096])
def test_a_file_that_is_no_ledger_is_refused_with_a_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(WorkspaceError) as refused:
        Ledger.open(path)
    assert "ledger.sqlite3" in str(refused.value)
    assert path.read_bytes() == content


def test_the_database_of_another_program_is_left_alone(path: Path) -> None:
    other = connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    with pytest.raises(WorkspaceError) as refused:
        Ledger.open(path)
    assert refused.value.code == "ledger.not_a_ledger"


def test_a_full_disk_is_an_error_with_a_reason_and_loses_nothing(ledger: Ledger) -> None:
    _import(ledger, "before")
    pages = ledger._connection.execute("PRAGMA page_count").fetchone()[0]
    ledger._connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(WorkspaceError, match="full"):
        ledger.append("mapping.saved", {"mapping_id": "m", "columns": "x" * 100_000}, at=NOW, actor="li")
    ledger._connection.execute("PRAGMA max_page_count=1000000")
    _import(ledger, "after")
    assert [entry.subject for entry in ledger.entries()] == ["before", "after"]
    assert ledger.verify().ok


def test_every_error_is_worded_in_both_languages(ledger: Ledger) -> None:
    with pytest.raises(HuaxiangError) as refused:
        ledger.append("identity.link", {"left": HASHED}, at=NOW, actor="li")
    assert "right" in refused.value.say("zh")
    assert "right" in refused.value.say("en")
