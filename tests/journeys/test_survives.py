"""Killed in the middle, the story goes on, and nothing is lost or doubled. The long version is `make prove`."""

from dataclasses import replace

from tests.journeys.cast import CASTS
from tests.journeys.harm import Harm
from tests.journeys.house import House
from tests.journeys.once import differences, waiting
from tests.journeys.story import Story
from tests.journeys.stubborn import Record, Stubborn, StubbornDesk
from tests.journeys.told import tell

# A daughter who has not signed yet: the other journeys play with her mother.
CAST = replace(CASTS["xinmi"], resident="demo-xinmi-li-xiaomei", resident_name="李小梅", proxy="")

DURING = {
    "the resident asks for a contract": "web_worker",
    "the resident asks": "valkey",
    "the doctor submits it": "postgres",
    "the resident takes a place": "web",
    "time comes, and the tick asks": "clock",
    "the reminder goes out": "relay",
}


def test_one_kill_of_each_kind_changes_nothing(house: House) -> None:
    record, harm = Record(), Harm(house)
    story = Story(house, CAST, lambda where, openid, county: Stubborn(where, openid, county, record))
    desk = StubbornDesk(house, CAST.county, CAST.hospital_desk, record)
    for openid in (CAST.resident, CAST.family_doctor, CAST.ward_doctor):
        story.phone(openid)
    for act in tell(story, desk):
        if act in DURING:
            harm.soon(DURING[act], 0.02)
    harm.settle()
    house.wait_ready()
    house.wait_for(lambda: waiting(house) == 0, "an empty outbox")

    assert differences(house, story) == {}
    assert record.surprises == {}
    assert set(harm.done) == set(DURING.values())
    assert len(story.phone(CAST.resident).inbox(CAST.resident, "您有一条健康提醒")) <= 1
    house.flask("check", "invariants")
    house.flask("audit", "verify")
