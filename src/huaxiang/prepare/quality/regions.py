"""Provinces, cities and districts in the many ways in which addresses write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from huaxiang.prepare.folding import folded
from huaxiang.shipped import shipped

_PROVINCE_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
_CITY_ENDING = r"(?:市|地区|盟|[\u4e00-\u9fff]{0,8}?自治州|林区)?"
#: What makes a place the name of a street or a district: 北京西路, 中山路, 朝阳区.
_STREET = re.compile(r"[东南西北中一二三四五]?[大小]?[路街道巷弄区县镇乡村]")
_DISTRICT = re.compile(r"([\u4e00-\u9fff]{1,7}?(?:自治县|自治旗|新区|区|县|旗|市))")
_AREA_CODE = re.compile(r"^0(?:10|2\d|[3-9]\d{2})")


@dataclass(frozen=True)
class Place:
    """Where an address lies; None for what it does not say. ``province`` and ``city`` without 省 and 市."""

    province: str | None
    city: str | None
    district: str | None


def place_of(address: str) -> Place:
    """What an address begins with: ``浙江省杭州市西湖区文三路1号`` is 浙江, 杭州, 西湖区.

    The province of a city that stands alone is known. 北京, 上海, 天津 and 重庆 are province and city.
    """
    rest = re.sub(r"\s+", "", folded(address)).removeprefix("中国")
    province, ending, rest = _province(rest)
    city, after = _city(rest, tuple(_cities()) if province is None else _regions()[province])
    if city is None and ending != "省" and province in _regions().get(province or "", ()):
        city, after = province, rest
    if province is None and city is not None:
        province = _cities()[city]
    district = _DISTRICT.match(after) if city else None
    return Place(province, city, district[1] if district else None)


def city_of(text: str) -> str | None:
    """The city that a text such as ``杭州市``, ``浙江杭州`` or ``杭州`` names; None when it is not known."""
    return place_of(text).city


def province_of(text: str) -> str | None:
    """The province that a text names, or the one in which the city lies that it names."""
    return place_of(text).province


def province_of_code(code: str) -> str | None:
    """The province of the first two digits of an identity card number."""
    return _codes().get(code)


def city_of_landline(number: str) -> str | None:
    """The city whose area code a landline begins with; None for mobiles, unknown codes and codes of several cities."""
    found = _AREA_CODE.match(number)
    cities = _area_codes().get(found[0], ()) if found else ()
    return cities[0] if len(cities) == 1 else None


def _province(text: str) -> tuple[str | None, str, str]:
    name = next((one for one in _regions() if _begins(text, one)), None)
    if name is None:
        return None, "", text
    rest = text[len(name) :]
    ending = next((one for one in _PROVINCE_ENDINGS if rest.startswith(one)), "")
    return name, ending, rest[len(ending) :]


def _city(text: str, names: tuple[str, ...]) -> tuple[str | None, str]:
    name = next((one for one in names if _begins(text, one)), None)
    if name is None:
        return None, text
    ending = re.match(_CITY_ENDING, text[len(name) :])
    return name, text[len(name) + (ending.end() if ending else 0) :]


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not _STREET.match(text, len(name))


@cache
def _regions() -> dict[str, tuple[str, ...]]:
    return {province: tuple(entry.split(" ")[0] for entry in body["cities"]) for province, body in _read().items()}


@cache
def _cities() -> dict[str, str]:
    """City to province, longer names first so that none is cut short."""
    pairs = {city: province for province, cities in _regions().items() for city in cities}
    return dict(sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair[0])))


@cache
def _codes() -> dict[str, str]:
    return {str(body["code"]): province for province, body in _read().items()}


@cache
def _area_codes() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for body in _read().values():
        for entry in body["cities"]:
            city, _, code = entry.partition(" ")
            if code:
                found[code] = (*found.get(code, ()), city)
    return found


@cache
def _read() -> dict[str, dict[str, Any]]:
    return shipped("regions.yaml")  # type: ignore[no-any-return]
