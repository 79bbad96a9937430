"""An answer by telephone: the clerk writes it down, the named doctor's rights decide, and the doctor may disown it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.kernel.clock import machine_now
from backend.kernel.roles import Role
from backend.people.models import Account, Practitioner
from backend.people.staff import end_place
from backend.referrals.models import ReferralAnswer
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests import factories
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.referrals.down_rig import make_down
from tests.integration.referrals.rig import PIN, Cast, make_cast, nothing_foreign, rules, signer

NO = {"accept": False, "reason": "not-our-ability", "alternative_institution": "tcm-hospital"}
YES: dict[str, Any] = {"accept": True}


def practitioner(who: Person) -> UUID:
    with who.app.app_context(), transaction() as current:
        found = current.get_one(Account, (who.county_id, who.account_id)).practitioner_id
    assert found is not None
    return found


@dataclass
class Desk:
    """A clerk with a question on the screen, and the doctor who answers by telephone."""

    cast: Cast
    doctor: Person
    referral: str

    def write(self, who: Person | UUID | None = None, clerk: Person | None = None, **reply: Any) -> Any:
        named = who if isinstance(who, UUID) else practitioner(who or self.doctor)
        body = (reply or YES) | {"said_by": str(named)}
        return (clerk or self.cast.clerk).post(f"/api/v1/referrals/{self.referral}/spoken-answer", body)

    def written(self, **reply: Any) -> str:
        done = self.write(**reply)
        assert done.status_code == 200, done.json
        return done.json["answer"]["id"]

    def disown(self, answer: str, who: Person | None = None) -> Any:
        return (who or self.doctor).post(f"/api/v1/spoken-answers/{answer}/disown", {})

    def seen(self, answer: str, who: Person | None = None) -> Any:
        return (who or self.doctor).get(f"/api/v1/spoken-answers/{answer}")

    def answers(self) -> list[ReferralAnswer]:
        with self.cast.app.app_context(), transaction() as current:
            of_this = ReferralAnswer.referral_id == UUID(self.referral)
            rows = list(current.scalars(select(ReferralAnswer).where(of_this).order_by(ReferralAnswer.id)))
            current.expunge_all()
            return rows

    def tasks(self, kind: str) -> list[Task]:
        with self.cast.app.app_context(), transaction() as current:
            of_this = (Task.focus_id == UUID(self.referral), Task.kind == kind)
            rows = list(current.scalars(select(Task).where(*of_this).order_by(Task.id)))
            current.expunge_all()
            return rows


def specialist(cast: Cast, department: str = "cardiology", **values: Any) -> Person:
    return signer(cast.app, cast.places.hospital, Role.SPECIALIST, county=cast.county, department=department, **values)


@pytest.fixture
def desk(cast: Cast) -> Desk:
    return Desk(cast, specialist(cast, name="段思平"), cast.submitted())


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_a_yes_by_telephone_says_who_said_it_and_who_wrote_it_down(desk: Desk) -> None:
    done = desk.write(**YES, department="neurology", day="2026-12-24")
    assert rules(done) == {"referral.said_by": "MS-4.1a" if desk.cast.county == "mangshi" else "S-receiving"}
    nothing_foreign(desk.cast, done)
    answer = desk.written(**YES, day="2026-12-24", note="门诊楼二层")
    body = desk.cast.read(desk.referral)
    assert body["answer"]["status"] == "accepted"
    assert (body["answer"]["contact"], body["wanted_on"]) == ("段思平", "2026-12-24")
    assert body["answer"]["written_by"]
    [row] = desk.answers()
    assert (row.answered_by, row.written_by) == (practitioner(desk.doctor), practitioner(desk.cast.clerk))
    with desk.cast.app.app_context(), transaction() as current:
        trail = current.scalars(
            select(AuditEvent).where(AuditEvent.entity_id == UUID(answer), AuditEvent.action == "referral.answer")
        ).one()
        assert trail.account_id == desk.cast.clerk.account_id
        assert trail.detail["said_by"] == str(practitioner(desk.doctor))
        assert trail.detail["written_by"] == str(practitioner(desk.cast.clerk))


@pytest.mark.clause("MS-4.1a")
def test_a_no_is_judged_by_the_rights_of_whom_the_clerk_names(desk: Desk) -> None:
    cast = desk.cast
    ward = signer(cast.app, cast.places.hospital, Role.WARD_DOCTOR, county=cast.county, department="cardiology")
    refused = desk.write(ward, **NO)
    assert rules(refused) == {"referral.decline_role": "MS-4.1a" if cast.county == "mangshi" else "S-receiving"}
    assert "管床医生" in refused.json["violations"][0]["text"]
    nothing_foreign(cast, refused)
    assert cast.read(desk.referral)["answer"]["status"] == "asked"
    assert desk.write(ward, **YES | {"note": "来吧"}).status_code == 200, "a ward doctor's yes is one"
    desk.referral = make_submitted(cast)
    done = desk.write(cast.hospital_head, **NO)
    assert done.status_code == 200, done.json
    assert done.json["answer"]["status"] == "declined"
    assert done.json["answer"]["alternative_name"]


def make_submitted(cast: Cast) -> str:
    return make_cast(cast.app, cast.county).submitted()


def test_a_no_by_telephone_needs_the_reason_and_another_way_too(desk: Desk) -> None:
    for body in ({"accept": False}, NO | {"alternative_institution": None}, {"accept": False, "reason": "no-bed"}):
        assert set(rules(desk.write(**body))) == {"referral.decline_reason_required"}
    wrong = desk.write(**NO | {"alternative_institution": "moon-hospital"})
    assert wrong.json["code"] == "no_institution"
    assert desk.cast.read(desk.referral)["answer"]["status"] == "asked"


def test_the_medical_office_may_be_named_for_any_department(desk: Desk) -> None:
    cast = desk.cast
    office = signer(cast.app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county)
    assert desk.write(office, **NO).status_code == 200


def test_a_yes_for_another_department_is_that_departments_to_give(desk: Desk) -> None:
    other = specialist(desk.cast, "neurology")
    assert "referral.said_by" in rules(desk.write(other))
    assert "referral.said_by" in rules(desk.write(other, **NO))
    done = desk.write(other, **YES, department="neurology")
    assert done.status_code == 200, done.json
    assert done.json["to_place"]["department"] == "neurology"


def test_nobody_else_may_be_named_and_all_are_refused_alike(desk: Desk) -> None:
    cast = desk.cast
    gone, disabled, ended = (specialist(cast) for _ in range(3))
    visiting = signer(
        cast.app, cast.places.other_hospital, Role.SPECIALIST, county=cast.county, department="cardiology"
    )
    with cast.app.app_context(), transaction() as current:
        current.get_one(Practitioner, (cast.county, practitioner(gone))).active = False
        current.get_one(Account, (cast.county, disabled.account_id)).disabled_at = machine_now()
        end_place(current, cast.county, practitioner(ended), Role.SPECIALIST, cast.places.hospital)
        unsigned = factories.make_practitioner(
            current, cast.places.hospital, Role.SPECIALIST, county_id=cast.county, department="cardiology"
        ).id
    abroad = specialist(make_cast(cast.app, "mangshi" if cast.county == "xinmi" else "xinmi"))
    colleague = signer(cast.app, cast.places.hospital, Role.DESK_CLERK, county=cast.county, department="cardiology")
    answers = [desk.write(who, **NO) for who in (gone, disabled, ended, visiting, unsigned, abroad, colleague, uuid4())]
    said = [(one.status_code, one.json["violations"]) for one in answers]
    assert said == [said[0]] * len(said)
    assert set(rules(answers[0])) == {"referral.said_by"}
    assert cast.read(desk.referral)["answer"]["status"] == "asked"


def test_a_doctor_of_elsewhere_who_also_practises_here_does_not_speak_for_this_house(desk: Desk) -> None:
    from backend.people.staff import Place, add_place

    cast = desk.cast
    visiting = signer(
        cast.app, cast.places.other_hospital, Role.SPECIALIST, county=cast.county, department="cardiology"
    )
    with cast.app.app_context(), transaction() as current:
        add_place(
            current, cast.county, practitioner(visiting), Place(Role.SPECIALIST, cast.places.hospital, "cardiology")
        )
    assert set(rules(desk.write(visiting))) == {"referral.said_by"}


def test_a_clerk_never_names_themselves(desk: Desk) -> None:
    cast = desk.cast
    both = signer(
        cast.app, cast.places.hospital, Role.DESK_CLERK, Role.SPECIALIST, county=cast.county, department="cardiology"
    )
    assert set(rules(desk.write(both, clerk=both, **NO))) == {"referral.said_by_other"}
    assert set(rules(desk.write(cast.clerk, **NO))) == {"referral.said_by", "referral.said_by_other"}
    row = desk.answers()[0]
    with cast.app.app_context(), pytest.raises(IntegrityError, match="two_people"), transaction() as current:
        kept = current.get_one(ReferralAnswer, (cast.county, row.id))
        kept.answered_by = kept.written_by = practitioner(both)


def test_only_a_clerk_of_the_asked_house_writes_down(desk: Desk) -> None:
    cast = desk.cast
    elsewhere = signer(cast.app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    below = signer(cast.app, cast.places.township, Role.DESK_CLERK, county=cast.county)
    assert desk.write(clerk=elsewhere).status_code == 404
    assert desk.write(clerk=below).status_code == 404
    for who in (cast.hospital_head, cast.doctor, cast.patient, desk.doctor):
        assert desk.write(clerk=who).status_code == 403
    assert cast.read(desk.referral)["answer"]["status"] == "asked"


def test_two_clerks_at_once_are_one_answer(desk: Desk) -> None:
    cast = desk.cast
    clerks = [cast.clerk, signer(cast.app, cast.places.hospital, Role.DESK_CLERK, county=cast.county)]
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda who: desk.write(clerk=who).status_code, clerks))
    assert sorted(done) == [200, 409]
    assert [row.status for row in desk.answers()] == ["accepted"]


def test_the_doctor_is_told_and_sees_no_name_before_consent(desk: Desk) -> None:
    answer = desk.written()
    [task] = desk.tasks("referral.said")
    assert (task.practitioner_id, task.status, task.resident_id) == (practitioner(desk.doctor), "open", None)
    assert task.ladder == []
    listed = next(one for one in desk.doctor.get("/api/v1/today").json["sections"] if one["code"] == "sign")
    mine = next(one for one in listed["items"] if one["page"].endswith(f"said?id={answer}"))
    assert mine["text"].startswith("段思平：“可以来” · ")
    seen = desk.seen(answer).json
    assert (seen["standing"], seen["accepted"], seen["asks_again"]) == ("stands", True, True)
    assert (seen["person"], seen["masked"] is not None) == (None, True)
    assert seen["actions"] == ["confirm", "disown"]
    assert seen["source"]["sample"] is True
    nothing_foreign(desk.cast, desk.seen(answer))
    assert desk.cast.consent(desk.referral).status_code == 200
    assert desk.seen(answer).json["person"]["name"] == desk.cast.read(desk.referral)["person"]["name"]
    done = desk.doctor.post(f"/api/v1/tasks/{seen['task_id']}/done", {"outcome": "handled"})
    assert done.status_code == 200, done.json
    assert desk.seen(answer).json["actions"] == ["disown"], "a second thought is still heard"


def test_a_no_that_its_doctor_never_looked_at_goes_to_the_medical_office(desk: Desk) -> None:
    cast = desk.cast
    office = signer(cast.app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county)
    answer = desk.written(**NO)
    [task] = desk.tasks("referral.said")
    assert [step["role"] for step in task.ladder] == ["medical_office"]
    with cast.app.app_context(), transaction() as current:
        kept = current.get_one(Task, (cast.county, task.id))
        kept.due_at = kept.created_at
        current.flush()
        escalate_overdue(current, cast.county)
    seen = desk.seen(answer, office)
    assert seen.status_code == 200, seen.json
    assert seen.json["actions"] == ["confirm"], "only whoever is named says that it was otherwise"
    assert desk.disown(answer, office).status_code == 404
    assert office.post(f"/api/v1/tasks/{task.id}/done", {"outcome": "handled"}).status_code == 200


def test_a_disowned_yes_is_void_and_the_house_is_asked_again(desk: Desk) -> None:
    cast = desk.cast
    assert cast.consent(desk.referral).status_code == 200
    before = cast.read(desk.referral)
    answer = desk.written(**YES, day="2026-12-24")
    with cast.app.app_context(), transaction() as current:
        slot = scene.make_slots(current, county_id=cast.county, institution=cast.places.hospital)[0]
    booked = cast.patient.post(f"/api/v1/referrals/{desk.referral}/appointment", {"slot_id": slot.id})
    assert booked.status_code == 201, booked.json
    cast.sign(cast.head, desk.referral)
    done = desk.disown(answer)
    assert done.status_code == 200, done.json
    assert (done.json["standing"], done.json["actions"]) == ("asked_again", [])
    assert [row.status for row in desk.answers()] == ["disowned", "asked"]
    after = cast.read(desk.referral)
    assert after["wanted_on"] == before["wanted_on"], "what the false yes changed is as it was"
    assert after["version"] > before["version"]
    assert [one.status for one in desk.tasks("referral.answer")] == ["done", "open"]
    assert [one.outcome for one in desk.tasks("referral.said")] == ["disowned"]
    assert [one.status for one in desk.tasks("referral.asked_again")] == ["open"], "who told the patient hears of it"
    assert cast.sign(cast.third, desk.referral).status_code == 200
    assert cast.read(desk.referral)["status"] == "submitted", "no paper stands on a yes that its doctor disowned"
    place = cast.patient.get(f"/api/v1/appointments/{booked.json['id']}").json
    assert place["status"] == "booked", "the place is kept while they are asked"
    assert desk.write().status_code == 200
    assert cast.read(desk.referral)["status"] == "issued"
    assert [one.outcome for one in desk.tasks("referral.asked_again")] == ["accepted"]


def test_what_somebody_else_changed_since_stays(desk: Desk) -> None:
    cast = desk.cast
    other = specialist(cast, "neurology")
    answer = desk.write(other, **YES, department="neurology", day="2026-12-24").json["answer"]["id"]
    path = f"/api/v1/referrals/{desk.referral}"
    assert cast.doctor.request("PUT", path, {"wanted_on": "2026-12-28"}).status_code == 200
    assert desk.disown(answer, other).status_code == 200
    body = cast.read(desk.referral)
    assert (body["to_place"]["department"], body["wanted_on"]) == ("cardiology", "2026-12-28")


def test_a_disowned_no_asks_again_for_the_bed_too(desk: Desk) -> None:
    cast = make_cast(desk.cast.app, desk.cast.county)
    desk.referral = cast.submitted(category="stay")
    path = f"/api/v1/referrals/{desk.referral}/bed"
    answer = desk.written(**NO)
    assert cast.doctor.get(path).json["status"] == "released"
    assert [one.status for one in desk.tasks("referral.redirect")] == ["open"]
    assert desk.disown(answer).json["standing"] == "asked_again"
    assert cast.doctor.get(path).json["status"] == "asked"
    assert [one.outcome for one in desk.tasks("referral.redirect")] == ["asked_again"]
    assert cast.read(desk.referral)["now"]["code"] == "consent"


def test_a_second_word_changes_nothing(desk: Desk) -> None:
    answer = desk.written()
    with ThreadPoolExecutor(2) as pool:
        done = sorted(one.status_code for one in pool.map(desk.disown, [answer, answer]))
    assert done == [200, 409]
    assert [row.status for row in desk.answers()] == ["disowned", "asked"]
    assert desk.disown(answer).json["code"] == "disowned_before"
    assert desk.write().status_code == 200
    assert desk.disown(answer).json["code"] == "disowned_before", "the new answer is not the old one"
    assert [row.status for row in desk.answers()] == ["disowned", "accepted"]


def at_the_desk(desk: Desk, answer: str) -> None:
    """The word was heard, nothing was undone, and the desk has it on its list with the medical office behind it."""
    count = len(desk.answers())
    done = desk.disown(answer)
    assert done.status_code == 200, done.json
    assert done.json["standing"] == "at_desk"
    assert len(desk.answers()) == count
    [task] = desk.tasks("referral.disowned")
    assert (task.role, task.institution, task.status) == ("desk_clerk", desk.cast.places.hospital, "open")
    assert [step["role"] for step in task.ladder] == ["medical_office"]
    assert desk.disown(answer).json["code"] == "disowned_before"
    assert len(desk.tasks("referral.disowned")) == 1


def test_after_the_certificate_the_desk_sorts_it_out(desk: Desk) -> None:
    cast = desk.cast
    assert cast.consent(desk.referral).status_code == 200
    answer = desk.written()
    cast.sign_all(desk.referral)
    assert cast.read(desk.referral)["status"] == "issued"
    assert desk.seen(answer).json["asks_again"] is False
    at_the_desk(desk, answer)
    body = cast.read(desk.referral)
    assert (body["status"], body["answer"]["status"]) == ("issued", "accepted")
    assert body["certificate"]["state"] == "valid"


def test_a_no_that_led_elsewhere_is_not_undone(desk: Desk) -> None:
    cast = desk.cast
    answer = desk.written(**NO)
    change = {"to_institution": cast.places.other_hospital, "to_department": "cardiology", "pin": PIN}
    assert cast.doctor.request("PUT", f"/api/v1/referrals/{desk.referral}", change).status_code == 200
    at_the_desk(desk, answer)
    assert [row.status for row in desk.answers()] == ["declined", "asked"]
    seen = desk.seen(answer).json
    assert (seen["referral_id"], seen["person"], seen["masked"], seen["diagnosis_text"]) == (None, None, None, None)


def test_who_has_come_is_not_asked_about_again(desk: Desk) -> None:
    cast = desk.cast
    assert cast.consent(desk.referral).status_code == 200
    answer = desk.written()
    came = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": desk.referral})
    assert came.status_code == 201, came.json
    at_the_desk(desk, answer)


def test_other_words_have_overtaken_the_answer(desk: Desk) -> None:
    answer = desk.written()
    change = {"diagnosis_text": "高血压 3 级，疑继发性", "pin": PIN}
    assert desk.cast.doctor.request("PUT", f"/api/v1/referrals/{desk.referral}", change).status_code == 200
    assert [one.outcome for one in desk.tasks("referral.said")] == ["overtaken"]
    assert desk.disown(answer).json["code"] == "answer_overtaken"
    assert desk.seen(answer).json["standing"] == "overtaken"
    assert desk.tasks("referral.disowned") == []


def test_only_the_named_doctor_reads_and_disowns(desk: Desk) -> None:
    cast = desk.cast
    other = specialist(cast)
    answer = desk.written()
    for who in (
        other,
        cast.hospital_head,
        signer(cast.app, cast.places.other_hospital, Role.MEDICAL_OFFICE, county=cast.county),
    ):
        assert desk.seen(answer, who).status_code == 404
        assert desk.disown(answer, who).status_code == 404
    for who in (cast.clerk, cast.patient):
        assert desk.seen(answer, who).status_code == 403
        assert desk.disown(answer, who).status_code == 403
    assert [row.status for row in desk.answers()] == ["accepted"]


def test_what_a_doctor_answered_here_in_person_is_not_theirs_to_disown(desk: Desk) -> None:
    cast = desk.cast
    done = cast.hospital_head.post(f"/api/v1/referrals/{desk.referral}/answer", YES)
    answer = done.json["answer"]["id"]
    assert desk.seen(answer, cast.hospital_head).status_code == 404
    assert desk.disown(answer, cast.hospital_head).status_code == 404
    office = signer(cast.app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county)
    assert desk.seen(answer, office).status_code == 404


def test_a_doctor_who_is_paused_as_a_patient_still_answers_as_a_doctor(desk: Desk) -> None:
    with desk.cast.app.app_context(), transaction() as current:
        current.get_one(Account, (desk.cast.county, desk.doctor.account_id)).paused = True
    answer = desk.written()
    assert desk.disown(answer).json["standing"] == "asked_again"


def test_an_emergency_may_be_welcomed_by_telephone_and_never_declined(cast: Cast) -> None:
    doctor = signer(cast.app, cast.places.hospital, Role.SPECIALIST, county=cast.county, department="emergency")
    desk = Desk(cast, doctor, cast.submitted(indication="critical", article=1, to_department="emergency"))
    refused = desk.write(**NO)
    assert refused.status_code == 409, refused.json
    assert desk.write().status_code == 200


def test_a_township_answers_by_telephone_on_the_way_down(app: Flask, morning: None) -> None:
    down = make_down(app, "xinmi")
    referral = down.ready()
    clerk = signer(app, down.places.township, Role.DESK_CLERK, county="xinmi")
    path = f"/api/v1/referrals/{referral}/spoken-answer"
    leader = down.team.leader
    no = {"accept": False, "reason": "no-bed", "free_on": "2026-12-28", "said_by": str(practitioner(leader))}
    done = clerk.post(path, no)
    assert done.status_code == 200, done.json
    assert done.json["answer"]["status"] == "declined"
