"""A referral that names no department: the receiving desk is asked to choose one, and passes it on by that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from backend.alliance.queries import pack
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.people.models import Account, Practitioner
from backend.referrals.departments import _ASSIGN
from backend.referrals.models import ReferralAnswer
from backend.referrals.models_department import DepartmentAssignment
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.worklist.models import Task
from backend.worklist.service import escalate_overdue
from tests.factories import Person
from tests.integration.referrals.rig import Cast, make_cast, nothing_foreign, rules, signer

KIND, ANSWER = "referral.department", "referral.answer"


def give(who: Person, referral: str, department: str, instead_of: str | None = None, **extra: Any) -> Any:
    body = {"department": department} | ({"instead_of": instead_of} if instead_of else {})
    return who.post(f"/api/v1/referrals/{referral}/department", body, **extra)


def tasks(cast: Cast, referral: str, kind: str) -> list[Task]:
    with cast.app.app_context(), transaction() as current:
        of_kind = Task.focus_id == UUID(referral), Task.kind == kind, Task.status == "open"
        found = list(current.scalars(select(Task).where(*of_kind).order_by(Task.id)))
        current.expunge_all()
        return found


def practitioner(who: Person) -> UUID:
    with who.app.app_context(), transaction() as current:
        found = current.get_one(Account, (who.county_id, who.account_id)).practitioner_id
    assert found is not None
    return found


def line_of(cast: Cast, referral: str, who: Person | None = None) -> dict[str, Any]:
    found = (who or cast.clerk).get("/api/v1/referral-answers").json["items"]
    return next(one for one in found if one["referral_id"] == referral)


def way(cast: Cast, referral: str, who: Person | None = None) -> list[tuple[str, str]]:
    return [(one["title"], one["state"]) for one in cast.read(referral, who)["way"] if one["code"] == "department"]


def name_of(cast: Cast, department: str) -> str:
    with cast.app.app_context(), transaction():
        return pack(cast.county).institutions.department(department).name


@pytest.mark.clause("MS-4.2.1")
@pytest.mark.clause("XM-5.4b")
def test_the_desk_is_asked_which_department_and_then_its_doctors_whether(cast: Cast) -> None:
    surgeon = signer(cast.app, cast.places.hospital, Role.SPECIALIST, county=cast.county, department="nephrology")
    referral = cast.submitted(to_department=None)
    [asked] = tasks(cast, referral, KIND)
    assert (asked.role, asked.institution, asked.resident_id) == ("desk_clerk", cast.places.hospital, None)
    assert tasks(cast, referral, ANSWER) == [], "nobody is asked whether before it is known which department"
    line = line_of(cast, referral)
    assert (line["department_open"], line["to_department_name"]) == (True, None)
    assert "assign_department" in line["actions"]
    minutes = {"xinmi": 60, "mangshi": 90}[cast.county]
    with cast.app.app_context(), transaction():
        assert pack(cast.county).referral.receiving.department_limit_working_minutes == minutes
    assert asked.due_at - asked.created_at < timedelta(minutes=minutes + 1)
    assert cast.consent(referral).status_code == 200
    cast.sign_all(referral)
    before = cast.read(referral)
    assert way(cast, referral) == [(f"{before['to_place']['name']}定去哪个科", "now")]
    assert "没写去哪个科" in before["now"]["detail"]

    done = give(cast.clerk, referral, "nephrology")
    assert done.status_code == 200, done.json
    assert (done.json["to_place"]["department"], done.json["answer"]["status"]) == ("nephrology", "passed_on")
    assert tasks(cast, referral, KIND) == []
    owners = {one.practitioner_id for one in tasks(cast, referral, ANSWER)}
    assert practitioner(surgeon) in owners
    assert practitioner(cast.hospital_head) not in owners, "the head of another department is not asked"
    assert line_of(cast, referral, surgeon)["to_department_name"] == name_of(cast, "nephrology")
    # Passing on is no change of what was signed and agreed to.
    after = cast.read(referral)
    assert [step["status"] for step in after["steps"]] == [step["status"] for step in before["steps"]]
    assert (after["consent"], after["content_hash"]) == (before["consent"], before["content_hash"])
    for who in (cast.doctor, cast.patient):
        seen = cast.read(referral, who)
        assert seen["to_place"]["department_name"] == name_of(cast, "nephrology")
        assert way(cast, referral, who) == [(f"{seen['to_place']['name']}分到{name_of(cast, 'nephrology')}", "done")]
        assert "科室正在定" in seen["now"]["detail"]
    yes = surgeon.post(f"/api/v1/referrals/{referral}/answer", {"accept": True})
    assert yes.status_code == 200, yes.json
    assert tasks(cast, referral, ANSWER) == []
    issued = cast.read(referral)
    assert issued["status"] == "issued", "nothing was asked anew"
    assert issued["now"]["code"] == "issued"
    with cast.app.app_context(), transaction() as current:
        [trace] = current.scalars(
            select(AuditEvent).where(
                AuditEvent.action == "referral.assign_department", AuditEvent.entity_id == UUID(line["answer"]["id"])
            )
        )
        assert (trace.account_id, trace.detail["to"], trace.detail["from"]) == (
            cast.clerk.account_id,
            "nephrology",
            None,
        )
        [kept] = current.scalars(select(DepartmentAssignment).where(DepartmentAssignment.referral_id == UUID(referral)))
        assert (kept.from_department, kept.to_department) == (None, "nephrology")


def test_a_named_department_is_asked_at_once_and_not_given_on(cast: Cast) -> None:
    referral = cast.submitted()
    assert tasks(cast, referral, KIND) == []
    assert len(tasks(cast, referral, ANSWER)) == 1
    assert "assign_department" not in line_of(cast, referral)["actions"]
    refused = give(cast.clerk, referral, "neurology", "cardiology")
    assert rules(refused) == {"referral.department_named": "S-receiving"}
    nothing_foreign(cast, refused)
    assert cast.read(referral)["to_place"]["department"] == "cardiology"


def test_overdue_it_goes_to_the_medical_office_who_may_choose_or_say_no(cast: Cast) -> None:
    office = signer(cast.app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county)
    referral = cast.submitted(to_department=None)
    overdue(cast, referral)
    [task] = tasks(cast, referral, KIND)
    assert (task.role, task.institution, task.level) == ("medical_office", cast.places.hospital, 1)
    assert give(office, referral, "neurology").status_code == 200
    assert tasks(cast, referral, KIND) == []
    # And its doctors, when they do not answer, in turn.
    overdue(cast, referral)
    assert sum(one.role == "medical_office" for one in tasks(cast, referral, ANSWER)) == 1


def overdue(cast: Cast, referral: str) -> None:
    with cast.app.app_context(), transaction() as current:
        late = update(Task).where(Task.focus_id == UUID(referral), Task.status == "open")
        current.execute(late.values(due_at=clock.now(current)))
        escalate_overdue(current, cast.county)


def test_a_wrong_pick_is_given_on_until_the_department_has_answered(cast: Cast) -> None:
    heads = {
        code: signer(cast.app, cast.places.hospital, Role.DEPARTMENT_HEAD, county=cast.county, department=code)
        for code in ("urology", "nephrology")
    }
    kidney, stones = practitioner(heads["nephrology"]), practitioner(heads["urology"])
    referral = cast.submitted(to_department=None)
    assert give(cast.clerk, referral, "urology").status_code == 200
    assert stones in {one.practitioner_id for one in tasks(cast, referral, ANSWER)}
    assert "assign_department" in cast.read(referral, cast.clerk)["actions"]
    again = give(cast.clerk, referral, "nephrology", "urology")
    assert again.status_code == 200, again.json
    owners = {one.practitioner_id for one in tasks(cast, referral, ANSWER)}
    assert (kidney in owners, stones in owners) == (True, False)
    # Back to the first: its doctors are asked a second time.
    assert give(cast.clerk, referral, "urology", "nephrology").status_code == 200
    assert stones in {one.practitioner_id for one in tasks(cast, referral, ANSWER)}
    titles = [title for title, _ in way(cast, referral)]
    assert [("分到" in one, "改到" in one) for one in titles] == [(True, False), (False, True), (False, True)]
    assert heads["urology"].post(f"/api/v1/referrals/{referral}/answer", {"accept": True}).status_code == 200
    late = give(cast.clerk, referral, "nephrology", "urology")
    assert (late.status_code, late.json["code"]) == (409, "already_answered")
    assert "assign_department" not in cast.read(referral, cast.clerk)["actions"]


def test_who_comes_second_is_told_who_did_it(cast: Cast) -> None:
    second = signer(cast.app, cast.places.hospital, Role.DESK_CLERK, county=cast.county)
    referral = cast.submitted(to_department=None)
    assert give(cast.clerk, referral, "cardiology").status_code == 200
    name = practitioner_name(cast.clerk)
    for department in ("neurology", "cardiology"):
        late = give(second, referral, department)
        assert (late.status_code, late.json["code"]) == (409, "already_assigned")
        assert name in late.json["detail"]
        assert f"分到{name_of(cast, 'cardiology')}了" in late.json["detail"]
    assert cast.read(referral)["to_place"]["department"] == "cardiology"


def practitioner_name(who: Person) -> str:
    with who.app.app_context(), transaction() as current:
        return current.get_one(Practitioner, (who.county_id, practitioner(who))).name


def test_two_clerks_at_the_same_moment_are_one_choice(cast: Cast) -> None:
    clerks = [cast.clerk, *(signer(cast.app, cast.places.hospital, Role.DESK_CLERK, county=cast.county) for _ in "abc")]
    wanted = ["cardiology", "neurology", "cardiology", "neurology"]
    referral = cast.submitted(to_department=None)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: give(one[0], referral, one[1]), zip(clerks, wanted, strict=True)))
    assert sorted(one.status_code for one in done) == [200, 409, 409, 409], [one.json for one in done]
    won = next(department for one, department in zip(done, wanted, strict=True) if one.status_code == 200)
    first = practitioner_name(next(who for one, who in zip(done, clerks, strict=True) if one.status_code == 200))
    assert all(first in one.json["detail"] for one in done if one.status_code == 409)
    with cast.app.app_context(), transaction() as current:
        chosen = select(DepartmentAssignment.to_department).where(DepartmentAssignment.referral_id == UUID(referral))
        assert list(current.scalars(chosen)) == [won]
    assert cast.read(referral)["to_place"]["department"] == won


def test_the_statement_alone_decides_between_two(cast: Cast) -> None:
    """Without the lock and without the looks before it: the second finds no row to move, and the index no place."""
    referral = cast.submitted(to_department=None)
    clerk = practitioner(cast.clerk)
    with cast.app.app_context(), transaction() as current:
        row = current.scalars(select(ReferralAnswer).where(ReferralAnswer.referral_id == UUID(referral))).one()
        given: dict[str, Any] = {
            "county": cast.county, "answer": row.id, "seen": None, "before": "asked", "after": "passed_on",
            "role": "specialist", "by": clerk, "due": row.due_at, "asking": ["submitted"],
        }  # fmt: skip
        assert current.scalar(_ASSIGN, given | {"id": new_id(), "department": "cardiology"}) is not None
        for before in ("asked", "passed_on"):
            second = given | {"id": new_id(), "department": "neurology", "before": before}
            assert current.scalar(_ASSIGN, second) is None
        said = "SELECT department FROM referral_answer WHERE county_id = :county AND id = :id"
        assert current.scalar(text(said), {"county": cast.county, "id": row.id}) == "cardiology"


def test_of_another_house_of_another_role_and_a_department_that_is_none(cast: Cast) -> None:
    referral = cast.submitted(to_department=None)
    abroad = signer(cast.app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    assert give(abroad, referral, "cardiology").status_code == 404
    assert give(cast.hospital_head, referral, "cardiology").status_code == 403
    assert give(cast.doctor, referral, "cardiology").status_code == 403
    assert give(cast.patient, referral, "cardiology").status_code == 403
    for department in ("referral_office", "laboratory", "no-such-one"):
        refused = give(cast.clerk, referral, department)
        assert rules(refused) == {"referral.department_known": "S-receiving"}
        nothing_foreign(cast, refused)
    assert give(cast.clerk, referral, "cardiology").status_code == 200
    assert rules(give(cast.clerk, referral, "cardiology", "cardiology")) == {"referral.department_same": "S-receiving"}


def test_a_yes_says_the_department_and_says_it_at_once(cast: Cast) -> None:
    referral = cast.submitted(to_department=None)
    refused = cast.accept(referral)
    assert rules(refused) == {"referral.department_missing": "S-receiving"}
    nothing_foreign(cast, refused)
    assert len(tasks(cast, referral, KIND)) == 1
    assert cast.accept(referral, department="neurology").status_code == 200
    assert tasks(cast, referral, KIND) == []
    assert cast.read(referral)["to_place"]["department"] == "neurology"


def test_whoever_is_passed_on_to_still_has_to_say_which(cast: Cast) -> None:
    office = signer(cast.app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county)
    referral = cast.submitted(to_department=None)
    assert cast.clerk.post(f"/api/v1/referrals/{referral}/pass-on", {"role": "medical_office"}).status_code == 200
    assert tasks(cast, referral, KIND) == []
    assert [one.role for one in tasks(cast, referral, ANSWER)] == ["medical_office"]
    assert set(rules(office.post(f"/api/v1/referrals/{referral}/answer", {"accept": True}))) == {
        "referral.department_missing"
    }
    assert give(office, referral, "neurology").status_code == 200
    # A no needs no department: it says where else to go.
    other = make_cast(cast.app, cast.county)
    declined = other.submitted(to_department=None)
    no = {"accept": False, "reason": "not-our-ability", "alternative_institution": cast.places.other_hospital}
    assert office.post(f"/api/v1/referrals/{declined}/answer", no).status_code == 200
    assert tasks(other, declined, KIND) == []


def test_a_department_without_a_doctor_here_goes_to_the_medical_office(cast: Cast) -> None:
    referral = cast.submitted(to_department=None)
    done = give(cast.clerk, referral, "stomatology")
    assert done.status_code == 200, done.json
    assert [(one.role, one.practitioner_id) for one in tasks(cast, referral, ANSWER)] == [("medical_office", None)]


def test_an_emergency_is_never_asked_for_its_department(cast: Cast) -> None:
    referral = cast.submitted(to_department=None, indication="critical", article=1)
    assert tasks(cast, referral, KIND) == []
    assert give(cast.clerk, referral, "cardiology").status_code == 409
    assert cast.consent(referral).status_code == 200
    cast.sign_all(referral)
    assert cast.read(referral)["status"] == "issued"


def test_the_doctor_who_finds_the_department_out_later_is_obeyed(cast: Cast) -> None:
    referral = cast.submitted(to_department=None)
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"to_department": "neurology"})
    assert changed.status_code == 200, changed.json
    assert tasks(cast, referral, KIND) == []
    assert set(rules(give(cast.clerk, referral, "cardiology", "neurology"))) == {"referral.department_named"}
    cleared = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"cleared": ["to_department"]})
    assert cleared.status_code == 200
    assert len(tasks(cast, referral, KIND)) == 1
    assert give(cast.clerk, referral, "cardiology").status_code == 200


def test_the_one_who_ends_it_leaves_no_question_behind(cast: Cast) -> None:
    referral = cast.submitted(to_department=None)
    assert cast.patient.post(f"/api/v1/referrals/{referral}/decline").status_code == 200
    assert tasks(cast, referral, KIND) == []
    assert give(cast.clerk, referral, "cardiology").status_code == 409


def test_a_bed_follows_the_department(cast: Cast) -> None:
    referral = cast.submitted(to_department=None, category="stay")
    assert give(cast.clerk, referral, "neurology").status_code == 200
    bed = cast.doctor.get(f"/api/v1/referrals/{referral}/bed").json
    assert bed["department"] == "neurology"


def test_a_county_that_does_not_ask_for_it_takes_a_yes_without(cast: Cast, other_edition: Any) -> None:
    other_edition(("referral.toml", 'asks = ["department", "day"', 'asks = ["day"'))
    referral = cast.submitted(to_department=None)
    assert tasks(cast, referral, KIND) == []
    assert cast.accept(referral).status_code == 200
