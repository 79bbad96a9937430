"""Makes the world of these tests: one county, every stage of every story, and what fits into each field by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import update

from backend.followup.models import FollowUpPlan
from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.oversight.models_ledger import LedgerEntry
from backend.people.models import Account, Resident
from backend.prescriptions.renewals import remind
from backend.referrals.events import ReferralSubmitted
from backend.store import clock, events
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.badinput import booked
from tests.integration.badinput.still import standing_still
from tests.integration.badinput.world import COUNTY, Story, World
from tests.integration.booking import scene
from tests.integration.chat.conftest import make_talk
from tests.integration.contracts.conftest import ask
from tests.integration.followup.test_followup import answer, care_for
from tests.integration.oversight.test_audits import drawn_of
from tests.integration.people.conftest import Door
from tests.integration.people.test_authorities import paper as authority
from tests.integration.people.test_authorities import photo
from tests.integration.prescriptions.conftest import by_self, make_house, written
from tests.integration.records.test_first_visit import PRESSURE
from tests.integration.records.test_repeats import doctor_of, made
from tests.integration.referrals.down_rig import make_down
from tests.integration.referrals.rig import PIN, Cast, drawn, make_cast, signer, to_working_hour
from tests.integration.referrals.test_incoming import desk as desk_of
from tests.integration.referrals.test_incoming import paper

HOSPITAL, TOWNSHIP = "first-hospital", "th-yuanzhuang"


class Stories:
    """Keeps who belongs to whom, and which ids were made between."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.told: list[Story] = []
        self.first = new_id()

    def end(self, *people: Person) -> None:
        """End one story: these are its people."""
        with self.app.app_context(), transaction():
            roles = [(person, person.actor().roles) for person in people]
        last = new_id()
        self.told.append(Story(roles, self.first, last))
        self.first = last


@contextmanager
def made_world(app: Flask) -> Iterator[World]:
    """Everything made for real; what is asked afterwards is undone."""
    to_working_hour(app, 10)
    before = app.extensions["wechat"]
    app.extensions["wechat"] = Door()
    try:
        stories = Stories(app)
        known, whole = _tell(app, stories)
        with standing_still(app) as still:
            yield World(app, still, stories.told, known, whole)
    finally:
        app.extensions["wechat"] = before
        with app.app_context(), transaction() as current:
            current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))


def _medicines(app: Flask, stories: Stories) -> None:
    """A renewal that waits, a bag that is ready, a prescription just written, and somebody who has none."""
    house = make_house(app, COUNTY)
    house.collected()
    with app.app_context(), transaction() as current:
        clock.turn(current, timedelta(days=21))
        remind(current, COUNTY)
    stories.end(house.doctor, house.patient, house.pharmacist, house.dispenser)
    to_working_hour(app, 10)
    for step in ("prepared", "issued", "measure"):
        house = make_house(app, COUNTY)
        getattr(house, step)()
        stories.end(house.doctor, house.patient, house.pharmacist, house.dispenser)


def _upward(app: Flask, stories: Stories) -> tuple[Cast, str]:
    """A draft, one just sent with its consent text's hash, one without department, one being signed, one on paper."""
    cast = make_cast(app, COUNTY)
    for step in ("sent", "signing", "issued", "open", "draft"):
        cast = make_cast(app, COUNTY)
        if step == "issued":
            cast.issued()
            _drill(app, cast)
        elif step == "open":
            cast.submitted(to_department=None)
        elif step == "draft":
            pictures = f"/api/v1/referrals/{cast.draft()['id']}/pictures"
            made = cast.doctor.post(pictures, {"kind": "ecg", "photo": photo()})
            assert made.status_code == 201, made.json
        else:
            referral = cast.submitted()
            if step == "signing":
                cast.consent(referral)
                cast.accept(referral)
            else:
                text = cast.doctor.get(f"/api/v1/referrals/{referral}/consent-text").json
                papers = f"/api/v1/residents/{cast.patient_id}/written-authorities"
                made = cast.doctor.post(papers, authority(app, photo=photo()))
                assert made.status_code == 201, made.json
        stories.end(cast.doctor, cast.patient, cast.head, cast.third, cast.clerk, cast.hospital_head)
    return cast, text["content_hash"]


def _drill(app: Flask, cast: Cast) -> None:
    """A drill in the ledger of the clerk's house, which may strike it."""
    with app.app_context(), transaction() as current:
        day = local_day(clock.now(current))
        house = cast.places.hospital
        current.add(
            LedgerEntry(
                county_id=COUNTY, kind="drill", institution=house, host=house, held_on=day, led_by="急诊科",
                subject=f"胸痛救治 {uuid4()}", took_part=12,
            )
        )  # fmt: skip


