"""A doctor on leave or gone: the house's own office hands the referral on, the tasks follow, the patient is told."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.people.models import Practitioner, PractitionerRole
from backend.referrals import reassigning
from backend.referrals.models import Referral
from backend.referrals.models_reassignment import ReferralReassignment
from backend.referrals.reassigning import author_of
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests import factories
from tests.factories import Person
from tests.integration.referrals.rig import PIN, Cast, nothing_foreign, rules, signer


def office_of(cast: Cast, house: str | None = None) -> Person:
    office, _ = factories.staff_person(
        cast.app, house or cast.places.township, Role.MEDICAL_OFFICE, county_id=cast.county
    )
    return office


@pytest.fixture(autouse=True)
def whole_house(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests leave more doctors in a house than any county has."""
    monkeypatch.setattr(reassigning, "MOST", 10_000)


def colleague_of(cast: Cast, house: str | None = None, role: Role = Role.FAMILY_DOCTOR) -> tuple[Person, str]:
    doctor = signer(cast.app, house or cast.places.township, role, county=cast.county)
    with cast.app.app_context(), transaction():
        return doctor, str(doctor.actor().practitioner_id)


def hand(who: Person, referral: str, to: str, reason: str = "on-leave", **extra: str) -> Any:
    return who.post(f"/api/v1/referrals/{referral}/reassign", {"practitioner_id": to, "reason": reason}, **extra)


def tasks(cast: Cast, referral: str) -> dict[str, tuple[str | None, str | None, int]]:
    """Who has what to do: kind -> (person, role, rung)."""
    with cast.app.app_context(), transaction() as current:
        found = current.scalars(select(Task).where(Task.focus_id == UUID(referral), Task.status == "open")).all()
        owner = {one.kind: str(one.practitioner_id) if one.practitioner_id else None for one in found}
        return {one.kind: (owner[one.kind], one.role, one.level) for one in found}


@pytest.mark.clause("MS-4.2.2u2")
def test_the_office_hands_it_to_a_colleague_and_everything_goes_on(cast: Cast) -> None:
    referral = cast.submitted()
    office, (other, other_id) = office_of(cast), colleague_of(cast)
    old = cast.read(referral)["doctor"]["name"]
    assert "reassign" in cast.read(referral, office)["actions"]
    offered = office.get(f"/api/v1/referrals/{referral}/colleagues").json
    assert other_id in [one["id"] for one in offered["items"]]
    assert offered["doctor"]["name"] == old
    assert other.post(f"/api/v1/referrals/{referral}/give-up").status_code == 404
    done = hand(office, referral, other_id)
    assert done.status_code == 200, done.json
    assert done.json["doctor"]["id"] == other_id
    first, change, *_ = done.json["way"]
    assert old in first["title"]
    assert (change["code"], change["detail"]) == ("reassigned", "原来的医生请假或出差")
    assert tasks(cast, referral)["referral.consent"] == (other_id, None, 0)
    # What the first doctor signed goes on counting: the certificate comes without another submission.
    for answer in (cast.consent(referral), cast.accept(referral)):
        assert answer.status_code == 200, answer.json
    cast.sign_all(referral)
    assert cast.read(referral)["status"] == "issued"
    assert cast.doctor.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "写错了"}).status_code == 404
    with cast.app.app_context(), transaction() as current:
        row = current.get_one(Referral, (cast.county, UUID(referral)))
        assert str(row.practitioner_id) == other_id
        assert str(author_of(row)) != other_id  # a second look is about who judged it
        [kept] = current.scalars(select(ReferralReassignment).where(ReferralReassignment.referral_id == row.id)).all()
        assert kept.reason == "on-leave"
        told = current.scalars(select(Notice).where(Notice.focus_id == row.id)).all()
        assert any("doctor:" in one.dedupe_key and one.resident_id == cast.patient_id for one in told)
        assert any("yours:" in one.dedupe_key and str(one.practitioner_id) == other_id for one in told)
        assert str(kept.from_practitioner_id) not in str([one.fallback for one in told if one.status == "due"])
        trace = current.scalars(
            select(AuditEvent).where(AuditEvent.action == "referral.reassign", AuditEvent.entity_id == row.id)
        ).all()
        assert [(one.account_id, one.detail["to"]) for one in trace] == [(office.account_id, other_id)]
    assert other.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不用转了"}).status_code == 200


