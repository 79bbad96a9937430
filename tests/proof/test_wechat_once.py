"""A send whose outcome is unknown is never repeated: it becomes a named person's task. The stand-in counts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from backend.kernel.roles import Role
from backend.notices import delivery
from backend.notices.models import Notice
from backend.notices.service import plan_notice
from backend.people.models import Account
from backend.store.db import session, transaction
from backend.store.vault import vault
from backend.wechat.credits import Happening
from backend.wechat.door import gateway, templates
from backend.wechat.queries import openid_index
from backend.wechat.service import happened
from backend.wechat.templates import NoticeKind
from backend.worklist.models import Task
from backend.worklist.service import Owner
from tests import factories
from tests.integration.platform.standin import SEND, StandIn, start
from tests.proof.score import Tally
from tests.proof.stage import Stage

pytestmark = pytest.mark.proof
KIND = NoticeKind.FOLLOW_UP_DUE
ROUNDS = 12
CREDITS = 3  # more than one send would need: only the memory stops a second


@contextmanager
def platform(stage: Stage) -> Iterator[StandIn]:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        running = start(Path(folder))
        try:
            yield running
        finally:
            running.stop()


def person(running: StandIn) -> tuple[str, UUID, UUID]:
    """Somebody with credits, and the village doctor who phones: openid, resident, doctor."""
    openid = f"o-{uuid4().hex}"
    running.ask("/mock/people", {"people": [{"openid": openid, "nickname": "试验", "county": "xinmi", "who": "试验"}]})
    with transaction() as current:
        resident = factories.make_resident(current)
        account: Account = factories.make_account(current, resident=resident)
        account.openid_index = openid_index(openid)
        vault().seal(account, "openid", openid)
        session().flush()
        doctor = factories.make_practitioner(current, "vc-yuanzhuang-cun", Role.VILLAGE_DOCTOR)
        ids = openid, resident.id, doctor.id
    template = templates().templates[KIND].template_id
    for _ in range(CREDITS):
        running.accept(openid, template)
        with transaction() as current:
            happened(current, "xinmi", openid_index(openid), template, Happening.REPORTED_ACCEPT)
    return ids


def plan(resident: UUID, doctor: UUID) -> UUID:
    with transaction():
        made = plan_notice(
            "xinmi",
            KIND,
            dedupe_key=uuid4().hex,
            focus=("resident", resident),
            resident_id=resident,
            urgent=True,
            fallback=Owner(practitioner_id=doctor).step(30),
        )
    assert made is not None
    return made


def play_with(harm: Callable[[Stage, StandIn, UUID], None], name: str) -> Callable[[Stage], Tally]:
    """Every round: one notice, the harm, and then as many looks as a relay takes in a minute."""

    def play(stage: Stage) -> Tally:
        tally = Tally()
        with stage.app.app_context(), platform(stage) as running:
            for _ in range(ROUNDS):
                stage.app.extensions["wechat"] = running.door()  # a relay whose brakes have not closed yet
                openid, resident, doctor = person(running)
                notice = plan(resident, doctor)
                harm(stage, running, notice)
                for _ in range(3):
                    _lapse(notice)
                    with transaction() as current:
                        delivery.recover_lost(current, "xinmi")
                    delivery.deliver_batch(stage.app)
                tally.attempts += 1
                tally.faults[name] += 1
                accepted = sum(one["openid"] == openid for one in running.sends())
                tally.violations += [f"accepted {accepted} times"] * (accepted > 1)
                tally.violations += _nobody_told(notice, doctor, accepted)
        tally.violations += stage.broken_invariants("I-13", "I-14a")
        return tally

    return play


def cut_after_accepting(stage: Stage, running: StandIn, notice: UUID) -> None:
    running.misbehave(SEND, "drop_after_accept")
    delivery.deliver_batch(stage.app)


def die_after_the_call(stage: Stage, running: StandIn, notice: UUID) -> None:
    """The relay is killed between WeChat's yes and its own record of it."""
    record = delivery._record
    delivery._record = _dead  # type: ignore[assignment]
    try:
        delivery.deliver_batch(stage.app)
    except _Killed:
        session().rollback()
    finally:
        delivery._record = record


def outlive_the_lease(stage: Stage, running: StandIn, notice: UUID) -> None:
    """A slow batch: before its turn comes the notice is given back, and another relay is just calling."""
    slow = _claim(notice)
    _lapse(notice)
    with transaction() as current:
        delivery.recover_lost(current, "xinmi")
    quick = _claim(notice)
    with transaction() as current:
        calls = delivery._prepare(current, quick)
    assert calls
    delivery.deliver(slow)
    results = [(call, gateway().send(call.message)) for call in calls]
    with transaction() as current:
        delivery._record(current, "xinmi", notice, results)


def _claim(notice: UUID) -> delivery.Claimed:
    with transaction() as current:
        rows = current.execute(delivery._CLAIM, {"lease": 60, "batch": 50}).all()
    return next(delivery.Claimed(row.county_id, row.id, row.lease_until) for row in rows if row.id == notice)


class _Killed(BaseException):
    pass


def _dead(*_given: object) -> None:
    raise _Killed


def _lapse(notice: UUID) -> None:
    with transaction() as current:
        current.execute(
            text("UPDATE notice SET lease_until = now() - interval '1 second' WHERE id = :i AND status = 'sending'"),
            {"i": notice},
        )


def _nobody_told(notice: UUID, doctor: UUID, accepted: int) -> list[str]:
    """A notice ends as sent, or as a task of the very doctor who phones."""
    with transaction() as current:
        status = current.scalar(select(Notice.status).where(Notice.id == notice))
        owners = current.scalars(select(Task.practitioner_id).where(Task.dedupe_key == f"notice:{notice}")).all()
    if (status == "sent" and accepted == 1) or (status == "tasked" and list(owners) == [doctor]):
        return []
    return [f"ended as {status}, {len(owners)} tasks"]


@pytest.mark.parametrize(
    ("says", "what", "harm", "fault"),
    [
        ("WeChat accepted, and its answer was cut", "answer cut", cut_after_accepting, "unknown-repeated"),
        ("WeChat accepted, and the relay was killed", "relay killed", die_after_the_call, "lost-call-repeated"),
        ("another relay calls, and the lease ran out", "lease run out", outlive_the_lease, "lease-of-anybody"),
    ],
)
def test_an_unknown_outcome_becomes_a_task(prove, says, what, harm, fault) -> None:
    prove("I-13", f"{says}: never repeated, a named person's task", play_with(harm, what), fault)
