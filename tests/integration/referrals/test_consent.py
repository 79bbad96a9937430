"""Who says yes: the person, a guardian for those who cannot, helped on the doctor's phone; never a proxy."""

import base64
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.kernel.clock import local_day, machine_now
from backend.people.models import RelatedPerson
from backend.people.models_authority import WrittenAuthority
from backend.referrals.models import ReferralConsent
from backend.store import clock, files
from backend.store.db import session, transaction
from tests import factories
from tests.integration.referrals.rig import Cast, drawn, make_cast, nothing_foreign, rules

TODAY = machine_now().date()


def relative(cast: Cast, kind: str, *, authority: bool = False, **paper: Any) -> factories.Person:
    with cast.app.app_context(), transaction() as current:
        resident = current.get(factories.Resident, (cast.county, cast.patient_id))
        account = factories.make_account(current, cast.county)
        factories.make_family(current, resident, account, kind=kind, relation="母亲" if kind == "guardian" else "女儿")
        current.flush()
        if authority:
            tie = current.scalar(select(RelatedPerson).where(RelatedPerson.account_id == account.id))
            current.add(entrust(cast, related_id=tie.id, **paper))
    return factories.sign_in(cast.app, account, acting_for=cast.patient_id)


def entrust(cast: Cast, **values: Any) -> WrittenAuthority:
    """A paper as a doctor registers it: the daughter may sign for referrals until tomorrow."""
    today = local_day(clock.now(session()))
    return WrittenAuthority(
        county_id=cast.county,
        **{
            "resident_id": cast.patient_id,
            "matter": "referral",
            "given_by": "self",
            "holder_name": "月香",
            "relation": "女儿",
            "holder_paper": "other",
            "from_on": today,
            "until_on": today + timedelta(days=1),
            "witness": "岩相",
            "practitioner_id": cast.doctor.actor().practitioner_id,
            "institution": cast.places.township,
        }
        | values,
    )


def born(years: int) -> date:
    return TODAY.replace(year=TODAY.year - years, month=1, day=1)


def given(cast: Cast, referral: str) -> ReferralConsent:
    with cast.app.app_context(), transaction() as current:
        return current.scalar(
            select(ReferralConsent).where(
                ReferralConsent.referral_id == UUID(referral), ReferralConsent.status == "given"
            )
        )


@pytest.mark.clause("MS-4.2.2u2")
def test_the_person_says_yes_with_a_drawn_signature(cast: Cast) -> None:
    referral = cast.submitted()
    text = cast.patient.get(f"/api/v1/referrals/{referral}/consent-text").json
    assert "转不转由我自己定" in text["text"]
    assert not text["needs_guardian"]
    answer = cast.consent(referral)
    assert answer.status_code == 200, answer.json
    row = given(cast, referral)
    assert (row.given_by, row.helped, row.text_version) == ("self", False, text["version"])
    with cast.app.app_context(), transaction() as current:
        stored, content = files.get(current, cast.county, row.signature_file_id)
        assert content.startswith(b"\x89PNG")
        assert base64.b64decode(drawn()) not in (content, stored.content_sealed)
    assert cast.consent(referral).status_code == 409


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        ("bm90IGEgcG5nIGF0IGFsbCwganVzdCB0ZXh0", "signature_not_png"),
        ("!!!not base64 at all!!!!!", "signature_unreadable"),
        (drawn(ink=False), "signature_empty"),
        (drawn(size=(20, 20), ink=False), "signature_size"),
        (base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 100).decode(), "signature_unreadable"),
    ],
)
def test_what_is_no_signature_is_refused(xinmi: Cast, picture: str, code: str) -> None:
    referral = xinmi.submitted()
    answer = xinmi.consent(referral, drawn=picture)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert given(xinmi, referral) is None