def _by_telephone(app: Flask, stories: Stories) -> None:
    """An answer that was written down in a doctor's name, and one that its doctor disowned after the certificate."""
    for issued in (False, True):
        cast = make_cast(app, COUNTY)
        doctor = signer(app, HOSPITAL, Role.SPECIALIST, county=COUNTY, department="cardiology")
        referral = cast.submitted()
        with app.app_context(), transaction() as current:
            said_by = current.get_one(Account, (COUNTY, doctor.account_id)).practitioner_id
        said = cast.clerk.post(f"/api/v1/referrals/{referral}/spoken-answer", {"accept": True, "said_by": str(said_by)})
        assert said.status_code == 200, said.json
        if issued:
            cast.consent(referral)
            cast.sign_all(referral)
            assert doctor.post(f"/api/v1/spoken-answers/{said.json['answer']['id']}/disown", {}).status_code == 200
        stories.end(doctor, cast.clerk, cast.doctor, cast.patient)


def _from_above_and_looked_at(app: Flask, stories: Stories) -> None:
    """A paper from above that waits for its doctor, and an issued referral that was drawn for a second look."""
    down = make_down(app, COUNTY)
    made = desk_of(down).post("/api/v1/incoming-transfers", paper(down))
    assert made.status_code == 201, made.json
    stories.end(down.team.leader, down.patient)
    cast = make_cast(app, COUNTY)
    drawn_of(cast)
    stories.end(signer(app, HOSPITAL, Role.MEDICAL_OFFICE, county=COUNTY), cast.doctor)


def _sent_down(app: Flask, stories: Stories) -> None:
    """Somebody taken over below, on whose plan the hospital's doctor has advised; the house's office may hand it on."""
    down = make_down(app, COUNTY)
    assert down.take_over(down.ready()).status_code == 200
    [plan] = down.rows(FollowUpPlan, FollowUpPlan.resident_id == down.patient_id)
    advice = {"kind": "watch", "text": "脚肿要马上来"}
    assert down.ward.post(f"/api/v1/follow-up-plans/{plan.id}/advices", advice).status_code == 201
    office = signer(app, down.places.township, Role.MEDICAL_OFFICE, county=COUNTY)
    stories.end(down.ward, down.team.leader, down.patient, office)


def _examined_above(app: Flask, stories: Stories) -> str:
    """Somebody with a result of the hospital's that counts at the township too; returns the result."""
    person, resident = factories.resident_person(app, COUNTY)
    doctor = doctor_of(app, COUNTY, TOWNSHIP, resident)
    result = made(app, COUNTY, resident, HOSPITAL)
    stories.end(person, doctor)
    return result


