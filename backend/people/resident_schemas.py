"""Residents as staff find, see, register and correct them."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator, model_validator

from backend.people.identity import normal_phone
from backend.people.names import stored_name
from backend.people.schemas import Given, RelatedRow
from backend.web.given import Day
from backend.web.paging import PageQuery


class ResidentQuery(PageQuery):
    """Words in any order: name, pinyin, village, birth year."""

    search: str = Field(default="", max_length=60)
    village: str = Field(default="", max_length=40)


class ResidentCard(BaseModel):
    """Somebody in a list: never a name alone, and namesakes of the village are marked."""

    id: UUID
    name: str
    sex: str
    birth_year: int
    village: str
    village_name: str
    household: str
    household_head: str
    namesake: bool
    away_at: str | None
    conditions: list[str]
    key_groups: list[str]


class LookUp(Given):
    """Who stands here: an identity number, a record number, or the whole name with the birth date."""

    id_number: str = Field(default="", max_length=40)
    record_number: str = Field(default="", max_length=20)
    name: str = Field(default="", max_length=120)
    birth_on: Day | None = None

    @model_validator(mode="after")
    def _one(self) -> "LookUp":
        ways = [bool(self.id_number), bool(self.record_number), bool(self.name and self.birth_on)]
        if sum(ways) != 1 or (self.name and not self.birth_on):
            raise ValueError("请填身份证号、档案号，或者姓名加出生日期，选一种。")
        return self


class FoundPerson(BaseModel):
    """Enough to know that it is the right one, and nothing of their health."""

    id: UUID
    name: str
    sex: str
    birth_year: int
    village_name: str
    household_head: str


class FoundPeople(BaseModel):
    """Everybody it may be; more than one are namesakes."""

    items: list[FoundPerson]


class ResidentView(ResidentCard):
    """One resident's whole head of record, for those with sight."""

    birth_on: date
    ethnicity: str
    language: str
    record_number: str
    id_number_masked: str | None
    phone: str | None
    address: str | None
    insurance: str
    insured_here: bool
    lacks_capacity: bool
    own_wages: bool
    needs_guardian: bool
    under_fourteen: bool
    on_wechat: bool
    died_on: date | None
    related: list[RelatedRow]
    actions: list[str]
    version: int


class _Head(Given):
    @field_validator("name", check_fields=False)
    @classmethod
    def _written(cls, value: str | None) -> str | None:
        return None if value is None else stored_name(value)

    @field_validator("phone", check_fields=False)
    @classmethod
    def _dialled(cls, value: str | None) -> str | None:
        return normal_phone(value) if value else value


class NewResident(_Head):
    """Somebody new: born, moved in, or never written down. Without an ID card the record number stands alone."""

    name: str = Field(max_length=120)
    sex: Literal["male", "female", "unknown"]
    birth_on: Day
    id_number: str = Field(default="", max_length=40)
    phone: str | None = Field(default=None, max_length=40)
    village: str = Field(max_length=40)
    household: str = Field(min_length=1, max_length=10, pattern=r"^[0-9]{1,5}$")
    household_head: str = Field(default="", max_length=60)
    address: str = Field(default="", max_length=200)
    ethnicity: str = Field(default="", max_length=20)
    language: str = Field(default="", max_length=20)


class Correction(_Head):
    """What is put right; what is left out stays. An empty phone takes the number away."""

    name: str | None = Field(default=None, max_length=120)
    id_number: str | None = Field(default=None, min_length=1, max_length=40)
    phone: str | None = Field(default=None, max_length=40)
    address: str | None = Field(default=None, max_length=200)
    language: str | None = Field(default=None, max_length=20)
    away_at: str | None = Field(default=None, max_length=40)
    own_wages: bool | None = None
    household: str | None = Field(default=None, min_length=1, max_length=10, pattern=r"^[0-9]{1,5}$")
    household_head: str | None = Field(default=None, max_length=60)
    died_on: Day | None = None
    papers_seen: bool = False

    @model_validator(mode="after")
    def _something(self) -> "Correction":
        if not (self.model_fields_set - {"papers_seen"}):
            raise ValueError("没有要改的。")
        if (self.name or self.id_number or self.died_on) and not self.papers_seen:
            raise ValueError("改姓名、证件号或登记去世，请先当面看过证件或证明。")
        return self