@pytest.mark.clause("MS-4.2.2u2")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
@pytest.mark.parametrize(("years", "child"), [(6, False), (15, True)])
def test_a_guardian_consents_for_a_minor_and_a_proxy_may_not(app, morning, county, years, child) -> None:
    cast = make_cast(app, county, birth_on=born(years))
    referral = cast.submitted()
    alone = cast.consent(referral)
    broken = rules(alone)
    assert set(broken) == {"referral.guardian_required"}
    assert broken["referral.guardian_required"] == ("MS-4.2.2u2" if county == "mangshi" else "CC-19")
    nothing_foreign(cast, alone)
    proxy = relative(cast, "proxy")
    assert cast.read(referral, proxy)["now"]["title"] == "等您家人看一遍、签字同意"
    assert cast.read(referral, proxy)["way"][1]["title"] == "等您家人听明白、签字"
    assert set(rules(cast.consent(referral, who=proxy))) == {"referral.guardian_required"}
    mother = relative(cast, "guardian")
    text = mother.get(f"/api/v1/referrals/{referral}/consent-text").json
    assert (text["needs_guardian"], text["child_to_hear"]) == (True, child)
    if child:
        unheard = cast.consent(referral, who=mother)
        assert "讲给孩子听" in unheard.json["violations"][0]["text"]
    answer = cast.consent(referral, who=mother, child_heard=child)
    assert answer.status_code == 200, answer.json
    assert given(cast, referral).given_by == "guardian"


def test_sixteen_on_own_wages_decides_alone(app, morning) -> None:
    cast = make_cast(app, "mangshi", birth_on=born(17), own_wages=True)
    assert cast.consent(cast.submitted()).status_code == 200


def test_an_adult_without_capacity_needs_the_guardian(app, morning) -> None:
    cast = make_cast(app, "mangshi", lacks_capacity=True)
    referral = cast.submitted()
    assert set(rules(cast.consent(referral))) == {"referral.guardian_required"}
    assert cast.consent(referral, who=relative(cast, "guardian")).status_code == 200


def test_a_proxy_signs_nothing_for_a_capable_adult_without_a_written_authority(cast: Cast) -> None:
    referral = cast.submitted()
    daughter = relative(cast, "proxy")
    seen = daughter.get(f"/api/v1/referrals/{referral}").json
    assert "consent" not in seen["actions"]
    refused = cast.consent(referral, who=daughter)
    assert set(rules(refused)) == {"referral.consent_required"}
    nothing_foreign(cast, refused)
    entrusted = relative(cast, "proxy", authority=True)
    assert cast.consent(referral, who=entrusted).status_code == 200
    row = given(cast, referral)
    assert row.given_by == "authorised"
    assert row.authority_id is not None


def test_who_may_not_sign_is_told_before_the_form_is_filled_in(cast: Cast) -> None:
    referral = cast.submitted()
    daughter, entrusted = relative(cast, "proxy"), relative(cast, "proxy", authority=True)

    def refused(who: factories.Person) -> dict[str, Any] | None:
        answer = who.get(f"/api/v1/referrals/{referral}/consent-text")
        nothing_foreign(cast, answer)
        return answer.json["refused"]

    told, met = refused(daughter), cast.consent(referral, who=daughter).json["violations"][0]
    assert told == met, "the same rule, its source and its way out as at the end of the form"
    assert told["rule"] == "referral.consent_required" and "医生可以当面帮着办" in told["instead"]
    home = daughter.get("/api/v1/home").json["next"]
    assert (home["kind"], home["button"]) == ("consent", "看怎么办")
    assert told["text"] in home["text"]
    for who in (cast.patient, entrusted):
        assert refused(who) is None
        assert who.get("/api/v1/home").json["next"]["button"] == "看明白再签"
    assert refused(cast.doctor) is None, "the doctor helps, and says there whose word is heard"


def test_a_minor_is_told_before_the_form_that_the_guardian_signs(app, morning) -> None:
    cast = make_cast(app, "mangshi", birth_on=born(15))
    path = f"/api/v1/referrals/{cast.submitted()}/consent-text"
    assert cast.patient.get(path).json["refused"]["rule"] == "referral.guardian_required"
    assert relative(cast, "guardian").get(path).json["refused"] is None


