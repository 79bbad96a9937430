"""Sent down on paper by a prefecture or provincial hospital: written down, taken over by a named doctor, followed."""

import base64
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.kernel.roles import Role
from backend.records.models import AccessGrant, Stay
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.integration.referrals.down_rig import Down, make_down
from tests.integration.referrals.rig import nothing_foreign, signer


@pytest.fixture(params=["xinmi", "mangshi"])
def down(app, morning, request) -> Down:
    return make_down(app, request.param)


def photo(size: tuple[int, int] = (900, 1200)) -> str:
    out = io.BytesIO()
    picture = Image.new("RGB", size, "white")
    exif = picture.getexif()
    exif[0x010E] = "secret-place"
    picture.save(out, format="JPEG", exif=exif)
    return base64.b64encode(out.getvalue()).decode()


def paper(down: Down, **changes: Any) -> dict[str, Any]:
    return {
        "resident_id": str(down.patient_id),
        "from_name": "省人民医院",
        "discharged_on": down.after(-1),
        "category": "home",
        "to_institution": down.places.township,
        "diagnosis_text": "高血压 3 级，出院",
        "diagnosis_code": "I10",
        "parts": ["diagnosis-treatment", "medicine"],
        "drugs": [{"name": "氨氯地平 5 mg", "dose": "每天早上 1 片", "until_on": down.after(5)}],
        "watch": "头疼、看不清要马上回来",
        "photo": photo(),
    } | changes


def desk(down: Down) -> Any:
    return signer(down.app, down.places.hospital, Role.DESK_CLERK, county=down.county)


def tasks(down: Down, incoming: str) -> list[Task]:
    found = down.rows(Task, Task.focus_id == UUID(incoming), Task.kind == "referral.incoming")
    return sorted(found, key=lambda task: task.id)


@pytest.mark.clause("MS-3b")
def test_registered_asked_of_the_own_doctor_and_followed_from_the_paper(down: Down) -> None:
    made = desk(down).post("/api/v1/incoming-transfers", paper(down))
    assert made.status_code == 201, made.json
    nothing_foreign(down, made)
    assert made.json["status"] == "registered"
    assert "预后评估" in made.json["missing"], "what the paper lacks is named and bars nobody"
    assert "诊断和治疗经过" not in made.json["missing"]
    incoming = made.json["id"]
    [task] = tasks(down, incoming)
    assert task.practitioner_id == down.team.leader_id, "the person's own family doctor, by name"
    seen = down.team.leader.get(f"/api/v1/incoming-transfers/{incoming}").json
    assert (seen["watch"], seen["actions"]) == ("头疼、看不清要马上回来", ["accept"])
    kept = down.team.leader.get(f"/api/v1/incoming-transfers/{incoming}/summary")
    assert kept.mimetype == "image/jpeg"
    assert b"secret-place" not in kept.data, "drawn anew, nothing hides in it"
    taken = down.team.leader.post(f"/api/v1/incoming-transfers/{incoming}/accept", {})
    assert taken.status_code == 200, taken.json
    assert taken.json["status"] == "accepted"
    [plan] = down.rows(FollowUpPlan, FollowUpPlan.resident_id == down.patient_id, FollowUpPlan.basis == "incoming")
    assert (plan.condition, plan.practitioner_id) == ("hypertension", down.team.leader_id)
    [look] = down.rows(FollowUpVisit, FollowUpVisit.plan_id == plan.id)
    assert look.due_on == down.today + timedelta(days=3), "two days before the drugs run out"
    assert tasks(down, incoming)[0].status == "done"
    sights = down.rows(AccessGrant, AccessGrant.basis == "incoming", AccessGrant.basis_id == UUID(incoming))
    assert {one.grantee for one in sights} >= {f"team:{down.team.id}"}
    again = down.team.leader.post(f"/api/v1/incoming-transfers/{incoming}/accept", {})
    assert (again.status_code, again.json["code"]) == (409, "already_accepted")


