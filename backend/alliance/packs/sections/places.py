"""places.toml: towns and villages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from backend.alliance.packs.base import Code, Many, PackModel, Text

ThreeDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]


class Village(PackModel):
    """A village or neighbourhood; ``record_code`` is its part of the health-record number.

    001-099 is a neighbourhood, 101-199 a village (ID-06).
    """

    code: Code
    name: Text
    record_code: ThreeDigits
    invented: bool = False


class Town(PackModel):
    """A town, township, subdistrict or farm; ``record_code`` is its part of the health-record number (ID-06)."""

    code: Code
    name: Text
    kind: Literal["town", "township", "ethnic_township", "subdistrict", "farm", "managed_area"]
    record_code: ThreeDigits
    remote: bool = False
    border: bool = False
    villages: Many[Village] = ()
    km_to_county_seat: Annotated[int, Field(ge=0, le=500)]


class PlacesSection(PackModel):
    """Every place of the county that the pack knows."""

    towns: Many[Town]

    def town(self, code: str) -> Town:
        """The town of that code; KeyError when there is none."""
        for town in self.towns:
            if town.code == code:
                return town
        raise KeyError(code)

    def village(self, code: str) -> Village:
        """The village of that code; KeyError when there is none."""
        for town in self.towns:
            for village in town.villages:
                if village.code == code:
                    return village
        raise KeyError(code)