def _tell(app: Flask, stories: Stories) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    _medicines(app, stories)
    cast, content_hash = _upward(app, stories)
    for step in ("ready", "proposed", "admitted"):
        down = make_down(app, COUNTY, recovering=step != "admitted")
        if step != "admitted":
            getattr(down, step)()
        stories.end(down.ward, down.patient, down.team.leader, down.head, *filter(None, [down.third]))
    _from_above_and_looked_at(app, stories)
    _sent_down(app, stories)
    result = _examined_above(app, stories)
    _by_telephone(app, stories)
    talk = make_talk(app)
    talk.say(talk.person, "今天头有点晕")
    with app.app_context(), transaction() as current:
        daughter = current.get_one(Account, (COUNTY, cast.patient.account_id))
        factories.make_family(current, current.get_one(Resident, (COUNTY, talk.resident_id)), daughter)
    stories.end(talk.person, talk.team.leader, talk.team.village_doctor, talk.team.office)
    cared = care_for(app, COUNTY)
    stories.end(cared.person, cared.doctor)
    slot = _booking(app, stories)
    people, bookings = booked.told(app)
    stories.end(*people)
    village_doctor = signer(app, cast.places.clinic, Role.VILLAGE_DOCTOR, county=COUNTY)
    slip = {
        "resident_id": str(cast.patient_id), "complaint": "头晕三天", "why": "血压还高", "values": PRESSURE,
        "phoned": "张医生", "travel": "bus",
    }  # fmt: skip
    assert village_doctor.post("/api/v1/handoffs", slip).status_code == 201
    asked = ask(factories.resident_person(app, village=talk.team.village)[0], talk.team)
    assert asked.status_code == 201, asked.json
    opened = cast.doctor.post("/api/v1/visits", {"resident_id": str(cast.patient_id), "department": "general_practice"})
    assert opened.status_code == 201, opened.json
    stories.end(
        village_doctor,
        cast.doctor,
        cast.patient,
        talk.team.leader,
        signer(app, HOSPITAL, Role.MEDICAL_OFFICE, county=COUNTY),
        signer(app, TOWNSHIP, Role.TEAM_NURSE, county=COUNTY),
        signer(app, TOWNSHIP, Role.PUBLIC_HEALTH, county=COUNTY),
        signer(app, HOSPITAL, Role.SPECIALIST, county=COUNTY, department="cardiology"),
        signer(app, "health-bureau", Role.BUREAU, county=COUNTY),
        signer(app, "health-bureau", Role.OPERATOR, county=COUNTY),
    )
    known = {
        "resident_id": cast.patient_id,
        "team_id": talk.team.id,
        "package": "basic",
        "signature": drawn(),
        "drawn": drawn(),
        "pin": PIN,
        "county": COUNTY,
        "slot_id": slot,
        "content_hash": content_hash,
        "to_institution": HOSPITAL,
        "institution": HOSPITAL,
        "month": "2026-11",
        "client_message_id": uuid4(),
        "code": "systolic",
        "unit": "mmHg",
        "codes": "systolic,diastolic",
        "version": "1",
        "papers_seen": True,
        "holder_name": "王秀英",
        "relation": "女儿",
    }
    whole = {
        "referrals.ReferralIn": cast.draft_body(),
        "referrals.PictureIn": {"kind": "ecg", "photo": photo()},
        "referrals.PillsIn": {"drugs": [{"name": "阿司匹林 100 mg", "dose": "每天 1 片"}]},
        "referrals.ProposalIn": down.propose_body(),
        "referrals.PackageIn": down.package(),
        "referrals.AnswerIn": {"accept": True, "contact": "李护士", "note": "门诊楼一层报到"},
        "referrals.AssignIn": {"department": "cardiology"},
        "referrals.DirectVisitIn": {
            "resident_id": str(cast.patient_id), "hospital": "省医院", "level": "province", "kind": "visit",
            "went_on": down.after(-1), "reason": "trust",
        },
        "referrals.VerifyIn": {"text": "4101-8300-0000-0000"},
        "prescriptions.IssueIn": written(),
        "prescriptions.WritingIn": {name: value for name, value in written().items() if name != "condition"},
        "prescriptions.PickupIn": by_self(),
        "followup.AnswerIn": answer(),
        "followup.AdviceIn": {"kind": "drug", "text": "晚上那片改到睡前吃"},
        "followup.ReplyIn": {"taken_on": True, "text": "今晚就改"},
        "records.HandoffIn": slip,
        "records.ResultUseIn": {"result_id": result},
        "records.ReadingsIn": {"values": PRESSURE},
        "records.VisitIn": {"resident_id": str(cast.patient_id), "department": "general_practice"},
        "prescriptions.ReasonIn": {"reason": "other", "note": "另有安排"},
        "people.LookUp": {"name": "试验一", "birth_on": "1958-03-01"},
        "people.NewResident": {
            "name": "勒排·早扎", "sex": "male", "birth_on": "1960-01-01", "village": cast.places.village,
            "household": "12",
        },
        "people.Correction": {"address": "村东头", "papers_seen": True},
        "people.Claim": {"hand_over_code": "12345678"},
        "people.Binding": {"bind_code": "no-such-code", "pin": PIN},
        "people.Invitation": {"holder_name": "王秀英", "relation": "女儿"},
        "wechat.AcceptedBody": {"templates": ["follow_up_due"]},
        **bookings,
    }  # fmt: skip
    return known, whole


def _booking(app: Flask, stories: Stories) -> Any:
    """Somebody with a place, one who may book, and one who asks for a bed; returns a place that is free."""
    doctor = signer(app, TOWNSHIP, Role.FAMILY_DOCTOR, county=COUNTY)
    clerk = signer(app, HOSPITAL, Role.DESK_CLERK, county=COUNTY)
    patients = [factories.resident_person(app, COUNTY) for _ in range(3)]
    with app.app_context(), transaction() as current:
        practitioner = doctor.actor().practitioner_id
        booked, _, stay = (
            scene.make_referral(current, resident, practitioner_id=practitioner, answer=answered)
            for (_, resident), answered in zip(patients, ("accepted", "accepted", "asked"), strict=True)
        )
        stay.category = "stay"
        current.flush()
        events.publish(
            ReferralSubmitted(
                county_id=COUNTY, referral_id=stay.id, resident_id=stay.resident_id, from_institution=TOWNSHIP,
                to_institution=HOSPITAL, direction="up",
            )
        )  # fmt: skip
        slots = [slot.id for slot in scene.make_slots(current, 6, capacity=3)]
    taken = patients[0][0].post(f"/api/v1/referrals/{booked.id}/appointment", {"slot_id": slots[0]})
    assert taken.status_code == 201, taken.json
    stories.end(doctor, clerk, *(person for person, _ in patients))
    return slots[1]