@pytest.mark.clause("MS-3b")
def test_what_is_chosen_from_and_who_is_asked_stand_in_the_answers(down: Down) -> None:
    clerk = desk(down)
    options = clerk.get("/api/v1/incoming-transfers/options").json
    assert down.places.township in {one["code"] for one in options["houses"]}
    assert not {one["name"] for one in options["hospitals"]} & {one["name"] for one in options["houses"]}
    assert "not-our-ability" in {one["code"] for one in options["decline_reasons"]}
    assert all(one["required_for"] for one in options["parts"])
    made = clerk.post("/api/v1/incoming-transfers", paper(down, from_phone="0371-00001234")).json
    assert made["from_phone"] == "0371-00001234"
    taken = down.team.leader.post(f"/api/v1/incoming-transfers/{made['id']}/accept", {}).json
    assert (made["asked"], taken["asked"]) == (taken["accepted_by"], None), (
        "who is asked, until somebody has taken over"
    )
    assert made["answer_by"] is not None
    assert made["registered_at_phones"], "whoever takes over can ask the house that wrote it down"
    refused = clerk.post("/api/v1/incoming-transfers", paper(down, from_phone="问护士站"))
    assert refused.status_code == 422


@pytest.mark.clause("MS-3b")
def test_the_county_hospital_takes_somebody_to_a_bed(down: Down) -> None:
    body = paper(
        down, category="bed", to_institution=down.places.other_hospital, paper_number="省 2026-118", photo=None
    )
    incoming = desk(down).post("/api/v1/incoming-transfers", body).json["id"]
    ward = signer(down.app, down.places.other_hospital, Role.WARD_DOCTOR, county=down.county, department="neurology")
    taken = ward.post(f"/api/v1/incoming-transfers/{incoming}/accept", {"bed": "9"})
    assert taken.status_code == 200, taken.json
    assert taken.json["bed"] == "9 床"
    [stay] = down.rows(Stay, Stay.id == UUID(taken.json["stay_id"]))
    assert (stay.institution, stay.bed, stay.came_as) == (down.places.other_hospital, "9 床", "referred")
    assert (
        len(down.rows(FollowUpPlan, FollowUpPlan.resident_id == down.patient_id, FollowUpPlan.basis == "incoming")) == 1
    )


@pytest.mark.clause("MS-3b")
def test_nobody_accepts_and_somebody_is_asked_all_the_same(down: Down) -> None:
    incoming = desk(down).post("/api/v1/incoming-transfers", paper(down)).json["id"]
    with down.app.app_context(), transaction() as current:
        task = current.get(Task, (down.county, tasks(down, incoming)[0].id))
        task.due_at = task.created_at
    with down.app.app_context(), transaction() as current:
        escalate_overdue(current, down.county)
    [task] = tasks(down, incoming)
    assert (task.role, task.institution, task.practitioner_id) == ("family_doctor", down.places.township, None)
    refused = down.team.leader.post(
        f"/api/v1/incoming-transfers/{incoming}/pass-on",
        {"to_institution": down.places.other_hospital, "reason": "x-y"},
    )
    assert refused.json["code"] == "no_reason"
    moved = down.team.leader.post(
        f"/api/v1/incoming-transfers/{incoming}/pass-on",
        {"to_institution": down.places.other_hospital, "reason": "not-our-ability"},
    )
    assert moved.status_code == 200, moved.json
    old, asked = tasks(down, incoming)
    assert (old.status, asked.status, asked.institution) == ("done", "open", down.places.other_hospital)
    assert down.team.leader.get(f"/api/v1/incoming-transfers/{incoming}").status_code == 404, "no longer theirs"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"to_institution": "nowhere"}, "no_institution"),
        ({"parts": ["poem"]}, "no_part"),
        ({"photo": base64.b64encode(b"no picture").decode()}, "photo_unreadable"),
        ({"photo": photo((60, 60))}, "photo_size"),
    ],
)
def test_what_cannot_be_is_refused_in_words(down: Down, changes: dict[str, Any], code: str) -> None:
    answer = desk(down).post("/api/v1/incoming-transfers", paper(down, **changes))
    assert (answer.status_code, answer.json["code"]) == (422, code)
    later = desk(down).post("/api/v1/incoming-transfers", paper(down, discharged_on=down.after(2)))
    assert later.json["code"] == "date_to_come"


def test_one_paper_is_registered_once_and_strangers_see_nothing(down: Down) -> None:
    clerk = desk(down)
    incoming = clerk.post("/api/v1/incoming-transfers", paper(down)).json["id"]
    again = clerk.post("/api/v1/incoming-transfers", paper(down))
    assert (again.status_code, again.json["code"]) == (409, "paper_registered")
    stranger = signer(down.app, down.places.other_hospital, Role.WARD_DOCTOR, county=down.county)
    assert stranger.get(f"/api/v1/incoming-transfers/{incoming}").status_code == 404
    listed = clerk.get("/api/v1/incoming-transfers").json["items"]
    assert incoming in {one["id"] for one in listed}
    assert down.patient.get(f"/api/v1/incoming-transfers/{incoming}").status_code == 200
