"""Numbers that a partner hashed with a key meet their clear form once the workspace has the key."""

import hashlib
import hmac
from pathlib import Path

import pytest
from tests.few_tags import check_nothing, keep_few
from tests.workspace.small import NOW, taken_in, written

from huaxiang.workspace import Workspace

pytestmark = pytest.mark.slow
PHONES = [f"1391000{number:04d}" for number in range(5)]


def test_a_key_in_the_secrets_lets_hashes_meet_their_numbers(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "ws", memory_limit="1GB", threads=2)
    keep_few(workspace.folder, ("orders_total",))
    check_nothing(workspace.folder)
    members = "".join(f"M{place},{phone}\n" for place, phone in enumerate(PHONES))
    hashed = [hmac.new(b"of the partner", phone.encode(), hashlib.sha256).hexdigest() for phone in PHONES]
    fans = "".join(f"o{place:027d},{value}\n" for place, value in enumerate(hashed))
    for name, text in (("会员.csv", f"会员号,手机号\n{members}"), ("粉丝.csv", f"openid,手机号\n{fans}")):
        taken_in(workspace, written(tmp_path / "files", name, text))
    assert workspace.refresh(NOW).customer_count == 10
    keys = workspace.folder / "secrets" / "identifier_hash_keys"
    keys.write_text("of somebody else\n\n of the partner \n", encoding="utf-8")
    assert workspace.refresh(NOW).customer_count == 5
    rules = {row["rule"] for row in workspace.identity_report().links}
    assert rules == {"hashed_phone"}
