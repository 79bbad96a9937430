"""The chain: its people, its order, nobody twice, returned to the doctor, made up late where the county allows it."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from backend.kernel.roles import Role
from backend.referrals.models import ReferralSignature
from backend.referrals.signing import proof_of
from backend.store import clock
from backend.store.db import transaction
from tests.integration.referrals.rig import PIN, Cast, make_cast, nothing_foreign, rules, signer, to_working_hour


def step(cast: Cast, referral: str, order: int) -> dict:
    return next(one for one in cast.read(referral)["steps"] if one["order"] == order)


def sign_step(cast: Cast, who, referral: str, order: int):
    content = cast.read(referral)["content_hash"]
    return who.post(
        f"/api/v1/signatures/{step(cast, referral, order)['id']}/sign", {"pin": PIN, "content_hash": content}
    )


@pytest.mark.clause("MS-4.2.2u2")
def test_the_third_cannot_sign_before_the_second(cast: Cast) -> None:
    referral = cast.submitted()
    refused = sign_step(cast, cast.third, referral, 3)
    broken = rules(refused)
    assert broken["referral.signature_order"] == ("MS-4.2.2u2" if cast.county == "mangshi" else "S-referral-chain")
    assert "等科室负责人先签" in refused.json["violations"][0]["text"]
    nothing_foreign(cast, refused)


@pytest.mark.clause("MS-4.2.2u2")
def test_nobody_signs_twice_in_one_chain(cast: Cast) -> None:
    cast.doctor_is_head_too()
    referral = cast.submitted()
    assert cast.waiting_for(cast.doctor, referral) is None
    refused = sign_step(cast, cast.doctor, referral, 2)
    assert set(rules(refused)) == {"referral.signer_twice"}
    nothing_foreign(cast, refused)


def test_the_database_itself_refuses_a_second_signature_of_one_person(cast: Cast) -> None:
    referral = cast.submitted()
    with (
        cast.app.app_context(),
        pytest.raises(IntegrityError, match="uq_referral_signature_person"),
        transaction() as current,
    ):
        current.execute(
            text(
                "UPDATE referral_signature s SET status = 'signed', signed_at = now(), content_hash = 'x',"
                " practitioner_id = (SELECT practitioner_id FROM referral WHERE id = s.referral_id)"
                " WHERE referral_id = :id AND step_order = 2"
            ),
            {"id": UUID(referral)},
        )


def test_only_the_chains_own_people_sign(app, cast: Cast) -> None:
    referral = cast.submitted()
    other_house = signer(app, cast.places.hospital, Role.DEPARTMENT_HEAD, county=cast.county)
    assert sign_step(cast, other_house, referral, 2).status_code == 404
    office = signer(app, cast.places.township, Role.MEDICAL_OFFICE, county=cast.county)
    refused = sign_step(cast, office, referral, 2)
    assert set(rules(refused)) == {"referral.wrong_signer"}
    nothing_foreign(cast, refused)


def test_a_stand_in_signs_by_the_duty_the_pack_names(app, cast: Cast) -> None:
    referral = cast.submitted()
    vice = signer(app, cast.places.township, Role.MEDICAL_OFFICE, county=cast.county, duty="vice-president")
    line = cast.waiting_for(vice, referral)
    assert line is not None
    signed = cast.sign(vice, referral)
    assert signed.status_code == 200, signed.json
    assert signed.json["signs_as"] == "业务副院长代科室负责人"


@pytest.mark.clause("MS-4.2.2u2")
def test_the_agency_or_an_office_it_authorised_in_writing(app, morning) -> None:
    """An authorised office signs for the agency, with the paper's number, and only for the days of the paper."""
    from tests.integration.referrals.rig import Cast as _Cast

    cast: _Cast = make_cast(app, "mangshi")
    county_doctor = signer(app, "people-hospital", Role.SPECIALIST, county="mangshi", department="cardiology")
    cast.doctor, cast.head = county_doctor, cast.hospital_head
    cast.doctor.post("/api/v1/visits", {"resident_id": str(cast.patient_id), "department": "cardiology"})
    cast.visit_id = cast.doctor.get("/api/v1/visits").json["items"][0]["id"]
    referral = cast.submitted(
        to_institution="dh-people",
        to_department=None,
        diagnosis_code="C34",
        diagnosis_text="肺癌",
        indication="limited",
        standard="cancer-up",
        article=1,
    )
    assert cast.sign(cast.head, referral).status_code == 200
    office = signer(app, "people-hospital", Role.INSURANCE_AGENCY, county="mangshi", department="hospital_insurance")
    elsewhere = signer(app, "people-hospital", Role.INSURANCE_AGENCY, county="mangshi", department="cardiology")
    assert cast.waiting_for(elsewhere, referral) is None
    signed = cast.sign(office, referral)
    assert signed.status_code == 200, signed.json
    assert "书面委托" in signed.json["signs_as"]


