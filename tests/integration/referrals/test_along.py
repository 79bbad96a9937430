"""What goes along: drugs and pictures put in by the treating doctor, checked, sealed, seen by whom and how long."""

import base64
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.records.medicines import Medicine
from backend.referrals.models import Referral
from backend.referrals.models_along import ReferralAttachment
from backend.store import clock
from backend.store.audit import AuditEvent
from backend.store.db import transaction
from backend.store.files import StoredFile
from tests import factories
from tests.integration.desk.browser import browser_of
from tests.integration.referrals.rig import Cast, nothing_foreign, rules, signer


def photo(size: tuple[int, int] = (900, 1200), kind: str = "JPEG") -> str:
    out = io.BytesIO()
    picture = Image.new("RGB", size, "white")
    exif = picture.getexif()
    exif[0x010E] = "secret-place"
    picture.save(out, format=kind, **({"exif": exif} if kind == "JPEG" else {}))
    return base64.b64encode(out.getvalue()).decode()


def send(cast: Cast, referral: str, **changes: Any) -> Any:
    body = {"kind": "ecg", "photo": photo(), "words": "左室高电压"} | changes
    return cast.doctor.post(f"/api/v1/referrals/{referral}/pictures", body)


def along(cast: Cast, referral: str, who: Any = None) -> dict[str, Any]:
    answer = (who or cast.doctor).get(f"/api/v1/referrals/{referral}/along")
    assert answer.status_code == 200, answer.json
    return answer.json


def looks(cast: Cast, attachment: str) -> list[UUID | None]:
    with cast.app.app_context(), transaction() as current:
        return list(
            current.scalars(
                select(AuditEvent.account_id).where(
                    AuditEvent.action == "attachment.read", AuditEvent.entity_id == UUID(attachment)
                )
            )
        )


