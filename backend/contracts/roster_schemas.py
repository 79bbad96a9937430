"""What goes out about the people a doctor answers for."""

from pydantic import BaseModel, Field

from backend.people.resident_schemas import ResidentCard
from backend.web.paging import PageQuery


class RosterQuery(PageQuery):
    """One village of one's own, or all."""

    village: str = Field(default="", max_length=40)


class RosterVillage(BaseModel):
    """A village and how many of one's own people live there."""

    code: str
    name: str
    people: int


class RosterCard(ResidentCard):
    """Somebody one answers for; `groups` are the key groups by name, `signed` with one of one's own teams."""

    groups: list[str]
    signed: bool


class RosterOut(BaseModel):
    """A page of one's own people in walking order; the villages count all of them."""

    items: list[RosterCard]
    next_cursor: str | None
    villages: list[RosterVillage]
