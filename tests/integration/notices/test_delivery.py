"""A notice ends as sent or as a named person's task; what is unclear is never sent twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from backend.kernel.clock import local_day
from backend.notices.delivery import Claimed, deliver, deliver_batch, recover_lost
from backend.notices.models import Notice, NoticeAttempt
from backend.notices.service import plan_notice
from backend.notices.states import NoticeStatus
from backend.people.models import Account, RelatedPerson, Resident
from backend.store import clock
from backend.store.db import session, transaction
from backend.store.vault import vault
from backend.wechat.credits import Happening
from backend.wechat.door import templates
from backend.wechat.queries import openid_index
from backend.wechat.service import happened
from backend.wechat.templates import NoticeKind
from backend.worklist.models import Task
from backend.worklist.service import Owner
from tests.factories import make_account, make_family, make_practitioner, make_resident
from tests.integration.platform.standin import SEND, StandIn, start

KIND = NoticeKind.FOLLOW_UP_DUE
LAPSED = text("UPDATE notice SET lease_until = now() - interval '1 second' WHERE id = :i")


@dataclass
class Bench:
    """A resident with a daughter as proxy, a village doctor to fall back on, and the stand-in behind the door."""

    app: Flask
    platform: StandIn
    resident_id: UUID
    doctor_id: UUID
    openids: dict[str, str]

    def give_credit(self, who: str) -> None:
        template = templates().templates[KIND].template_id
        self.platform.accept(self.openids[who], template)
        with transaction() as current:
            happened(current, "xinmi", openid_index(self.openids[who]), template, Happening.REPORTED_ACCEPT)

    def plan(self, *, urgent: bool = True, about_at: datetime | None = None) -> UUID:
        with transaction():
            made = plan_notice(
                "xinmi",
                KIND,
                dedupe_key=uuid4().hex,
                focus=("resident", self.resident_id),
                resident_id=self.resident_id,
                urgent=urgent,
                about_at=about_at,
                fallback=Owner(practitioner_id=self.doctor_id).step(30),
            )
        assert made is not None
        return made

    def claim(self, notice: UUID) -> Claimed:
        """Claim this very notice, as the relay's statement does with whatever is due."""
        with transaction() as current:
            lease = current.scalar(
                text(
                    "UPDATE notice SET status = 'sending', lease_until = now() + interval '1 minute'"
                    " WHERE id = :i AND status = 'due' RETURNING lease_until"
                ),
                {"i": notice},
            )
        assert lease is not None
        return Claimed("xinmi", notice, lease)

    def status(self, notice: UUID) -> str:
        with transaction() as current:
            return current.scalar(select(Notice.status).where(Notice.id == notice)) or ""

    def tasks(self, notice: UUID) -> list[Task]:
        with transaction() as current:
            return list(current.scalars(select(Task).where(Task.dedupe_key == f"notice:{notice}")))


