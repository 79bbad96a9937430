"""Somebody without a phone: who signs for them on the doctor's phone, and a no that counts as a yes does."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.notices.models import Notice
from backend.people.models import RelatedPerson
from backend.records.service import grant
from backend.referrals.models import ReferralConsent
from backend.referrals.models_certificate import CertificateEvent
from backend.referrals.models_withdrawal import ReferralWithdrawal
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from tests import factories
from tests.integration.referrals.rig import Cast, drawn, make_cast, nothing_foreign, rules
from tests.integration.referrals.test_consent import born, entrust, relative

COUNTIES = pytest.mark.parametrize("county", ["xinmi", "mangshi"])
HEARD = {"witness": "岩相", "language": "普通话"}
MOTHER = {"by": "guardian", "signer_name": "月亮", "relation": "母亲", "identity_known": True}


def help_yes(cast: Cast, referral: str, who: factories.Person | None = None, **said: Any) -> Any:
    """A yes on a doctor's phone."""
    doctor = who or cast.doctor
    text = cast.doctor.get(f"/api/v1/referrals/{referral}/consent-text").json
    body = {"content_hash": text["content_hash"], "drawn": drawn()} | HEARD | said
    return doctor.post(f"/api/v1/referrals/{referral}/helped-consent", body)


def help_no(who: factories.Person, referral: str, **said: Any) -> Any:
    """A no that somebody of the staff heard."""
    return who.post(f"/api/v1/referrals/{referral}/helped-no", HEARD | said)


def named(who: factories.Person) -> str:
    with who.app.app_context(), transaction():
        return who.actor().name


def rows(cast: Cast, model: Any, referral: str) -> list[Any]:
    with cast.app.app_context(), transaction() as current:
        found = current.scalars(select(model).where(model.referral_id == UUID(referral))).all()
        current.expunge_all()
        return list(found)


@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
def test_a_mother_without_a_phone_signs_for_her_child(app, morning, county) -> None:
    cast = make_cast(app, county, birth_on=born(9))
    referral = cast.submitted()
    text = cast.doctor.get(f"/api/v1/referrals/{referral}/consent-text").json
    assert text["guardian_relations"][:2] == ["父亲", "母亲"]
    alone = help_yes(cast, referral)
    assert set(rules(alone)) == {"referral.guardian_required"}
    assert "在医生手机上选“监护人”当面签" in alone.json["violations"][0]["instead"]
    nothing_foreign(cast, alone)
    done = help_yes(cast, referral, **MOTHER, child_heard=True, language="傣话", interpreter="月团")
    assert done.status_code == 200, done.json
    [row] = [one for one in rows(cast, ReferralConsent, referral) if one.status == "given"]
    assert (row.given_by, row.signer_name, row.relation, row.identity_known) == ("guardian", "月亮", "母亲", True)
    assert (row.helped, row.witness, row.language, row.interpreter) == (True, "岩相", "傣话", "月团")
    assert done.json["consent"]["signer_name"] == "月亮"


@pytest.mark.clause("MS-4.2.2u2")
@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"signer_name": ""}, "referral.signer_known"),
        ({"identity_known": False}, "referral.signer_known"),
        ({"relation": ""}, "referral.kin_required"),
        ({"relation": "邻居"}, "referral.kin_required"),
        ({"relation": "儿子"}, "referral.kin_required"),
        ({"witness": "月 亮"}, "referral.witness_required"),
        ({"language": ""}, "referral.language_required"),
    ],
)
def test_what_a_guardian_in_the_room_may_not_be(mangshi: Cast, said: dict[str, Any], rule: str) -> None:
    cast = make_cast(mangshi.app, "mangshi", birth_on=born(5))
    referral = cast.submitted()
    refused = help_yes(cast, referral, **MOTHER | said)
    assert set(rules(refused)) == {rule}
    assert all(one.status == "asked" for one in rows(cast, ReferralConsent, referral))


@COUNTIES
def test_who_helps_is_neither_guardian_nor_family_nor_witness(app, morning, county) -> None:
    cast = make_cast(app, county, birth_on=born(5))
    referral = cast.submitted()
    name = named(cast.doctor)
    as_guardian = help_yes(cast, referral, **MOTHER | {"signer_name": f"{name[0]} {name[1:]}"})
    assert set(rules(as_guardian)) == {"referral.helper_is_family"}
    nothing_foreign(cast, as_guardian)
    assert set(rules(help_yes(cast, referral, **MOTHER | {"witness": name}))) == {"referral.witness_required"}
    with app.app_context(), transaction() as current:
        current.add(
            RelatedPerson(
                county_id=county, resident_id=cast.patient_id, account_id=cast.doctor.account_id,
                kind="guardian", name=name, relation="母亲",
            )
        )  # fmt: skip
    assert set(rules(help_yes(cast, referral, **MOTHER))) == {"referral.helper_is_family"}


