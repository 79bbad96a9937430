"""The whole story told over HTTP, one act after the other, for whoever wants to do harm in between or during."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from backend.kernel.clock import SHANGHAI
from tests.journeys.house import House
from tests.journeys.story import Story
from tests.journeys.stubborn import StubbornDesk

QUESTION, ANSWER = "医生，我今天头有点胀，药还照吃吗？", "照吃，晚上量一次血压发给我。"


def tell(story: Story, desk: StubbornDesk) -> Iterator[str]:
    """Yield the name of each act before it is done: contract, chat, up, place, stay, down, plan, reminder, answer."""
    cast = story.cast
    yield "the resident asks for a contract"
    contract = story.ask_for_contract()
    yield "the doctor accepts it"
    story.accept_contract(contract)
    yield "the resident opens the conversation"
    conversation = story.open_conversation()
    yield "the resident asks"
    story.say(cast.resident, conversation, QUESTION)
    yield "the doctor answers"
    story.say(cast.family_doctor, conversation, ANSWER)
    yield "the village doctor writes a slip"
    story.write_slip()
    yield "the township doctor opens a visit"
    visit = story.open_visit()
    yield "the township doctor finishes it"
    story.finish_visit(visit)
    yield "the doctor drafts the referral up"
    up = story.draft_up(visit)
    yield "the doctor submits it"
    story.submit_up(up)
    yield "the resident consents"
    story.consent(up)
    yield "the hospital says yes"
    story.hospital_says_yes(up)
    for openid in (cast.head, cast.third):
        yield f"{openid} signs"
        story.sign(openid, up)
    yield "the resident takes a place"
    story.book(up)
    yield "the desk registers the arrival and admits"
    number = story.certificate(up)
    desk.post(
        "/desk/arrivals/register",
        {"certificate": number, "category": "stay", "department": "cardiology", "bed": "12 床"},
    )
    yield "the ward proposes the way down"
    down = story.propose_down(story.lying_in_hospital())
    yield "the ward packs the hand-over"
    story.pack(down, story.house.wait_for(lambda: now_of(story.house), "the hour"))
    yield "the ward submits it"
    story.submit_down(down)
    yield "the resident consents to the way down"
    story.consent(down)
    for openid in story.signers_down:
        yield f"{openid} signs the way down"
        story.sign(openid, down)
    yield "the township doctor takes over"
    assert story.take_over(down) == "arrived"
    look = story.next_look()
    resident = story.phone(cast.resident)
    resident.give_credit(cast.resident, "follow_up_due")
    yield "time comes, and the tick asks"
    turn_to(story.house, look["due_on"])
    yield "the reminder goes out"
    story.house.wait_for(lambda: resident.inbox(cast.resident, "您有一条健康提醒"), "a reminder in the inbox", 240)
    yield "the resident answers, and it is a danger"
    assert story.answer_badly(look["id"])["outcome"] == "danger"


def turn_to(house: House, due_on: str) -> None:
    """Turn domain time to ten in the morning, China's, of the day before a visit is due, whatever is away meanwhile."""
    turn_till(house, datetime.fromisoformat(due_on).replace(hour=10, tzinfo=SHANGHAI) - timedelta(days=1))


def turn_till(house: House, wanted: datetime) -> None:
    """Turn domain time forward to an instant; where it is later already, nothing is turned."""

    def turned() -> bool:
        with suppress(OSError, AssertionError):
            left = wanted - house.now()
            if left > timedelta(0):
                house.turn(hours=left.total_seconds() / 3600)
            return True
        return False

    house.wait_for(turned, "the turn of time")


def now_of(house: House) -> datetime | None:
    """Domain time, or nothing while nobody answers."""
    with suppress(OSError):
        return house.now()
    return None