@pytest.mark.clause("MS-4.2.2u2")
@pytest.mark.clause("XM-5.4a")
def test_a_picture_goes_along_redrawn_and_sealed_and_each_look_leaves_a_trace(cast: Cast) -> None:
    referral = cast.draft()["id"]
    made = send(cast, referral)
    assert made.status_code == 201, made.json
    [picture] = made.json["pictures"]
    assert (picture["kind_name"], picture["words"], picture["later"]) == ("心电图", "左室高电压", False)
    address = f"/api/v1/referral-attachments/{picture['id']}/picture"
    with cast.app.app_context(), transaction() as current:
        row = current.get_one(ReferralAttachment, (cast.county, UUID(picture["id"])))
        kept = current.get_one(StoredFile, (cast.county, row.file_id))
        assert b"JFIF" not in kept.content_sealed, "sealed, and no picture on the disk"
        assert kept.resident_id == cast.patient_id, "under the patient's key, which erasure destroys"
    own = cast.doctor.get(address)
    assert (own.status_code, own.mimetype) == (200, "image/jpeg")
    assert b"secret-place" not in own.data, "drawn anew, nothing hides in it"
    assert cast.submit(referral).status_code == 200
    assert along(cast, referral, cast.clerk)["pictures"] == [], "before consent the hospital that is asked sees nothing"
    assert cast.clerk.get(address).status_code == 404
    assert cast.consent(referral).status_code == 200
    for who in (cast.clerk, cast.hospital_head, cast.patient):
        assert [one["id"] for one in along(cast, referral, who)["pictures"]] == [picture["id"]]
        assert who.get(address).status_code == 200
    assert [looks(cast, picture["id"]).count(who.account_id) for who in (cast.clerk, cast.patient)] == [1, 1]
    stranger = signer(cast.app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    neighbour, _ = factories.resident_person(cast.app, cast.county)
    assert {who.get(address).status_code for who in (stranger, neighbour)} == {404}


def test_what_is_no_picture_is_refused_in_words_and_nothing_is_left(cast: Cast) -> None:
    referral = cast.draft()["id"]
    nonsense = base64.b64encode(b"%PDF-1.7 a paper with a program in it").decode()
    for picture, code in (
        (nonsense, "photo_unreadable"),
        ("not base64 at all, said the phone", "photo_unreadable"),
        (photo(kind="GIF"), "photo_unreadable"),
        (photo((60, 60)), "photo_size"),
        (photo((8001, 300), "PNG"), "photo_size"),
        (photo((7000, 7000), "PNG"), "photo_size"),
    ):
        refused = send(cast, referral, photo=picture)
        assert (refused.status_code, refused.json["code"]) == (422, code), refused.json
    assert along(cast, referral)["pictures"] == []


def test_one_picture_too_many_says_whose_rule(cast: Cast) -> None:
    referral = cast.draft()["id"]
    for _ in range(9):
        assert send(cast, referral).status_code == 201
    refused = send(cast, referral)
    assert rules(refused) == {"referral.pictures_along": "S-along"}
    nothing_foreign(cast, refused)


@pytest.mark.clause("MS-4.2.2u2")
def test_a_picture_after_the_papers_voids_no_signature_and_is_marked(cast: Cast) -> None:
    referral = cast.issued()
    before = cast.read(referral)
    made = send(cast, referral, kind="report", words="")
    assert made.status_code == 201, made.json
    assert [one["later"] for one in made.json["pictures"]] == [True]
    after = cast.read(referral)
    assert (after["status"], after["content_hash"]) == ("issued", before["content_hash"])
    assert [step["status"] for step in after["steps"]] == ["signed"] * len(before["steps"])
    assert after["certificate"] == before["certificate"]
    assert [one["later"] for one in along(cast, referral, cast.clerk)["pictures"]] == [True]
    page = browser_of(cast.app, cast.clerk).text(f"/desk/answers/{referral}")
    assert "后来补的" in page
    assert "检查化验单" in page


@pytest.mark.clause("MS-4.2.2u2")
def test_drugs_go_along_typed_or_out_of_the_prescription_in_hand_and_stand_on_the_paper(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.records import medicines

    day = cast.values.get("day") or (clock_day(cast) + timedelta(days=20))
    prescription = UUID(int=7)
    taken = [Medicine(prescription, "amlodipine-5", "氨氯地平 5 mg", "每次 1 片，一天 1 次", day)]
    monkeypatch.setattr(medicines, "_readers", [lambda county, resident: taken if resident == cast.patient_id else []])
    referral = cast.draft()["id"]
    [offered] = along(cast, referral)["taking"]
    assert offered["name"] == "氨氯地平 5 mg"
    path = f"/api/v1/referrals/{referral}/drugs"
    one = {"prescription_id": str(prescription), "drug": "amlodipine-5"}
    typed = {"name": "阿司匹林 100 mg", "dose": "每天晚上 1 片"}
    made = cast.doctor.post(path, {"drugs": [one, typed, typed]})
    assert made.status_code == 201, made.json
    assert cast.doctor.post(path, {"drugs": [one]}).status_code == 201, "a second tap puts in nothing"
    seen = along(cast, referral)
    assert [(drug["name"], drug["prescribed"]) for drug in seen["drugs"]] == [
        ("氨氯地平 5 mg", True),
        ("阿司匹林 100 mg", False),
    ]
    assert seen["taking"] == []
    wrong = cast.doctor.post(path, {"drugs": [one | {"drug": "metformin"}]})
    assert (wrong.status_code, wrong.json["code"]) == (422, "no_such_drug")
    assert cast.doctor.post(path, {"drugs": [{"name": " "}]}).json["code"] == "no_drug"
    gone = cast.doctor.post(f"/api/v1/referral-attachments/{seen['drugs'][1]['id']}/remove")
    assert [drug["name"] for drug in gone.json["drugs"]] == ["氨氯地平 5 mg"]
    assert send(cast, referral).status_code == 201
    assert cast.submit(referral).status_code == 200
    for answer in (cast.consent(referral), cast.accept(referral)):
        assert answer.status_code == 200, answer.json
    cast.sign_all(referral)
    assert [one["name"] for one in along(cast, referral, cast.hospital_head)["drugs"]] == ["氨氯地平 5 mg"]
    paper = cast.patient.get(f"/api/v1/referrals/{referral}/certificate").get_data(as_text=True)
    assert "氨氯地平 5 mg 每次 1 片，一天 1 次" in paper
    assert "心电图照片 1 张" in paper


def clock_day(cast: Cast) -> Any:
    from backend.kernel.clock import local_day

    with cast.app.app_context(), transaction() as current:
        return local_day(clock.now(current))


def test_what_was_put_in_by_mistake_is_taken_out_and_once_unsent_destroyed(cast: Cast) -> None:
    referral = cast.draft()["id"]
    picture = send(cast, referral).json["pictures"][0]["id"]
    with cast.app.app_context(), transaction() as current:
        file_id = current.get_one(ReferralAttachment, (cast.county, UUID(picture))).file_id
    assert cast.doctor.post(f"/api/v1/referral-attachments/{picture}/remove").json["pictures"] == []
    assert cast.doctor.get(f"/api/v1/referral-attachments/{picture}/picture").status_code == 404
    with cast.app.app_context(), transaction() as current:
        assert current.get(StoredFile, (cast.county, file_id)) is None
    sent = send(cast, referral).json["pictures"][0]["id"]
    assert cast.submit(referral).status_code == 200
    assert cast.head.post(f"/api/v1/referral-attachments/{sent}/remove").status_code in (403, 404), "its doctor's alone"
    assert cast.doctor.post(f"/api/v1/referral-attachments/{sent}/remove").status_code == 200
    assert along(cast, referral, cast.patient)["pictures"] == []


def test_who_has_come_is_sent_nothing_more(cast: Cast) -> None:
    referral = cast.issued()
    picture = send(cast, referral).json["pictures"][0]["id"]
    came = cast.clerk.post("/api/v1/arrivals", {"referral_id": referral, "category": "outpatient"})
    assert came.status_code == 201, came.json
    late = send(cast, referral)
    assert (late.status_code, late.json["code"]) == (409, "along_closed")
    assert "打接诊医院的电话" in late.json["detail"]
    assert cast.doctor.post(f"/api/v1/referral-attachments/{picture}/remove").status_code == 409
    assert not along(cast, referral)["may_add"]


def test_a_no_after_the_yes_ends_the_sight(cast: Cast) -> None:
    referral = cast.issued()
    address = f"/api/v1/referral-attachments/{send(cast, referral).json['pictures'][0]['id']}/picture"
    assert cast.clerk.get(address).status_code == 200
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    assert cast.clerk.get(address).status_code == 404
    assert cast.doctor.get(address).status_code == 200
    with cast.app.app_context(), transaction() as current:
        current.get_one(Referral, (cast.county, UUID(referral))).ended_at = clock.now(current) - timedelta(days=31)
    assert cast.doctor.get(address).status_code == 404, "as after a visit that is over (0014)"
    assert cast.patient.get(address).status_code == 200, "what is one's own stays one's own"


def test_an_upload_that_broke_is_sent_again_and_kept_once(cast: Cast) -> None:
    referral = cast.draft()["id"]
    body = {"kind": "ecg", "photo": photo()}
    for _ in range(2):
        again = cast.doctor.post(f"/api/v1/referrals/{referral}/pictures", body, key=f"upload-{referral}")
        assert again.status_code == 201, again.json
    assert len(along(cast, referral)["pictures"]) == 1
