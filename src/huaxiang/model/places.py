"""Provinces, cities and districts of China in the many ways in which people write them, and their whole names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from huaxiang.model.folding import folded
from huaxiang.shipped import shipped

#: What a text that names a place names.
PlaceKind = Literal["province", "city"]

_PROVINCE_ENDINGS = ("特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")
_CITY_ENDING = r"(?:市|地区|盟|[\u4e00-\u9fff]{0,8}?自治州|林区)?"
#: What makes a place the name of a street or a district: 北京西路, 中山路, 朝阳区.
_STREET = re.compile(r"[东南西北中一二三四五]?[大小]?[路街道巷弄区县镇乡村]")
_DISTRICT = re.compile(r"([\u4e00-\u9fff]{1,7}?(?:自治县|自治旗|新区|区|县|旗|市))")
#: The whole names of most provinces and cities.
_USUAL_ENDING = {"provinces": "省", "cities": "市"}
_AREA_CODE = re.compile(r"^0(?:10|2\d|[3-9]\d{2})")


@dataclass(frozen=True)
class Place:
    """Where an address lies; None for what it does not say. ``province`` and ``city`` by their whole names."""

    province: str | None
    city: str | None
    district: str | None


def place_of(address: str) -> Place:
    """What an address begins with: ``浙江省杭州市西湖区文三路1号`` is 浙江省, 杭州市, 西湖区.

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
    whole_province, whole_city = (_whole(kind, name) for kind, name in (("provinces", province), ("cities", city)))
    return Place(whole_province, whole_city, district[1] if district else None)


def whole_name(text: str, kind: PlaceKind) -> str | None:
    """The whole name of the province or city that the text is: 广东 is 广东省, 浙江杭州 is 杭州市, 恩施 the 州.

    None for a text that says anything else or more: places abroad, 恩施市 (which is a part of the 州), 浦东新区.
    """
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).removeprefix("中国")
    return _spellings(kind).get(plain)


def city_of(text: str) -> str | None:
    """The city that a text such as ``杭州市``, ``浙江杭州`` or ``杭州`` names; None when it is not known."""
    return place_of(text).city


def province_of(text: str) -> str | None:
    """The province that a text names, or the one in which the city lies that it names."""
    return place_of(text).province


def province_of_code(code: str) -> str | None:
    """The province of the first two digits of an identity card number."""
    return _whole("provinces", _codes().get(code))


def city_of_landline(number: str) -> str | None:
    """The city whose area code a landline begins with; None for mobiles, unknown codes and codes of several cities."""
    found = _AREA_CODE.match(number)
    cities = _area_codes().get(found[0], ()) if found else ()
    return _whole("cities", cities[0]) if len(cities) == 1 else None


def _whole(kind: str, name: str | None) -> str | None:
    return None if name is None else _irregular()[kind].get(name, name + _USUAL_ENDING[kind])


@cache
def _spellings(kind: PlaceKind) -> dict[str, str]:
    """By every way in which it is written the whole name."""
    provinces = {name: _names(name, "provinces", ("省", "自治区")) for name in _regions()}
    if kind == "province":
        return {written: names[1] for names in provinces.values() for written in names}
    found: dict[str, str] = {}
    for city, province in _cities().items():
        names = _names(city, "cities", ("州",))
        found |= {f"{before}{written}": names[1] for before in ("", *provinces[province]) for written in names}
    return found


def _names(name: str, kind: str, endings: tuple[str, ...]) -> tuple[str, ...]:
    """The short name, the whole one, and where that speaks of self-government the ``endings`` used in its stead."""
    whole = str(_whole(kind, name))
    return (name, whole, *(name + ending for ending in endings if "自治" in whole))


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


@cache
def _irregular() -> dict[str, dict[str, str]]:
    return shipped("region_names.yaml")  # type: ignore[no-any-return]
