"""Two lists of the same people that share no number: the second one was typed by hand."""

from __future__ import annotations

import random
from pathlib import Path

from tests.few_tags import check_nothing, keep_few
from tests.workspace.small import FEW, NOW, taken_in, written

from huaxiang.workspace import Workspace

PEOPLE = 60
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红"
_CITIES = ("杭州市", "南京市", "成都市", "武汉市", "西安市")


def two_lists(folder: Path) -> None:
    """Make a workspace in ``folder / "ws"`` of ``PEOPLE`` members and as many followers, of whom five in six are
    members too, refreshed once, with few tags and no checks: what is asked of it is who is who."""
    chance = random.Random(11)
    members, followers = ["会员号,姓名,手机号,生日,城市"], ["openid,姓名,手机号,生日,城市"]
    for number in range(PEOPLE):
        name, phone, born, city = _person(chance)
        members.append(f"M{number},{name},{phone},{born},{city}")
        if number % 6 == 0:
            name, phone, born, city = _person(chance)
        typed = _mistyped(phone, chance)
        if number % 10 == 3:
            typed = born = ""  # a name and a city alone are worth a question
        followers.append(f"o{number:027d},{name},{typed},{born},{city}")
    workspace = Workspace.init(folder / "ws", name="两份名单")
    (workspace.folder / "definitions" / "matching.yaml").write_text("use: {least_records: 50}\n", encoding="utf-8")
    keep_few(workspace.folder, FEW)
    check_nothing(workspace.folder)
    files = folder / "files"
    for name, lines in (("会员.csv", members), ("公众号粉丝.csv", followers)):
        taken_in(workspace, written(files, name, "\n".join(lines) + "\n"))
    workspace.refresh(NOW)


def _person(chance: random.Random) -> tuple[str, str, str, str]:
    name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2))
    born = f"{chance.randint(1960, 2004)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    return name, f"13{chance.randrange(10**8, 10**9)}", born, chance.choice(_CITIES)


def _mistyped(phone: str, chance: random.Random) -> str:
    place = chance.randrange(4, 11)
    return phone[:place] + str((int(phone[place]) + chance.randint(1, 9)) % 10) + phone[place + 1 :]
