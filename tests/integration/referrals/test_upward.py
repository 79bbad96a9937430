"""The whole upward path over HTTP in both counties: three tracks side by side, and the certificate by itself."""

import pytest

from tests.integration.referrals.rig import PIN, Cast, nothing_foreign, rules

FRACTURE = {
    "diagnosis_code": "S52",
    "diagnosis_text": "前臂骨折",
    "indication": "limited",
    "standard": None,
    "article": None,
}
"""A disease without a standard of the county's own, which hospitals of every level above can treat."""


@pytest.mark.clause("MS-4.2.2u2")
@pytest.mark.clause("MS-4.2.2u3")
@pytest.mark.clause("XM-5.4a")
def test_the_certificate_comes_when_all_three_are_there(cast: Cast) -> None:
    made = cast.draft()
    assert made["status"] == "draft"
    assert made["problems"] == []
    assert cast.places.hospital in {one["code"] for one in made["offered"]}
    assert made["standard"]["version"] == "2026 版"
    referral = made["id"]
    sent = cast.submit(referral)
    assert sent.status_code == 200, sent.json
    nothing_foreign(cast, sent)
    assert sent.json["status"] == "submitted"
    assert [(step["order"], step["status"]) for step in sent.json["steps"]] == [
        (1, "signed"),
        (2, "open"),
        (3, "waiting"),
    ]
    assert sent.json["now"]["code"] == "consent"
    assert sent.json["chain_source"]["id"] == ("S-referral-chain" if cast.county == "xinmi" else "MS-4.2.2u2")

    assert cast.sign(cast.head, referral).status_code == 200, "signatures do not wait for the consent"
    seen = cast.patient.get(f"/api/v1/referrals/{referral}")
    assert {"consent", "decline"} <= set(seen.json["actions"])
    assert cast.consent(referral).status_code == 200
    assert cast.read(referral)["status"] == "submitted"
    assert cast.accept(referral).status_code == 200
    waiting = cast.read(referral, cast.patient)
    assert waiting["now"]["code"] == "signature"
    assert waiting["now"]["due_at"] is not None
    assert waiting["certificate"] is None
    assert cast.sign(cast.third, referral).status_code == 200

    done = cast.read(referral, cast.patient)
    assert done["status"] == "issued"
    assert done["certificate"]["state"] == "valid"
    assert not done["certificate"]["late"]
    assert [line["state"] for line in done["way"]] == ["done"] * 6 + ["now", "next"]
    assert "certificate" in done["actions"]


def test_a_draft_says_everything_that_is_missing_at_once(cast: Cast) -> None:
    made = cast.draft(indication=None, standard=None, article=None, choice_by_patient=False, records=[])
    expected = {
        "referral.indication_required",
        "referral.standard_required",
        "referral.choice_required",
        "referral.records_attached",
    }
    assert {problem["rule"] for problem in made["problems"]} == expected
    refused = cast.submit(made["id"])
    assert set(rules(refused)) == expected
    nothing_foreign(cast, refused)
    assert cast.read(made["id"])["status"] == "draft"


@pytest.mark.clause("MS-4.2.2u3")
def test_an_indication_of_the_other_direction_is_no_reason(cast: Cast) -> None:
    made = cast.draft(indication="chronic-care", standard=None, article=None)
    assert "referral.indication_required" in {problem["rule"] for problem in made["problems"]}


@pytest.mark.clause("XM-5.4a")
def test_an_article_that_means_another_reason_does_not_meet_the_standard(cast: Cast) -> None:
    made = cast.draft(article=1)
    assert {problem["rule"] for problem in made["problems"]} == {"referral.standard_required"}


@pytest.mark.clause("MS-4.2.2u2")
def test_no_records_is_stated_and_does_not_block(cast: Cast) -> None:
    assert cast.draft(records=[], no_records=True)["problems"] == []


def test_a_record_of_somebody_else_cannot_be_attached(cast: Cast) -> None:
    from backend.kernel.ids import new_id

    answer = cast.doctor.post("/api/v1/referrals", cast.draft_body(records=[{"kind": "visit", "id": str(new_id())}]))
    assert answer.json["code"] == "record_not_found"


@pytest.mark.clause("MS-4.2.3e")
@pytest.mark.clause("MS-2.1")
def test_own_wish_alone_gets_no_certificate_and_the_way_is_open(cast: Cast) -> None:
    cast.open_visit()
    refused = cast.doctor.post("/api/v1/referrals", cast.draft_body(own_wish=True, indication=None))
    broken = rules(refused)
    assert broken == {"referral.own_wish": "MS-4.2.3e" if cast.county == "mangshi" else "S-own-wish"}
    assert "自己" in refused.json["violations"][0]["instead"]
    nothing_foreign(cast, refused)
    body = {"resident_id": str(cast.patient_id), "to_institution": cast.places.hospital, "visit_id": cast.visit_id}
    told = cast.doctor.post("/api/v1/referrals/own-wish", body)
    assert told.status_code == 201, told.json
    assert told.json["refused"]["source"]["kind"] == ("clause" if cast.county == "mangshi" else "setting")
    assert any("没有证明也可以看" in line for line in told.json["changes"])
    nothing_foreign(cast, told)
    kept = cast.read(told.json["referral_id"], cast.patient)
    assert (kept["status"], kept["end_reason"], kept["certificate"]) == ("refused", "own_wish", None)
    assert cast.submit(told.json["referral_id"]).status_code in (409, 422)