def test_somebody_elses_referral_does_not_exist_for_me(app, cast: Cast) -> None:
    referral = cast.submitted()
    stranger, _ = factories.resident_person(app, cast.county)
    assert stranger.get(f"/api/v1/referrals/{referral}").status_code == 404
    assert cast.consent(referral, who=stranger).status_code == 404


def test_helped_on_the_doctors_phone_needs_a_witness_and_the_language(cast: Cast) -> None:
    referral = cast.submitted()
    hash_ = cast.doctor.get(f"/api/v1/referrals/{referral}/consent-text").json["content_hash"]
    body = {"content_hash": hash_, "drawn": drawn(), "by": "self"}
    path = f"/api/v1/referrals/{referral}/helped-consent"
    assert set(rules(cast.doctor.post(path, body))) == {"referral.witness_required", "referral.language_required"}
    name = cast.read(referral)["doctor"]["name"]
    own = cast.doctor.post(path, body | {"witness": name, "language": "傣话"})
    assert set(rules(own)) == {"referral.witness_required"}
    nothing_foreign(cast, own)
    done = cast.doctor.post(path, body | {"witness": "岩相", "language": "傣话", "interpreter": "月团"})
    assert done.status_code == 200, done.json
    row = given(cast, referral)
    assert (row.helped, row.witness, row.language, row.interpreter) == (True, "岩相", "傣话", "月团")
    assert row.helped_by is not None


def test_a_guardian_in_the_room_is_named_on_the_doctors_phone(app, morning) -> None:
    cast = make_cast(app, "mangshi", birth_on=born(5))
    referral = cast.submitted()
    hash_ = cast.doctor.get(f"/api/v1/referrals/{referral}/consent-text").json["content_hash"]
    body = {"content_hash": hash_, "drawn": drawn(), "by": "guardian", "witness": "护士", "language": "普通话"}
    path = f"/api/v1/referrals/{referral}/helped-consent"
    assert set(rules(cast.doctor.post(path, body))) == {"referral.signer_known", "referral.kin_required"}
    mother = {"signer_name": "月亮", "relation": "母亲", "identity_known": True}
    assert cast.doctor.post(path, body | mother).status_code == 200


def test_a_consent_covers_what_was_explained_and_nothing_else(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral, content_hash="0" * 64).status_code == 412
    assert given(cast, referral) is None


@pytest.mark.clause("MS-2.1")
def test_saying_no_ends_it(cast: Cast) -> None:
    referral = cast.submitted()
    answer = cast.patient.post(f"/api/v1/referrals/{referral}/decline")
    assert answer.status_code == 200, answer.json
    assert (answer.json["status"], answer.json["end_reason"]) == ("withdrawn", "consent_declined")
    assert cast.accept(referral).status_code == 409
    assert cast.waiting_for(cast.head, referral) is None


def test_the_hospital_sees_no_name_before_consent(cast: Cast) -> None:
    referral = cast.submitted()
    line = next(i for i in cast.clerk.get("/api/v1/referral-answers").json["items"] if i["referral_id"] == referral)
    assert line["person"] is None
    assert line["masked"].startswith("女 ")
    seen = cast.clerk.get(f"/api/v1/referrals/{referral}").json
    assert (seen["person"], seen["summary"], seen["records"]) == (None, None, [])
    timeline = f"/api/v1/residents/{cast.patient_id}/timeline"
    assert cast.hospital_head.get(timeline).status_code == 404
    cast.consent(referral)
    assert cast.clerk.get(f"/api/v1/referrals/{referral}").json["person"]["id"] == str(cast.patient_id)
    assert cast.hospital_head.get(timeline).status_code == 200
    cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"})
    assert cast.hospital_head.get(timeline).status_code == 404