@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
def test_the_nearest_relative_signs_when_a_doctor_confirms(app, morning, county) -> None:
    cast = make_cast(app, county)
    referral = cast.submitted()
    son = {"by": "relative", "signer_name": "岩保", "relation": "儿子", "identity_known": True}
    assert set(rules(help_yes(cast, referral, **son))) == {"referral.consent_required"}
    cousin = help_yes(cast, referral, **son | {"relation": "表哥", "doctor_confirms": True})
    assert set(rules(cousin)) == {"referral.kin_required"}
    assert "儿子" in cousin.json["violations"][0]["instead"]
    nurse, _ = factories.staff_person(app, cast.places.township, Role.TEAM_NURSE, county_id=county)
    assert set(rules(help_yes(cast, referral, nurse, **son, doctor_confirms=True))) == {"referral.consent_required"}
    assert help_yes(cast, referral, **son, doctor_confirms=True).status_code == 200


@pytest.mark.clause("MS-4.2.2u2")
def test_the_language_is_asked_on_the_own_phone_too(cast: Cast) -> None:
    referral = cast.submitted()
    refused = cast.consent(referral, language="")
    assert set(rules(refused)) == {"referral.language_required"}
    nothing_foreign(cast, refused)
    assert cast.consent(referral, language="景颇话", interpreter="木兰").status_code == 200
    [row] = rows(cast, ReferralConsent, referral)
    assert (row.language, row.interpreter, row.helped) == ("景颇话", "木兰", False)


@pytest.mark.clause("MS-2.1")
@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
def test_a_no_before_consent_on_the_doctors_phone_ends_it(app, morning, county) -> None:
    cast = make_cast(app, county)
    referral = cast.submitted()
    assert "help_withdraw" in cast.read(referral)["actions"]
    assert cast.doctor.post(f"/api/v1/referrals/{referral}/decline").status_code == 403  # not the doctor's own word
    unheard = help_no(cast.doctor, referral, witness="")
    assert set(rules(unheard)) == {"referral.witness_required"}
    nothing_foreign(cast, unheard)
    done = help_no(cast.doctor, referral, reason="想先在家养")
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["end_reason"]) == ("withdrawn", "consent_declined")
    assert done.json["actions"] == []
    [row] = rows(cast, ReferralWithdrawal, referral)
    assert (row.said_by, row.how, row.witness, row.institution) == ("self", "in_person", "岩相", cast.places.township)
    assert "想先在家养".encode() not in row.reason_sealed
    assert help_no(cast.doctor, referral).status_code == 409


@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
@pytest.mark.parametrize("where", ["desk", "village"])
def test_after_issue_the_desk_or_the_own_village_doctor_hears_it(app, morning, county, where) -> None:
    cast = make_cast(app, county)
    referral = cast.issued()
    hearer = cast.clerk
    if where == "village":
        hearer, doctor_id = factories.staff_person(app, cast.places.clinic, Role.VILLAGE_DOCTOR, county_id=county)
        assert help_no(hearer, referral).status_code == 404  # not their patient yet
        with app.app_context(), transaction():
            grant(county, cast.patient_id, "contract", new_id(), [f"practitioner:{doctor_id}"])
    done = help_no(hearer, referral, how="phone", language="傣话")
    assert done.status_code == 200, done.json
    assert (done.json["status"], done.json["end_reason"]) == ("withdrawn", "patient")
    assert done.json["certificate"]["state"] == "voided"
    with app.app_context(), transaction() as current:
        [event] = current.scalars(
            select(CertificateEvent).where(CertificateEvent.county_id == county, CertificateEvent.kind == "voided",
                                           CertificateEvent.practitioner_id == hearer.actor().practitioner_id)
        ).all()  # fmt: skip
        assert event.reason == "患者放弃"
        told = current.scalars(select(Notice).where(Notice.focus_id == UUID(referral))).all()
        assert {one.dedupe_key.rsplit(":", 1)[-1] for one in told} >= {"withdrawn"}
        assert any(one.practitioner_id is not None and "withdrawn" in one.dedupe_key for one in told)
        trace = current.scalars(
            select(AuditEvent).where(
                AuditEvent.action == "referral.help_withdraw", AuditEvent.resident_id == cast.patient_id
            )
        ).all()
        assert [one.detail["at"] for one in trace] == [
            cast.places.clinic if where == "village" else cast.places.hospital
        ]


def test_a_house_that_does_not_know_the_patient_hears_nothing(app, cast: Cast) -> None:
    referral = cast.submitted()
    assert help_no(cast.clerk, referral).status_code == 404  # before consent no name is known there
    cast.consent(referral)
    other, _ = factories.staff_person(app, cast.places.other_hospital, Role.DESK_CLERK, county_id=cast.county)
    assert help_no(other, referral).status_code == 404
    seen = cast.clerk.get(f"/api/v1/referrals/{referral}").json
    assert "help_withdraw" in seen["actions"]
    stranger = help_no(cast.clerk, referral, by="relative", signer_name="岩保", relation="儿子", identity_known=True)
    assert set(rules(stranger)) == {"referral.consent_required"}
    assert help_no(cast.clerk, referral, witness=named(cast.clerk)).status_code == 422