def test_a_village_clinic_issues_no_certificate(app, cast: Cast) -> None:
    from backend.kernel.roles import Role
    from tests.integration.referrals.rig import signer

    both = signer(app, cast.places.clinic, Role.FAMILY_DOCTOR, Role.VILLAGE_DOCTOR, county=cast.county)
    both.post("/api/v1/visits", {"resident_id": str(cast.patient_id)})
    body = cast.draft_body() | {"visit_id": None, "records": [], "no_records": True}
    refused = both.post("/api/v1/referrals", body)
    assert set(rules(refused)) == {"referral.issuer_level"}


@pytest.mark.clause("MS-2.1")
def test_every_place_that_can_treat_it_is_offered_nearest_first(cast: Cast) -> None:
    cast.open_visit()
    found = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=I10").json
    codes = [choice["institution"] for choice in found["choices"]]
    assert {cast.places.hospital, cast.places.other_hospital} <= set(codes)
    here = [(one["level"], one["kilometres"]) for one in found["choices"]]
    assert [one["nearest"] for one in found["choices"]] == [place == here[0] for place in here]
    assert [one["passes"] for one in found["choices"] if one["nearest"]] == [[]] * here.count(here[0])
    ranks = [choice["outside"] for choice in found["choices"]]
    assert ranks == sorted(ranks), "in the county before outside"
    assert len(found["indications"]) == 4
    assert found["condition"]["name"] == "高血压"
    assert found["own_scope"]


@pytest.mark.clause("MS-4.2.2u1")
def test_a_skipped_level_needs_a_reason_and_names_the_nearer_places(cast: Cast) -> None:
    cast.open_visit()
    options = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=S52").json
    far = next(choice["institution"] for choice in options["choices"] if choice["level"] != "county")
    refused = cast.submit(cast.draft(to_institution=far, to_department=None, **FRACTURE)["id"])
    broken = rules(refused)
    assert "referral.skip_reason_required" in broken
    nothing_foreign(cast, refused)
    text = next(v["text"] for v in refused.json["violations"] if v["rule"] == "referral.skip_reason_required")
    near = next(choice["name"] for choice in options["choices"] if choice["institution"] == cast.places.hospital)
    assert near in text
    stated = cast.draft(to_institution=far, to_department=None, **FRACTURE, skip_reason="no-place-nearby")
    assert stated["problems"] == []


@pytest.mark.clause("MS-4.2.2u1")
def test_an_emergency_skips_without_a_written_excuse(cast: Cast) -> None:
    cast.open_visit()
    options = cast.doctor.get(f"/api/v1/residents/{cast.patient_id}/referral-options?diagnosis_code=S52").json
    far = next(choice["institution"] for choice in options["choices"] if choice["level"] != "county")
    made = cast.draft(to_institution=far, to_department=None, **(FRACTURE | {"indication": "critical"}))
    assert made["emergency"]
    assert made["problems"] == []


@pytest.mark.clause("MS-3")
@pytest.mark.clause("XM-5.4e")
def test_a_place_that_does_not_treat_it_is_flagged_with_who_can(cast: Cast) -> None:
    made = cast.draft(
        diagnosis_code="Z94", diagnosis_text="肾移植后", standard=None, article=None, cleared=["standard", "article"]
    )
    flags = {flag["rule"]: flag for flag in made["flags"]}
    assert "referral.out_of_scope" in flags
    assert "能治的有" in flags["referral.out_of_scope"]["instead"]


@pytest.mark.clause("XM-5.5b")
def test_a_township_sends_no_stay_out_of_the_county(xinmi: Cast) -> None:
    xinmi.open_visit()
    options = xinmi.doctor.get(f"/api/v1/residents/{xinmi.patient_id}/referral-options?diagnosis_code=S52").json
    outside = next(choice["institution"] for choice in options["choices"] if choice["outside"])
    made = xinmi.draft(
        to_institution=outside, to_department=None, **FRACTURE, category="stay", skip_reason="no-place-nearby"
    )
    broken = rules(xinmi.submit(made["id"]))
    assert broken["referral.inpatient_gatekeeper"] == "XM-5.5b"


def test_the_pin_is_asked(cast: Cast) -> None:
    made = cast.draft()
    wrong = cast.doctor.post(f"/api/v1/referrals/{made['id']}/submit", {"pin": "000000"})
    assert (wrong.status_code, wrong.json["code"]) == (403, "pin_wrong")
    referral = made["id"]
    cast.submit(referral)
    assert cast.sign(cast.head, referral, pin="999999").status_code == 403
    assert cast.read(referral)["steps"][1]["status"] == "open"


def test_one_live_referral_to_one_place(cast: Cast) -> None:
    cast.submitted()
    second = cast.submit(cast.draft()["id"])
    assert (second.status_code, second.json["code"]) == (409, "already_referred")


def test_only_the_treating_doctor_submits(app, cast: Cast) -> None:
    from backend.kernel.roles import Role
    from tests.integration.referrals.rig import signer

    other = signer(app, cast.places.township, Role.FAMILY_DOCTOR, county=cast.county)
    made = cast.draft()
    assert other.post(f"/api/v1/referrals/{made['id']}/submit", {"pin": PIN}).status_code == 404
    assert cast.patient.post(f"/api/v1/referrals/{made['id']}/submit", {"pin": PIN}).status_code == 403


def test_a_stale_page_changes_nothing(cast: Cast) -> None:
    made = cast.draft()
    path = f"/api/v1/referrals/{made['id']}"
    first = cast.doctor.request("PUT", path, {"to_department": "neurology"}, **{"If-Match": '"1"'})
    assert first.status_code == 200
    second = cast.doctor.request("PUT", path, {"to_department": "cardiology"}, **{"If-Match": '"1"'})
    assert second.status_code == 412