@pytest.mark.clause("MS-4.2.2u2")
def test_the_agency_sees_the_certificates_facts_and_nothing_else(mangshi: Cast) -> None:
    referral = mangshi.submitted()
    mangshi.sign(mangshi.head, referral)
    line = mangshi.waiting_for(mangshi.third, referral)
    assert line["diagnosis_text"] == "高血压 2 级"
    assert mangshi.third.get(f"/api/v1/referrals/{referral}").status_code == 403
    assert mangshi.third.get(f"/api/v1/residents/{mangshi.patient_id}/timeline").status_code == 403


def test_a_return_goes_to_the_treating_doctor_with_the_reason(cast: Cast) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    cast.sign(cast.head, referral)
    back = cast.third.post(
        f"/api/v1/signatures/{cast.waiting_for(cast.third, referral)['id']}/return", {"reason": "诊断和理由对不上"}
    )
    assert back.status_code == 200, back.json
    seen = cast.read(referral)
    assert (seen["status"], seen["return_reason"]) == ("returned", "诊断和理由对不上")
    assert seen["now"]["code"] == "returned"
    assert [one["status"] for one in seen["steps"]] == ["void", "void", "returned"]
    assert seen["consent"]["status"] == "given", "the patient is not asked again for a pen mark"
    assert cast.read(referral, cast.patient)["return_reason"] is None
    again = cast.submit(referral)
    assert again.status_code == 200, again.json
    assert [one["status"] for one in again.json["steps"]] == ["signed", "open", "waiting"]


@pytest.mark.parametrize(
    ("change", "consent_again"),
    [
        ({"diagnosis_text": "高血压 3 级"}, True),
        ({"indication": "limited", "article": 4}, True),
        ({"category": "stay"}, True),
        ({"summary": "血压 200/120"}, True),
    ],
)
def test_a_change_under_signatures_voids_them(cast: Cast, change: dict, consent_again: bool) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    cast.sign(cast.head, referral)
    before = cast.read(referral)["content_hash"]
    asked_of_the_third = cast.waiting_for(cast.third, referral)["id"]
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", change | {"pin": PIN})
    assert changed.status_code == 200, changed.json
    assert changed.json["content_hash"] != before
    # Whose turn it was is asked no more, neither in the list nor by the old page with the new words.
    assert cast.waiting_for(cast.third, referral) is None
    late = {"pin": PIN, "content_hash": changed.json["content_hash"]}
    # An office that is asked by no other paper does not even see it any more.
    refused = cast.third.post(f"/api/v1/signatures/{asked_of_the_third}/sign", late)
    assert refused.json["code"] in ("step_over", "not_found")
    assert [one["status"] for one in changed.json["steps"]] == ["signed", "open", "waiting"]
    assert (changed.json["consent"]["status"] == "asked") is consent_again
    stale = cast.head.post(
        f"/api/v1/signatures/{step(cast, referral, 2)['id']}/sign", {"pin": PIN, "content_hash": before}
    )
    assert stale.status_code == 412


def test_a_step_of_an_earlier_round_gives_no_more_sight(cast: Cast) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    cast.sign(cast.head, referral)
    asked = f"/api/v1/signatures/{cast.waiting_for(cast.third, referral)['id']}"
    own_house = f"/api/v1/signatures/{step(cast, referral, 2)['id']}"
    assert cast.third.get(asked).status_code == 200
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", {"diagnosis_text": "高血压 3 级", "pin": PIN})
    assert changed.status_code == 200, changed.json
    # The agency is asked by no other paper; the head of the issuing house reads the referral anyhow.
    may_otherwise = cast.third.get(f"/api/v1/referrals/{referral}").status_code == 200
    assert cast.third.get(asked).status_code == (200 if may_otherwise else 404)
    assert cast.head.get(own_house).status_code == 200


def test_who_returned_it_sees_it_until_it_is_sent_anew(mangshi: Cast) -> None:
    referral = mangshi.submitted()
    mangshi.consent(referral)
    mangshi.sign(mangshi.head, referral)
    asked = f"/api/v1/signatures/{mangshi.waiting_for(mangshi.third, referral)['id']}"
    assert mangshi.third.post(f"{asked}/return", {"reason": "诊断和理由对不上"}).status_code == 200
    assert mangshi.third.get(asked).status_code == 200
    assert mangshi.submit(referral).status_code == 200
    assert mangshi.third.get(asked).status_code == 404