def test_who_has_arrived_is_not_withdrawn_by_word(cast: Cast) -> None:
    referral = cast.issued()
    come = {"category": "outpatient", "referral_id": referral, "resident_id": str(cast.patient_id)}
    assert cast.clerk.post("/api/v1/arrivals", come).status_code == 201
    assert help_no(cast.clerk, referral).status_code == 409


@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
def test_somebody_entrusted_signs_on_the_doctors_phone(app, morning, county) -> None:
    cast = make_cast(app, county)
    referral = cast.submitted()
    text = f"/api/v1/referrals/{referral}/consent-text"
    assert cast.doctor.get(text).json["entrusted"] == []
    with app.app_context(), transaction() as current:
        current.add(entrust(cast, focus_id=UUID(referral)))
    [offered] = cast.doctor.get(text).json["entrusted"]
    assert offered["holder_name"] == "月香"
    assert cast.patient.get(text).json["entrusted"] == []
    assert cast.clerk.get(text).json["entrusted"] == []  # before consent no name is known there
    daughter = {"by": "authorised", "authority_id": offered["id"], "identity_known": True}
    nobody = help_yes(cast, referral, **daughter | {"identity_known": False})
    assert set(rules(nobody)) == {"referral.signer_known"}
    assert set(rules(help_yes(cast, referral, **daughter | {"witness": "月香"}))) == {"referral.witness_required"}
    done = help_yes(cast, referral, **daughter)
    assert done.status_code == 200, done.json
    [row] = rows(cast, ReferralConsent, referral)
    assert (row.given_by, row.signer_name, str(row.authority_id)) == ("authorised", "月香", offered["id"])


@pytest.mark.clause("MS-4.2.2u2")
@pytest.mark.parametrize("wrong", ["expired", "another person", "another referral", "another matter", "ended", "none"])
def test_a_paper_that_does_not_hold_signs_nothing(mangshi: Cast, wrong: str) -> None:
    referral = mangshi.submitted()
    _, stranger_id = factories.resident_person(mangshi.app, "mangshi")
    with mangshi.app.app_context(), transaction() as current:
        now = clock.now(current)
        yesterday = local_day(now) - timedelta(days=1)
        row = entrust(
            mangshi,
            **{
                "expired": {"from_on": yesterday, "until_on": yesterday},
                "another person": {"resident_id": stranger_id},
                "another referral": {"focus_id": new_id()},
                "another matter": {"matter": "contract"},
                "ended": {"ended_at": now, "end_reason": "patient"},
                "none": {},
            }[wrong],
        )
        current.add(row)
        current.flush()
        paper = None if wrong == "none" else str(row.id)
    said = {
        "by": "authorised",
        "authority_id": paper,
        "signer_name": "月香",
        "relation": "女儿",
        "identity_known": True,
    }
    refused = help_yes(mangshi, referral, **said)
    assert set(rules(refused)) == {"referral.consent_required"}
    assert all(one.given_by is None for one in rows(mangshi, ReferralConsent, referral))


@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
def test_a_grandmother_with_the_parents_paper_signs_for_a_child(app, morning, county) -> None:
    cast = make_cast(app, county, birth_on=born(5))
    referral = cast.submitted()
    with app.app_context(), transaction() as current:
        own = entrust(cast)  # as a grown-up would give it: of a child it counts for nothing
        given = entrust(cast, given_by="guardian", giver_name="月亮", giver_relation="母亲", relation="奶奶")
        current.add_all([own, given])
        current.flush()
        papers = {"own": str(own.id), "given": str(given.id)}
    said = {"by": "authorised", "identity_known": True}
    own_word = help_yes(cast, referral, **said, authority_id=papers["own"], signer_name="月香")
    assert set(rules(own_word)) == {"referral.guardian_required"}
    assert help_yes(cast, referral, **said, authority_id=papers["given"]).status_code == 200


@pytest.mark.clause("MS-2.1")
def test_a_proxy_says_no_as_little_as_yes(cast: Cast) -> None:
    referral = cast.submitted()
    daughter = relative(cast, "proxy")
    assert not {"consent", "decline", "withdraw"} & set(cast.read(referral, daughter)["actions"])
    refused = daughter.post(f"/api/v1/referrals/{referral}/decline")
    assert set(rules(refused)) == {"referral.consent_required"}
    nothing_foreign(cast, refused)
    entrusted = relative(cast, "proxy", authority=True)
    assert {"consent", "decline"} <= set(cast.read(referral, entrusted)["actions"])
    assert entrusted.post(f"/api/v1/referrals/{referral}/decline").status_code == 200