@pytest.fixture
def bench(app: Flask, context: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    platform = start(tmp_path)
    with transaction() as current:
        resident = make_resident(current)
        openids = {"self": f"o-{uuid4().hex}", "daughter": f"o-{uuid4().hex}"}
        own = make_account(current, resident=resident)
        daughter = make_account(current)
        make_family(current, resident, daughter)
        bind(own, openids["self"])
        bind(daughter, openids["daughter"])
        practitioner = make_practitioner(current, "any")
        resident_id, doctor_id = resident.id, practitioner.id
    people = [{"openid": o, "nickname": who, "county": "xinmi", "who": who} for who, o in openids.items()]
    platform.ask("/mock/people", {"people": people})
    monkeypatch.setitem(app.extensions, "wechat", platform.door())
    yield Bench(app, platform, resident_id, doctor_id, openids)
    platform.stop()


def bind(account: Account, openid: str) -> None:
    account.openid_index = openid_index(openid)
    vault().seal(account, "openid", openid)
    session().flush()


def test_a_credit_is_spent_on_one_notice_and_the_platform_accepted_one(bench: Bench) -> None:
    bench.give_credit("self")
    notice = bench.plan()
    deliver(bench.claim(notice))
    assert bench.status(notice) == NoticeStatus.SENT
    assert len(bench.platform.sends()) == 1
    assert bench.tasks(notice) == []
    again = bench.plan()
    deliver(bench.claim(again))
    assert bench.status(again) == NoticeStatus.TASKED
    assert len(bench.platform.sends()) == 1


def test_the_card_names_the_hour_it_speaks_of_and_not_the_hour_it_is_told(bench: Bench) -> None:
    bench.give_credit("self")
    deliver(bench.claim(bench.plan(about_at=datetime(2031, 3, 4, 6, 30, tzinfo=UTC))))
    assert "2031年3月4日 14:30" in str(bench.platform.sends()).replace("03月04日", "3月4日")


def test_the_card_says_nothing_about_health_or_names(bench: Bench) -> None:
    bench.give_credit("daughter")
    notice = bench.plan()
    deliver(bench.claim(notice))
    sent = str(bench.platform.sends())
    assert "您有一条健康提醒" in sent
    assert "试验" not in sent


def test_without_a_credit_the_village_doctor_is_asked_to_phone(bench: Bench) -> None:
    notice = bench.plan()
    deliver(bench.claim(notice))
    assert bench.status(notice) == NoticeStatus.TASKED
    task = bench.tasks(notice)[0]
    assert (task.practitioner_id, task.kind, task.detail["why"]) == (bench.doctor_id, "tell_by_phone", "not_reached")


def test_an_unknown_outcome_is_never_repeated_and_becomes_a_task(bench: Bench) -> None:
    bench.give_credit("self")
    bench.platform.misbehave(SEND, "drop_after_accept")
    notice = bench.plan()
    deliver(bench.claim(notice))
    assert bench.status(notice) == NoticeStatus.TASKED
    assert bench.tasks(notice)[0].detail["why"] == "unknown"
    for _ in range(3):
        deliver_batch(bench.app)
    assert len(bench.platform.sends()) == 1


def test_a_relay_that_died_after_the_call_leaves_a_task_and_no_second_call(bench: Bench) -> None:
    notice = bench.plan()
    bench.claim(notice)
    with transaction() as current:
        account = current.scalar(select(Account.id).where(Account.openid_index == openid_index(bench.openids["self"])))
        current.add(NoticeAttempt(county_id="xinmi", notice_id=notice, account_id=account, number=1))
        current.execute(LAPSED, {"i": notice})
    with transaction() as current:
        assert recover_lost(current, "xinmi") >= 1
    assert bench.status(notice) == NoticeStatus.TASKED
    assert bench.tasks(notice)[0].detail["why"] == "unknown"
    assert bench.platform.sends() == []


def test_a_relay_that_died_before_the_call_leaves_it_due(bench: Bench) -> None:
    notice = bench.plan()
    bench.claim(notice)
    with transaction() as current:
        current.execute(LAPSED, {"i": notice})
    with transaction() as current:
        recover_lost(current, "xinmi")
    assert bench.status(notice) == NoticeStatus.DUE


def test_a_relay_whose_lease_ran_out_leaves_the_call_to_the_next(bench: Bench) -> None:
    """A slow batch: when its turn comes, the notice was given back and another relay is just calling WeChat."""
    bench.give_credit("self")
    bench.give_credit("self")
    notice = bench.plan()
    slow = bench.claim(notice)
    with transaction() as current:
        current.execute(LAPSED, {"i": notice})
    with transaction() as current:
        recover_lost(current, "xinmi")
    quick = bench.claim(notice)
    deliver(slow)
    assert bench.platform.sends() == []
    deliver(quick)
    deliver(slow)
    assert bench.status(notice) == NoticeStatus.SENT
    assert len(bench.platform.sends()) == 1


def test_nobody_is_woken_for_what_can_wait(bench: Bench, turned: Callable[..., None]) -> None:
    turned(hour=23)
    bench.give_credit("self")
    notice, urgent = bench.plan(urgent=False), bench.plan(urgent=True)
    for one in (notice, urgent):
        deliver(bench.claim(one))
    assert bench.status(notice) == NoticeStatus.DUE
    assert bench.status(urgent) == NoticeStatus.SENT
    turned(hour=9)
    bench.give_credit("self")
    deliver(bench.claim(notice))
    assert bench.status(notice) == NoticeStatus.SENT


def _withdraw(current: Session, bench: Bench, who: str) -> None:
    current.execute(update(Account).where(Account.openid_index == openid_index(bench.openids[who])).values(paused=True))


@pytest.mark.parametrize("who", ["self", "daughter"])
def test_whoever_withdrew_the_privacy_consent_is_phoned_instead(bench: Bench, who: str) -> None:
    bench.give_credit(who)
    with transaction() as current:
        _withdraw(current, bench, who)
    notice = bench.plan()
    deliver(bench.claim(notice))
    assert bench.platform.sends() == []
    assert bench.status(notice) == NoticeStatus.TASKED
    task = bench.tasks(notice)[0]
    assert (task.practitioner_id, task.kind, task.detail["why"]) == (bench.doctor_id, "tell_by_phone", "not_reached")


@pytest.mark.parametrize(("born", "told"), [(-1, False), (0, False), (1, True)])
def test_a_guardian_is_told_until_the_ward_comes_of_age(bench: Bench, born: int, told: bool) -> None:
    bench.give_credit("daughter")
    with transaction() as current:
        today = local_day(clock.now(current))
        leap = (today.month, today.day) == (2, 29)  # eighteen years before there was none
        birthday = today.replace(year=today.year - 18, day=today.day - leap) + timedelta(days=born)
        current.execute(update(Resident).where(Resident.id == bench.resident_id).values(birth_on=birthday))
        of_ward = RelatedPerson.resident_id == bench.resident_id
        current.execute(update(RelatedPerson).where(of_ward).values(kind="guardian"))
    notice = bench.plan()
    deliver(bench.claim(notice))
    assert len(bench.platform.sends()) == told
    assert bench.status(notice) == (NoticeStatus.SENT if told else NoticeStatus.TASKED)


def test_a_doctor_who_withdrew_for_their_own_record_is_still_told_as_a_doctor(bench: Bench) -> None:
    bench.give_credit("daughter")
    with transaction() as current:
        _withdraw(current, bench, "daughter")
        daughter = Account.openid_index == openid_index(bench.openids["daughter"])
        current.execute(update(Account).where(daughter).values(practitioner_id=bench.doctor_id))
        notice = plan_notice(
            "xinmi",
            KIND,
            dedupe_key=uuid4().hex,
            focus=("resident", bench.resident_id),
            practitioner_id=bench.doctor_id,
            urgent=True,
        )
    assert notice is not None
    deliver(bench.claim(notice))
    assert bench.status(notice) == NoticeStatus.SENT


def test_a_notice_needs_somebody_to_fall_back_on(context: None) -> None:
    with pytest.raises(ValueError, match="somebody who phones"), transaction():
        plan_notice("xinmi", KIND, dedupe_key=uuid4().hex, focus=("resident", None), resident_id=uuid4())