@pytest.mark.parametrize(
    "change", [{"to_department": "neurology"}, {"to_doctor": "王主任"}, {"wanted_on": "2027-03-01"}]
)
def test_day_doctor_and_department_do_not(cast: Cast, change: dict) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    cast.sign(cast.head, referral)
    changed = cast.doctor.request("PUT", f"/api/v1/referrals/{referral}", change)
    assert changed.status_code == 200, changed.json
    assert [one["status"] for one in changed.json["steps"]] == ["signed", "signed", "open"]
    assert changed.json["consent"]["status"] == "given"


def test_each_signature_is_bound_to_person_instant_and_content(cast: Cast) -> None:
    referral = cast.issued()
    with cast.app.app_context(), transaction() as current:
        rows = current.scalars(select(ReferralSignature).where(ReferralSignature.referral_id == UUID(referral))).all()
        assert len({row.practitioner_id for row in rows}) == 3
        assert {row.content_hash for row in rows} == {cast.read(referral)["content_hash"]}
        for row in rows:
            assert row.proof == proof_of(row)
            row.content_hash = "0" * 64
            assert row.proof != proof_of(row)
        current.rollback()


@pytest.fixture
def night(app):
    to_working_hour(app, 21)
    yield
    with app.app_context(), transaction() as current:
        current.execute(update(clock.DomainClock).values(ahead=timedelta(0)))


@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_at_night_the_patient_goes_and_the_late_signature_follows(app, night, county) -> None:
    cast = make_cast(app, county)
    referral = cast.submitted()
    cast.consent(referral)
    cast.accept(referral)
    assert cast.read(referral)["status"] == "submitted", (
        "the head of department may sign at night, so it waits for that"
    )
    cast.sign(cast.head, referral)
    seen = cast.read(referral)
    assert seen["status"] == "issued"
    assert seen["certificate"]["late"]
    assert "补办" in seen["certificate"]["text"]
    late = step(cast, referral, 3)
    assert late["late"]
    assert late["status"] == "open"
    signed = cast.sign(cast.third, referral)
    assert signed.status_code == 200, signed.json
    done = cast.read(referral)["certificate"]
    assert not done["late"]
    assert done["number"] == seen["certificate"]["number"]


def test_by_day_nobody_is_skipped(mangshi: Cast) -> None:
    referral = mangshi.submitted()
    mangshi.consent(referral)
    mangshi.accept(referral)
    mangshi.sign(mangshi.head, referral)
    assert mangshi.read(referral)["status"] == "submitted"


def test_whoever_objects_late_does_not_take_the_paper_away(app, night) -> None:
    cast = make_cast(app, "mangshi")
    referral = cast.submitted()
    cast.consent(referral)
    cast.accept(referral)
    cast.sign(cast.head, referral)
    line = cast.waiting_for(cast.third, referral)
    assert cast.third.post(f"/api/v1/signatures/{line['id']}/return", {"reason": "材料不全"}).status_code == 200
    seen = cast.read(referral)
    assert (seen["status"], seen["certificate"]["state"]) == ("issued", "valid")


@pytest.mark.clause("MS-5.3")
def test_an_overdue_signature_climbs_and_releases_nothing(cast: Cast, turned) -> None:
    from backend.worklist.models import Task
    from backend.worklist.service import escalate_overdue

    referral = cast.submitted()
    with cast.app.app_context(), transaction() as current:
        task = current.scalar(select(Task).where(Task.focus_id == UUID(referral), Task.kind == "referral.sign"))
        first = (task.role, task.level)
    turned(hours=5)
    with cast.app.app_context(), transaction() as current:
        escalate_overdue(current, cast.county)
    with cast.app.app_context(), transaction() as current:
        task = current.scalar(select(Task).where(Task.focus_id == UUID(referral), Task.kind == "referral.sign"))
        assert (first, task.role, task.level, task.status) == (("department_head", 0), "medical_office", 1, "open")
    seen = cast.read(referral, cast.patient)
    assert seen["status"] == "submitted"
    assert cast.sign(cast.head, referral).status_code == 200


def test_no_line_of_the_way_reads_as_said_before_anybody_said_it(cast: Cast) -> None:
    referral = cast.submitted()
    cast.consent(referral)
    seen = cast.read(referral)
    answer = next(one for one in seen["way"] if one["code"] == "answer")
    assert (answer["state"], "回话" in answer["title"], "说可以" in answer["title"]) == ("now", True, False)
    assert not (seen["now"]["next"] or "").startswith("然后"), "the page says already what comes next"
    lit = [one["title"] for one in seen["way"] if one["state"] == "now"]
    signer = next(one["title"] for one in seen["steps"] if one["status"] == "open")
    assert seen["now"]["title"] == f"等{signer}签字" and lit == [answer["title"], f"{signer}签字"], "both run at once"
    assert cast.accept(referral).status_code == 200
    answer = next(one for one in cast.read(referral)["way"] if one["code"] == "answer")
    assert (answer["state"], "说可以来" in answer["title"]) == ("done", True)