def test_what_came_back_and_went_up_to_the_office_comes_down_to_the_new_doctor(cast: Cast) -> None:
    referral = cast.submitted()
    line = cast.waiting_for(cast.head, referral)
    back = cast.head.post(f"/api/v1/signatures/{line['id']}/return", {"reason": "写清楚些"})
    assert back.status_code == 200, back.json
    with cast.app.app_context(), transaction() as current:
        current.execute(
            update(Task).where(Task.focus_id == UUID(referral), Task.status == "open").values(due_at=clock.now(current))
        )
        escalate_overdue(current, cast.county)
    assert tasks(cast, referral)["referral.returned"][1] == "medical_office"
    office, (other, other_id) = office_of(cast), colleague_of(cast)
    assert hand(office, referral, other_id, "moved").status_code == 200
    assert tasks(cast, referral)["referral.returned"] == (other_id, None, 0)
    assert other.get(f"/api/v1/referrals/{referral}").json["return_reason"] == "写清楚些"
    again = other.post(f"/api/v1/referrals/{referral}/submit", {"pin": PIN})
    assert (again.status_code, again.json["status"]) == (200, "submitted")


def test_who_may_not_and_to_whom_not(app: Flask, cast: Cast) -> None:
    referral = cast.submitted()
    office, (other, other_id) = office_of(cast), colleague_of(cast)
    _, abroad_id = colleague_of(cast, cast.places.hospital, Role.SPECIALIST)
    _, nurse_id = colleague_of(cast, role=Role.TEAM_NURSE)
    for to in (abroad_id, nurse_id, str(cast.patient_id)):
        refused = hand(office, referral, to)
        assert set(rules(refused)) == {"referral.reassign_colleague"}
        nothing_foreign(cast, refused)
    with app.app_context(), transaction():
        mine = str(cast.doctor.actor().practitioner_id)
    assert "本来就在" in hand(office, referral, mine).json["violations"][0]["text"]
    unknown = hand(office, referral, other_id, "because")
    assert rules(unknown) == {"referral.reassign_reason": "S-reassign"}
    assert hand(office_of(cast, cast.places.hospital), referral, abroad_id).status_code == 404
    assert hand(other, referral, other_id).status_code == 403
    assert hand(cast.patient, referral, other_id).status_code == 403
    assert hand(office, referral, other_id).status_code == 200
    with app.app_context(), transaction() as current:
        current.execute(
            update(PractitionerRole)
            .where(PractitionerRole.practitioner_id == UUID(mine))
            .values(until_on=clock.now(current).date().replace(year=2020))
        )
    assert set(rules(hand(office, referral, mine))) == {"referral.reassign_colleague"}
    seen = office.get(f"/api/v1/referrals/{referral}").json
    cast.patient.post(f"/api/v1/referrals/{referral}/decline")
    assert hand(office, referral, abroad_id, **{"If-Match": f'"{seen["version"]}"'}).status_code == 412


def test_a_draft_is_its_doctors_own(cast: Cast) -> None:
    draft = cast.draft()["id"]
    _, other_id = colleague_of(cast)
    assert hand(office_of(cast), draft, other_id).status_code == 404


def test_a_township_head_takes_it_over_and_a_county_departments_head_does_not(cast: Cast) -> None:
    referral = cast.submitted()
    head = signer(cast.app, cast.places.township, Role.DEPARTMENT_HEAD, Role.FAMILY_DOCTOR, county=cast.county)
    with cast.app.app_context(), transaction():
        head_id = str(head.actor().practitioner_id)
    offered = head.get(f"/api/v1/referrals/{referral}/colleagues").json["items"]
    assert [one["me"] for one in offered if one["id"] == head_id] == [True]
    assert hand(head, referral, head_id, "unreachable").status_code == 200
    county_head, _ = factories.staff_person(cast.app, cast.places.hospital, Role.DEPARTMENT_HEAD, county_id=cast.county)
    county_office = office_of(cast, cast.places.hospital)
    with cast.app.app_context(), transaction():
        of_hospital = Referral(county_id=cast.county, from_institution=cast.places.hospital, status="submitted")
        assert not reassigning.may_reassign(county_head.actor(), of_hospital)
        assert reassigning.may_reassign(county_office.actor(), of_hospital)


def test_two_offices_at_once_move_it_once(cast: Cast) -> None:
    referral = cast.submitted()
    office = office_of(cast)
    (_, first), (_, second) = colleague_of(cast), colleague_of(cast)
    version = f'"{office.get(f"/api/v1/referrals/{referral}").json["version"]}"'
    assert hand(office, referral, first, **{"If-Match": version}).status_code == 200
    assert hand(office, referral, second, **{"If-Match": version}).status_code == 412
    with cast.app.app_context(), transaction() as current:
        rows = current.scalars(
            select(ReferralReassignment).where(ReferralReassignment.referral_id == UUID(referral))
        ).all()
        assert [str(one.to_practitioner_id) for one in rows] == [first]


def test_who_left_the_house_gets_nothing(cast: Cast) -> None:
    referral = cast.submitted()
    office, (_, gone) = office_of(cast), colleague_of(cast)
    with cast.app.app_context(), transaction() as current:
        current.get_one(Practitioner, (cast.county, UUID(gone))).active = False
    assert set(rules(hand(office, referral, gone))) == {"referral.reassign_colleague"}
