"""What a workspace says of cleaning, over the shipped rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from huaxiang.errors import DefinitionError
from huaxiang.maintain.definitions import load_definitions
from huaxiang.model.mapping import source_fields
from huaxiang.model.own_quality import own_quality_rules
from huaxiang.model.quality import quality_rules


def test_what_is_not_said_stays_as_it_is_shipped() -> None:
    assert own_quality_rules({}) == quality_rules()
    own = own_quality_rules({"checks": {"email_domain": {"run": False}}, "missing": {"gender": {"policy": "leave"}}})
    assert quality_rules().checks.keys() - own.checks.keys() == {"email_domain"}
    assert own.missing["gender"].traits == ()
    assert own.missing["city"] == quality_rules().missing["city"]


def test_repairs_are_chosen_column_by_column() -> None:
    assert not any(quality_rules().not_mended(name) for name in source_fields())
    own = own_quality_rules({"repairs": {"place_reworded": {"columns": ["city"]}, "phone_reworded": {"run": False}}})
    assert own.not_mended("city") == {"phone_reworded"}
    assert own.not_mended("province") == {"place_reworded", "phone_reworded"}
    assert own_quality_rules({"repairs": {"place_reworded": {"run": True}}}) == quality_rules()


def test_sources_of_missing_values_are_chosen_and_put_in_order() -> None:
    own = own_quality_rules({"missing": {"city": {"policy": "fill", "from": ["address_city", "delivery_city"]}}})
    assert own.missing["city"].traits == ("address_city", "delivery_city")


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"repairs": {"place_rewordet": {"run": False}}}, "place_reworded"),
        ({"repairs": {"time_reworded": {"run": False}}}, "repairs.time_reworded"),
        ({"repairs": {"place_reworded": {"columns": ["citty"]}}}, "nearest: city"),
        ({"repairs": {"place_reworded": {"columns": ["phone"]}}}, "repairs.place_reworded.columns.phone"),
        ({"checks": {"email_domian": {"run": False}}}, "email_domain"),
        ({"checks": {"email_domain": {"runs": False}}}, "runs"),
        ({"checks": {"trait_given": {"columns": ["person_record.citty"]}}}, "person_record.city"),
        ({"checks": {"email_domain": {"severity": 4}}}, "severity"),
        ({"contradictions": {"gender_and_id_card": {"columns": []}}}, "columns"),
        ({"missing": {"city": {"policy": "fill", "from": ["title_gender"]}}}, "missing.city.from"),
        ({"missing": {"city": {"policy": "leave", "from": ["address_city"]}}}, "missing.city"),
        ({"missing": {"city": {"policy": "fill"}}}, "missing.city"),
        ({"missing": []}, "missing"),
    ],
)
def test_what_does_not_hold_is_named(said: dict[str, Any], named: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        own_quality_rules(said)
    assert named in str(raised.value)


def test_the_file_of_a_workspace_is_read_and_counts_in_its_version(tmp_path: Path) -> None:
    before = load_definitions(tmp_path)
    text = yaml.safe_dump({"contradictions": {"gender_and_title": {"severity": 1}}})
    (tmp_path / "quality.yaml").write_text(text, encoding="utf-8")
    known = load_definitions(tmp_path)
    assert known.quality.contradictions["gender_and_title"].severity == 1
    assert known.version != before.version


@pytest.mark.parametrize("text", ["vip: {name: x, expires_on: 2026-02-30}", "a: " + "[" * 5_000])
def test_a_day_that_there_is_not_and_brackets_without_end_stop_no_other_file(tmp_path: Path, text: str) -> None:
    for folder in ("tags", "segments"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "odd.yaml").write_text(text, encoding="utf-8")
    known = load_definitions(tmp_path)
    assert (set(known.unreadable), set(known.unreadable_segments)) == ({"odd"}, {"odd"})
