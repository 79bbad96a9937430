"""The way down over HTTP in both counties: proposed by the ward, refused while a part is missing, taken over or not."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest

from backend.followup.models import FollowUpPlan, FollowUpVisit
from backend.kernel.roles import Role
from backend.records.models import AccessGrant, Stay
from backend.referrals.certificate_state import facts_of
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.store.db import transaction
from tests.factories import Person
from tests.integration.referrals.down_rig import TEXTS, Down, make_down
from tests.integration.referrals.rig import nothing_foreign, rules, signer


@pytest.fixture(params=["xinmi", "mangshi"])
def down(app, morning, request) -> Down:
    return make_down(app, request.param)


def sights_of(down: Down, referral: str) -> list[AccessGrant]:
    return down.rows(AccessGrant, AccessGrant.basis == "hand_over", AccessGrant.basis_id == UUID(referral))


@pytest.mark.clause("XM-5.4c")
@pytest.mark.clause("MS-4.2.2d1")
def test_home_under_management_the_whole_way(down: Down) -> None:
    listed = down.ward.get("/api/v1/ward").json
    mine = next(line for line in listed["items"] if line["stay"]["id"] == down.stay_id)
    assert "propose_down" in mine["actions"]
    options = down.ward.get(f"/api/v1/stays/{down.stay_id}/down-options").json
    assert options["own_institution"] == down.places.township
    assert options["options"]["choices"][0]["institution"] == down.places.township, (
        "the person's own team's house first"
    )
    assert {one["code"] for one in options["options"]["indications"]} == {
        "stable-recovery",
        "clear-ordinary",
        "chronic-care",
    }
    referral = down.proposed()
    assert down.write(referral).status_code == 200
    sent = down.submit(referral)
    assert sent.status_code == 200, sent.json
    nothing_foreign(down, sent)
    assert sent.json["direction"] == "down"
    assert sent.json["chain_source"]["id"] == ("S-referral-chain" if down.county == "xinmi" else "MS-4.2.2d1")
    early = down.take_over(referral)
    assert set(rules(early)) == {"referral.down_consent_required", "referral.down_signatures_required"}
    nothing_foreign(down, early)
    home = down.patient.get("/api/v1/home").json["next"]
    assert (home["page"], home["button"]) == (f"/features/handover/pages/family?id={referral}", "先看怎么安排")
    asked = down.patient.get(f"/api/v1/referrals/{referral}").json
    assert asked["now"]["next"] == "您同意了，那边的医生才能看到您的资料"
    assert asked["way"][1]["title"] == "等您听明白、签字", "what is waited for does not read as done"
    assert down.consent(referral).status_code == 200
    signed = down.patient.get(f"/api/v1/referrals/{referral}").json
    assert signed["way"][1]["title"] == "您听明白了，签字同意"
    assert set(rules(down.take_over(referral))) == {"referral.down_signatures_required"}
    down.sign(referral)
    assert down.stay()["status"] == "recovering", "the patient stays until somebody has taken over"
    taken = down.take_over(referral)
    assert taken.status_code == 200, taken.json
    nothing_foreign(down, taken)
    assert taken.json["status"] == "arrived"
    assert taken.json["stay_below_id"] is None
    left = down.stay()
    assert (left["status"], left["disposition_code"]) == ("discharged", 1)
    assert left["onward_certificate_number"] == taken.json["certificate"]["number"]
    [plan] = down.rows(FollowUpPlan, FollowUpPlan.referral_id == UUID(referral))
    assert (plan.condition, plan.practitioner_id, plan.hospital_follows) == ("hypertension", down.team.leader_id, True)
    assert plan.village_practitioner_id == down.team.village_doctor_id
    [look] = down.rows(FollowUpVisit, FollowUpVisit.plan_id == plan.id)
    assert look.due_on == down.today + timedelta(days=3), "two days before the discharge drugs run out"
    seen = down.patient.get(f"/api/v1/referrals/{referral}").json
    assert seen["now"]["code"] == "taken_over"
    assert [line["state"] for line in seen["way"]] == ["done"] * len(seen["way"])
    [paper] = down.rows(ReferralCertificate, ReferralCertificate.referral_id == UUID(referral))
    with down.app.app_context(), transaction():
        printed = facts_of(paper)["handover"]
    assert printed["预后评估"] == TEXTS["prognosis"], "line 13 of the paper form"
    assert "苯磺酸氨氯地平片" in printed["带回去的药，吃到哪天"]
    [arrival] = down.rows(Arrival, Arrival.referral_id == UUID(referral))
    assert (arrival.came_as, arrival.category) == ("referred", "home")
    sights = {
        row.grantee
        for row in down.rows(AccessGrant, AccessGrant.basis == "hand_over", AccessGrant.basis_id == UUID(referral))
    }
    assert f"team:{down.team.id}" in sights
    assert len(sights) == 3, "team, the doctor who took over, and the ward doctor who follows"


@pytest.mark.clause("XM-5.4c")
@pytest.mark.clause("MS-4.2.2d1")
def test_to_a_bed_below_is_a_new_stay_as_referred(down: Down) -> None:
    referral = down.ready(kind="bed")
    taken = down.take_over(referral, bed="3")
    assert taken.status_code == 200, taken.json
    below = down.rows(Stay, Stay.id == UUID(taken.json["stay_below_id"]))[0]
    assert (below.institution, below.came_as, below.bed) == (down.places.township, "referred", "3 床")
    assert below.certificate_number == taken.json["certificate"]["number"]
    left = down.stay()
    assert (left["disposition"], left["disposition_code"]) == ("community", 3)
    assert left["onward_certificate_number"] == below.certificate_number, "the number stands in both records"
    assert len(down.rows(FollowUpPlan, FollowUpPlan.referral_id == UUID(referral))) == 1


PARTS = [*list(TEXTS)[:5], "medicine", "review-date", "come-back", "hospital-follows"]


@pytest.mark.clause("MS-4.2.2d1")
def test_every_missing_part_is_named_at_once(down: Down) -> None:
    referral = down.proposed()
    refused = down.submit(referral)
    assert refused.status_code == 422
    nothing_foreign(down, refused)
    named = {one["pointer"]: one for one in refused.json["violations"] if one["rule"] == "referral.handover_incomplete"}
    assert set(named) == {f"/parts/{code}" for code in PARTS}
    source = named["/parts/prognosis"]["source"]
    assert (source["id"], source["kind"]) == (
        ("MS-4.2.2d1", "clause") if down.county == "mangshi" else ("S-handover", "setting")
    )
    assert source["sample"] is (down.county == "xinmi")
    assert {one["source"]["kind"] for one in named.values()} <= {"clause", "setting"}
    assert down.read(referral)["status"] == "draft"


@pytest.mark.clause("MS-4.2.2d1")
def test_written_part_by_part_and_refused_until_the_last(down: Down) -> None:
    referral, lacking = down.proposed(), list(PARTS)
    steps = [({"texts": {code: text}}, code) for code, text in TEXTS.items()]
    undated = {"code": "amlodipine-5", "dose": "每天早上 1 片"}
    steps += [
        ({"drugs": [undated]}, None),
        ({"drugs": [undated | {"until_on": down.after(5)}]}, "medicine"),
        ({"review_on": down.after(14)}, "review-date"),
        ({"follows": True}, None),
    ]
    for body, gained in steps:
        kept = down.write(referral, body)
        assert kept.status_code == 200, "a draft is kept as far as it goes"
        if gained:
            lacking.remove(gained)
        assert [one["pointer"] for one in kept.json["missing"]] == [f"/parts/{code}" for code in lacking]
        assert {one["code"] for one in kept.json["parts"] if one["done"]} == set(PARTS) - set(lacking)
        refused = down.submit(referral)
        assert refused.status_code == 422
        assert [one["pointer"] for one in refused.json["violations"]] == [f"/parts/{code}" for code in lacking]
    assert lacking == ["hospital-follows"], "who follows is asked once it is said that somebody does"
    assert down.write(referral, {"follows": False}).json["missing"] == []
    assert down.submit(referral).status_code == 200


@pytest.mark.clause("MS-4.2.2d2")
def test_an_indication_of_the_way_down_is_required(down: Down) -> None:
    referral = down.proposed(indication=None, standard=None, article=None, choice_by_patient=False)
    down.write(referral)
    broken = rules(down.submit(referral))
    assert broken["referral.down_indication_required"] == (
        "MS-4.2.2d2" if down.county == "mangshi" else "S-indications"
    )
    assert {"referral.standard_required", "referral.choice_required"} <= set(broken)
    up = down.propose(indication="critical")
    assert up.json["code"] == "already_proposed"
    changed = down.ward.request("PUT", f"/api/v1/referrals/{referral}", {"indication": "critical"})
    assert "referral.down_indication_required" in {one["rule"] for one in changed.json["problems"]}


def test_only_somebody_who_recovers_and_only_ones_own_ward(app, morning) -> None:
    down = make_down(app, "mangshi", recovering=False)
    assert down.propose().json["code"] == "not_recovering"
    down.ward.post(f"/api/v1/stays/{down.stay_id}/recovering", {})
    other = signer(app, down.places.hospital, Role.WARD_DOCTOR, county="mangshi", department="neurology")
    refused = other.post(f"/api/v1/stays/{down.stay_id}/down-transfer", down.propose_body())
    assert refused.status_code == 404
    assert down.stay_id not in {line["stay"]["id"] for line in other.get("/api/v1/ward").json["items"]}
    family = down.team.leader.post(f"/api/v1/stays/{down.stay_id}/down-transfer", down.propose_body())
    assert family.status_code == 403
    assert down.propose(to_institution=down.places.other_hospital).json["code"] == "not_below"


@pytest.mark.clause("XM-5.7")
def test_drugs_the_house_below_does_not_keep_are_listed_and_asked_for(down: Down) -> None:
    referral = down.proposed()
    drugs = [
        {"code": "amlodipine-5", "dose": "每天早上 1 片", "until_on": down.after(7)},
        {"code": "sacubitril-valsartan", "dose": "每天 2 次，每次 1 片", "until_on": down.after(7)},
        {"name": "院内制剂", "dose": "每天 1 包", "until_on": down.after(7)},
    ]
    shown = down.write(referral, down.package(drugs=drugs)).json
    assert [drug["kept"] for drug in shown["drugs"]] == [True, False, False]
    assert down.tasks(referral, "referral.drugs_missing") == [], "asked for when it is sent"
    assert down.submit(referral).status_code == 200
    [task] = down.tasks(referral, "referral.drugs_missing")
    assert (task.role, task.institution, task.resident_id) == (Role.PHARMACIST, down.places.township, None)
    assert task.detail["drugs"] == shown["not_kept"]
    assert len(shown["not_kept"]) == 2
    before = down.read(referral, down.team.leader)
    assert before["person"] is None, "before the consent nobody is named"
    assert [part["text"] for part in before["parts"]] == [None] * len(PARTS)
    assert len(before["drugs"]) == 3


@pytest.mark.clause("MS-4.2.2d1")
def test_the_house_below_may_say_no_with_a_reason_and_the_patient_stays(down: Down) -> None:
    referral = down.submitted()
    path = f"/api/v1/referrals/{referral}/answer"
    unreasoned = down.team.leader.post(path, {"accept": False})
    assert "referral.decline_reason_required" in rules(unreasoned)
    undated = down.team.leader.post(path, {"accept": False, "reason": "no-bed"})
    assert "referral.decline_reason_required" in rules(undated)
    no = down.team.leader.post(path, {"accept": False, "reason": "not-our-ability", "contact": "张医生 0371"})
    assert no.status_code == 200, no.json
    assert no.json["answer"]["status"] == "declined"
    assert no.json["answer"]["alternative_institution"] == down.places.hospital, "where the patient is now"
    assert down.stay()["status"] == "recovering"
    [task] = down.tasks(referral, "referral.redirect")
    assert task.status == "open"
    assert task.practitioner_id == down.rows(Referral, Referral.id == UUID(referral))[0].practitioner_id
    down.consent(referral)
    down.sign(referral)
    assert down.take_over(referral).json["code"] == "declined"
    assert down.rows(FollowUpPlan, FollowUpPlan.resident_id == down.patient_id) == []


def test_a_stranger_takes_nobody_over(app, down: Down) -> None:
    referral = down.ready()
    elsewhere = "th-chaohua" if down.county == "xinmi" else "th-zhefang"
    stranger = signer(app, elsewhere, Role.FAMILY_DOCTOR, county=down.county)
    assert down.take_over(referral, stranger).status_code == 404
    assert stranger.get(f"/api/v1/referrals/{referral}/hand-over").status_code == 404
    assert down.take_over(referral, down.team.village_doctor).status_code == 403
    assert down.take_over(referral, down.ward).status_code == 403
    assert down.write(referral, who=down.colleague).status_code == 404
    assert down.stay()["status"] == "recovering"


def test_taken_over_once(down: Down) -> None:
    referral = down.ready()
    assert down.take_over(referral).status_code == 200
    again = down.take_over(referral, down.colleague)
    assert (again.status_code, again.json["code"]) == (409, "already_accepted")
    assert len(down.rows(FollowUpPlan, FollowUpPlan.referral_id == UUID(referral))) == 1


def test_two_doctors_at_once_one_wins(down: Down) -> None:
    referral = down.ready(kind="bed")
    start = Barrier(2)

    def grab(who: Person) -> tuple[int, str]:
        start.wait()
        answer = down.take_over(referral, who)
        return answer.status_code, answer.json.get("code", "")

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(grab, (down.team.leader, down.colleague)))
    assert outcomes == [(200, ""), (409, "already_accepted")]
    assert len(down.rows(FollowUpPlan, FollowUpPlan.referral_id == UUID(referral))) == 1
    below = down.rows(Stay, Stay.resident_id == down.patient_id, Stay.institution == down.places.township)
    assert len(below) == 1


def test_the_family_reads_who_looks_after_them_and_how_to_come_back(down: Down) -> None:
    referral = down.submitted(kind="bed")
    answer = down.patient.get(f"/api/v1/referrals/{referral}/family-page")
    assert answer.status_code == 200, answer.json
    nothing_foreign(down, answer)
    page = answer.json
    assert {carer["part"] for carer in page["carers"]} == {"家庭医生（组长）", "村医", "医院接着跟"}
    assert page["carers"][-1] == {"name": "病区王医生", "part": "医院接着跟", "phone": "0371-0000"}
    assert page["come_back"]["phones"]
    assert page["come_back"]["when"] == TEXTS["come-back"]
    assert page["come_back"]["days"] == 30
    assert 0 < page["savings"]["own_below_fen"] < page["savings"]["own_above_fen"]
    assert page["savings"]["sample"] is True
    if down.county == "xinmi":
        assert "XM-5.6c" in {line["source"]["id"] for line in page["savings"]["lines"]}
    assert {"consent", "decline"} <= set(page["actions"])
    kept = down.rows(Referral, Referral.id == UUID(referral))[0].estimate
    assert kept["own_below_fen"] == page["savings"]["own_below_fen"], "what was shown is kept"


def test_a_change_after_signing_is_signed_and_agreed_to_anew(down: Down) -> None:
    referral = down.submitted()
    assert down.consent(referral).status_code == 200
    changed = {"texts": {"prognosis": "要长期吃药，一年复查一次。"}}
    assert down.write(referral, changed).status_code == 403, "the PIN is asked"
    assert down.read(referral)["consent"]["status"] == "given"
    again = down.write(referral, changed | {"pin": "246810"})
    assert again.status_code == 200, again.json
    assert again.json["consent"]["status"] == "asked"
    short = down.write(referral, {"texts": {"prognosis": " "}, "pin": "246810"})
    assert set(rules(short)) == {"referral.handover_incomplete"}
    down.consent(referral)
    down.sign(referral)
    down.team.leader.post(f"/api/v1/referrals/{referral}/answer", {"accept": True, "contact": "张医生"})
    frozen = down.write(referral, changed | {"pin": "246810"})
    assert (frozen.status_code, frozen.json["code"]) == (409, "certificate_stands")


def test_whoever_said_yes_early_is_reminded_to_take_over(down: Down) -> None:
    referral = down.submitted()
    [asked] = down.tasks(referral, "referral.answer")
    assert asked.practitioner_id == down.team.leader_id, "the person's own family doctor, by name"
    assert [rung["role"] for rung in asked.ladder] == ["family_doctor", "medical_office"]
    today = down.team.leader.get("/api/v1/today").json["sections"]
    assert f"/features/handover/pages/receive?id={referral}" in {i["page"] for s in today for i in s["items"]}
    yes = down.team.leader.post(f"/api/v1/referrals/{referral}/answer", {"accept": True, "contact": "张医生"})
    assert yes.status_code == 200, yes.json
    down.consent(referral)
    assert down.tasks(referral, "referral.take_over") == []
    down.sign(referral)
    [task] = down.tasks(referral, "referral.take_over")
    assert (task.practitioner_id, task.status) == (down.team.leader_id, "open")
    assert referral in {one["referral_id"] for one in down.team.leader.get("/api/v1/hand-overs").json["items"]}
    assert down.take_over(referral, down.colleague).status_code == 200, "a colleague may stand in"
    [task] = down.tasks(referral, "referral.take_over")
    assert task.status == "done"


def test_a_clerk_writes_the_arrival_down_and_a_doctor_takes_over(app, down: Down) -> None:
    referral = down.ready()
    down.team.leader.post(f"/api/v1/referrals/{referral}/answer", {"accept": True, "contact": "张医生"})
    clerk = signer(app, down.places.township, Role.DESK_CLERK, county=down.county)
    came = clerk.post("/api/v1/arrivals", {"category": "outpatient", "referral_id": referral})
    assert (came.status_code, came.json["came_as"]) == (201, "referred"), came.json
    assert down.read(referral)["status"] == "issued", "a desk ends no way down: the plan would be missing"
    assert down.stay()["status"] == "recovering"
    assert down.take_over(referral).status_code == 200
    assert len(down.rows(FollowUpPlan, FollowUpPlan.referral_id == UUID(referral))) == 1


def test_a_stay_that_ends_otherwise_ends_the_way_down(down: Down) -> None:
    referral = down.submitted()
    assert (
        down.ward.post(f"/api/v1/stays/{down.stay_id}/discharge", {"disposition": "against_advice"}).status_code == 200
    )
    ended = down.rows(Referral, Referral.id == UUID(referral))[0]
    assert (ended.status, ended.end_reason) == ("withdrawn", "discharged")
    assert down.tasks(referral, "referral.answer")[0].status == "done"


@pytest.mark.clause("MS-4.2.2d1")
def test_when_the_plan_cannot_be_made_nothing_is_taken_over(down: Down, monkeypatch) -> None:
    from backend.referrals.events import HandOverAccepted
    from backend.store import events
    from backend.store.events import Subscription, When

    referral = down.ready(kind="bed")

    def no_plan(event: HandOverAccepted) -> None:
        raise RuntimeError("no protocol")

    line = Subscription(HandOverAccepted, no_plan, When.WITHIN)
    monkeypatch.setitem(events._table, HandOverAccepted, [line])
    assert down.take_over(referral).status_code == 500
    assert down.stay()["status"] == "recovering"
    assert down.rows(Referral, Referral.id == UUID(referral))[0].status == "submitted"
    assert down.rows(Stay, Stay.resident_id == down.patient_id, Stay.institution == down.places.township) == []
    assert down.rows(Arrival, Arrival.referral_id == UUID(referral)) == []
    assert sights_of(down, referral) == []
    monkeypatch.undo()
    assert down.take_over(referral).status_code == 200
