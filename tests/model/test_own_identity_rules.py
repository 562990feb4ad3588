"""What a workspace says of who is who, over the shipped rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from huaxiang.errors import DefinitionError
from huaxiang.maintain.definitions import load_definitions
from huaxiang.model.identity import identity_rules, own_identity_rules
from huaxiang.prepare.unify.placeholders import is_placeholder


def test_what_is_not_said_stays_as_it_is_shipped() -> None:
    own = own_identity_rules({"sharing": {"most_people": 2}, "identifiers": {"phone": {"sources": ["会员资料"]}}})
    assert own.sharing.most_people == 2
    assert own.sharing.most_accounts == identity_rules().sharing.most_accounts
    assert own.identifiers["phone"].sources == {"会员资料"}
    assert own.identifiers["phone"].changes_hands == identity_rules().identifiers["phone"].changes_hands
    assert own_identity_rules({}) == identity_rules()


def test_placeholders_are_added() -> None:
    own = own_identity_rules({"placeholders": {"values": {"phone": ["18637412905"]}, "patterns": {"email": ["x+@y"]}}})
    assert is_placeholder("phone", "18637412905", own)
    assert is_placeholder("email", "xx@y", own)
    assert is_placeholder("phone", "13800000000", own)
    assert not is_placeholder("phone", "18637412905", identity_rules())


def test_a_type_can_be_kept_from_joining() -> None:
    own = own_identity_rules({"identifiers": {"device_id": None}})
    assert identity_rules().identifiers.keys() - own.identifiers.keys() == {"device_id"}


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"names": {}}, "names"),
        ({"identifiers": {"fax": {}}}, "identifiers.fax"),
        ({"identifiers": {"phone": {"most": 3}}}, "identifiers.phone.most"),
        ({"identifiers": 5}, "identifiers"),
        ({"sharing": {"most_people": 0}}, "sharing.most_people"),
        ({"placeholders": {"values": {"phone": 5}}}, "placeholders.values.phone"),
    ],
)
def test_what_cannot_be_said_is_named_in_both_languages(said: dict[str, Any], named: str, tmp_path: Path) -> None:
    (tmp_path / "identity.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_definitions(tmp_path)
    for lang in ("zh", "en"):
        assert named in caught.value.say(lang)
        assert "identity.yaml" in caught.value.say(lang)


def test_another_rule_makes_another_version_of_the_definitions(tmp_path: Path) -> None:
    before = load_definitions(tmp_path).version
    (tmp_path / "identity.yaml").write_text("sharing: {most_people: 2}\n", encoding="utf-8")
    assert load_definitions(tmp_path).version != before
