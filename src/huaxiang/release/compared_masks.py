"""How the details are masked by which records are compared."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from huaxiang.release.masking import mask_value

#: By comparison. A masked name shows the surname everywhere; places larger than a street and the gender are open.
MASKS: Mapping[str, str] = MappingProxyType(
    {
        "given_name": "all", "phone": "phone", "email": "email", "id_card": "id_card",
        "other_id_no": "identifier", "birth_date": "birth_date", "address": "address", "street_no": "all",
        "postcode": "identifier",
    }
)  # fmt: skip
OPEN = frozenset({"surname", "gender", "province", "city", "district"})


def masked_detail(comparison: str, value: str | None) -> str | None:
    """A value of that comparison as everybody may see it; one without a mask of its own is hidden."""
    return value if comparison in OPEN else mask_value(value, MASKS.get(comparison, "all"))
