"""What stays behind when another doctor goes on: a wrong picture nobody can take out, a rung that leads to who left."""

from uuid import UUID

from sqlalchemy import select, update

from backend.jobs import relay
from backend.notices.models import Notice
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import Owner, escalate_overdue, open_task
from tests.integration.booking import scene
from tests.integration.referrals.rig import Cast, drawn, rules
from tests.integration.referrals.test_along import along, send
from tests.integration.referrals.test_reassign import colleague_of, hand, office_of


def test_who_goes_on_takes_out_the_wrong_picture_of_who_left(cast: Cast) -> None:
    referral = cast.draft()["id"]
    picture = send(cast, referral).json["pictures"][0]["id"]
    assert cast.submit(referral).status_code == 200
    (other, other_id) = colleague_of(cast)
    assert hand(office_of(cast), referral, other_id).status_code == 200
    assert along(cast, referral, other)["may_add"] is True
    left = cast.doctor.post(f"/api/v1/referral-attachments/{picture}/remove")
    assert left.status_code == 404, "who has it no longer takes nothing out"
    taken = other.post(f"/api/v1/referral-attachments/{picture}/remove")
    assert (taken.status_code, taken.json["pictures"]) == (200, []), taken.json


def test_a_result_nobody_sends_is_chased_at_the_doctor_who_goes_on(cast: Cast) -> None:
    referral = cast.issued()
    came = cast.clerk.post("/api/v1/arrivals", {"referral_id": referral, "category": "outpatient"})
    assert came.status_code == 201, came.json
    _, other_id = colleague_of(cast)
    assert hand(office_of(cast), referral, other_id, "moved").status_code == 200
    for _ in range(2):
        with cast.app.app_context(), transaction() as current:
            mine = Task.focus_id == UUID(referral), Task.kind == "referral.result"
            current.execute(update(Task).where(*mine).values(due_at=clock.now(current)))
            escalate_overdue(current, cast.county)
    with cast.app.app_context(), transaction() as current:
        [task] = current.scalars(select(Task).where(*mine)).all()
        assert str(task.practitioner_id) == other_id


def test_a_notice_on_its_way_falls_back_on_the_doctor_who_goes_on(cast: Cast) -> None:
    referral = cast.submitted()
    with cast.app.app_context(), transaction() as current:
        mine = Notice.focus_id == UUID(referral), Notice.resident_id == cast.patient_id
        current.execute(update(Notice).where(*mine).values(status="sending"))
    _, other_id = colleague_of(cast)
    assert hand(office_of(cast), referral, other_id).status_code == 200
    with cast.app.app_context(), transaction() as current:
        kept = current.scalars(select(Notice).where(*mine, Notice.status == "sending")).all()
        assert {one.fallback["practitioner_id"] for one in kept} == {other_id}


def test_the_reminder_of_a_place_falls_back_on_the_doctor_who_goes_on(cast: Cast) -> None:
    referral = cast.issued()
    with cast.app.app_context(), transaction() as current:
        where = {"county_id": cast.county, "institution": cast.places.hospital}
        slot = scene.make_slots(current, **where)[0].id
    booked = cast.patient.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": str(slot)})
    assert booked.status_code == 201, booked.json
    relay.drain(cast.app)
    mine = Notice.focus_id == UUID(booked.json["id"]), Notice.status == "due"
    tasks = Task.focus_id == UUID(booked.json["id"]), Task.status == "open"
    with cast.app.app_context(), transaction() as current:
        old = cast.doctor.actor().practitioner_id
        owner = Owner(practitioner_id=old)
        now = clock.now(current)
        focus = ("appointment", UUID(booked.json["id"]))
        open_task(cast.county, "tell_by_phone", owner, dedupe_key=f"t:{referral}", due_at=now, focus=focus)
        assert current.scalars(select(Notice).where(*mine)).all()
    _, other_id = colleague_of(cast)
    assert hand(office_of(cast), referral, other_id).status_code == 200
    with cast.app.app_context(), transaction() as current:
        kept = current.scalars(select(Notice).where(*mine)).all()
        assert {one.fallback["practitioner_id"] for one in kept} == {other_id}
        assert [str(one.practitioner_id) for one in current.scalars(select(Task).where(*tasks))] == [other_id]


def test_who_explained_it_is_no_witness_also_when_another_goes_on(cast: Cast) -> None:
    referral = cast.submitted()
    explained = cast.read(referral)["doctor"]["name"]
    other, other_id = colleague_of(cast)
    assert hand(office_of(cast), referral, other_id).status_code == 200
    text = other.get(f"/api/v1/referrals/{referral}/consent-text").json
    said = {"content_hash": text["content_hash"], "drawn": drawn(), "by": "self", "language": "普通话"}
    path = f"/api/v1/referrals/{referral}/helped-consent"
    refused = other.post(path, said | {"witness": explained})
    assert set(rules(refused)) == {"referral.witness_required"}
    assert other.post(path, said | {"witness": "岩相"}).status_code == 200
