"""Small sessions that a journey settles for itself, so that it can fill them to the last place."""

from datetime import date, timedelta
from typing import Any

from backend.kernel.clock import local_day
from tests.journeys.caller import Caller
from tests.journeys.cast import Cast
from tests.journeys.house import House


def head_of(house: House, cast: Cast) -> Caller:
    """The head of the hospital's ward, who may settle sessions and answer for the house."""
    return Caller(house, cast.ward_head, cast.county)


def settle(house: House, cast: Cast, department: str, code: str, capacity: int = 3) -> date:
    """A small session of the hospital in four days, settled and made as the house itself does; its day.

    Not once others have turned time to the end of a year: of one whose holidays the pack lacks no sessions are made.
    """
    day = local_day(house.now()) + timedelta(days=4)
    clinic = {"department": department, "code": code, "title": "加开门诊", "start": "08:00", "end": "09:00"}
    when = {"capacity": capacity, "from_on": day.isoformat(), "on_day": day.isoformat()}
    head_of(house, cast).post("/schedules", clinic | when)
    house.flask("booking", "make-slots")
    return day


def free_at(caller: Caller, cast: Cast, department: str, day: date | None = None) -> list[dict[str, Any]]:
    """What somebody may take now in a department of the hospital, of one day or of all."""
    of_day = f"&day={day}" if day else ""
    found = caller.get(f"/places?institution={cast.hospital}&department={department}{of_day}")
    return [one for part in found["days"] for one in part["places"] if one["open"] and one["left"]]
