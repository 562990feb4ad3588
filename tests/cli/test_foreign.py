"""``segment import``: crowds of other tools become segments that count, or are refused with their reasons."""

import json
from pathlib import Path

import yaml
from tests.cli.conftest import Run
from tests.model.foreign_documents import all_of, audience, event, exactly, group, happened, profile, related, simple


def write(path: Path, document: object) -> Path:
    """The document as a file."""
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_group_becomes_a_segment_that_counts(run: Run, shop: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "g.json", [group(profile("user.$city", "equal", "上海市"), "上海"),
                                       group(profile("user.gender", "equal", "女"), "女客")])  # fmt: skip
    told = run("segment", "import", file, "-w", shop, "--json").json["crowds"]
    assert [one["status"] for one in told] == ["saved", "saved"]
    first, second = (one["key"] for one in told)
    assert first != second
    # Two of three members live there, two are women.
    assert [run("segment", key, "--count", "-w", shop).out.strip() for key in (first, second)] == ["2", "2"]
    saved = yaml.safe_load((shop / "definitions" / "segments" / f"{first}.yaml").read_text("utf-8"))
    assert saved[first]["condition"] == {"field": "city", "op": "=", "value": "上海市"}
    assert (saved[first]["zh"], saved[first]["meaning_zh"]) == ("上海", "说明")


def test_nothing_is_saved_in_a_dry_run_and_twice_is_refused(run: Run, shop: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "g.json", profile("user.$city", "isSet"))
    dry = run("segment", "import", file, "--dry-run", "-w", shop, "--lang", "zh")
    assert dry.code == 0
    assert "知道城市" in dry.out
    assert not list((shop / "definitions").glob("segments/*.yaml"))
    assert [run("segment", "import", file, "-w", shop).code for _ in range(2)] == [0, 2]


def test_what_would_change_is_refused_until_the_user_says_so(run: Run, shop: Path, tmp_path: Path) -> None:
    file = write(tmp_path / "a.json", audience(simple(all_of([happened("purchase")])), membershipDurationDays=30))
    refused = run("segment", "import", file, "-w", shop, "--json")
    assert (refused.code, refused.json["crowds"][0]["status"]) == (2, "refused")
    assert [each["path"] for each in refused.json["crowds"][0]["findings"]][-1] == "$.membershipDurationDays"
    assert "--approximate" in run("segment", "import", file, "-w", shop).out
    said = run("segment", "import", file, "-w", shop, "--approximate", "--json").json["crowds"][0]
    assert said["rule"] == "did act where (event_name = pay) in last 30 days"


def test_a_mapping_says_what_names_are_here(run: Run, shop: Path, tmp_path: Path) -> None:
    rule = related("and", event("BuyIt", "least", 2), profile("user.$city", "equal", "上海市"))
    file, names = write(tmp_path / "g.json", group(rule)), tmp_path / "names.yaml"
    assert run("segment", "import", file, "-w", shop).code == 2
    names.write_text("events: {BuyIt: {fact: sale, where: is_purchase = true}}\n", encoding="utf-8")
    key = run("segment", "import", file, "--map", names, "--format", "sensors", "-w", shop, "--json").json["crowds"][0][
        "key"
    ]
    # M001 alone bought at least twice.
    assert run("segment", key, "--count", "-w", shop).out.strip() == "1"
    names.write_text("events: {BuyIt: {fact: nowhere}}\n", encoding="utf-8")
    assert run("segment", "import", file, "--map", names, "-w", shop).code == 2


def test_wrong_files_and_formats_are_one_sentence(run: Run, shop: Path, tmp_path: Path) -> None:
    broken = tmp_path / "b.json"
    broken.write_text("{", encoding="utf-8")
    good = write(tmp_path / "g.json", audience(simple(all_of([exactly("city", "x")]))))
    names = tmp_path / "n.yaml"
    names.write_text("a: [", encoding="utf-8")
    for words in ([broken], [tmp_path / "none.json"], [good, "--format", "xml"], [good, "--map", names],
                  [good, "--format", "sensors"]):  # fmt: skip
        given = run("segment", "import", *words, "-w", shop)
        assert (given.code, given.out, given.err.strip().count("\n")) == (2, "", 0)
