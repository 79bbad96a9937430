"""The operation a referral is for, on its certificate: named, frozen, signed, and still one page. MS-4.2.2u2."""

import io
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from backend.referrals.certificate_state import facts_of
from backend.referrals.form_rows import rows
from backend.referrals.models_certificate import ReferralCertificate
from backend.store.db import transaction
from tests.integration.referrals.rig import Cast
from tests.integration.referrals.test_form_lines import FRACTURE, lines, printed

OPERATION = FRACTURE | {"to_department": "orthopedics", "surgery_grade": 3, "technique": "joint-replacement"}


def facts(cast: Cast, referral: str) -> dict:
    with cast.app.app_context(), transaction() as current:
        query = select(ReferralCertificate).where(ReferralCertificate.referral_id == UUID(referral))
        return facts_of(current.scalars(query).one())


@pytest.mark.clause("MS-4.2.2u2")
@pytest.mark.clause("XM-5.4e")
def test_a_named_operation_stands_with_the_diagnosis(cast: Cast) -> None:
    referral = cast.issued(**OPERATION)
    [row] = [row for row in printed(cast.patient, referral) if row["number"] == 7]
    assert row["label"] == "诊断 · 拟做手术"
    assert row["text"].endswith("拟做：三级手术、人工关节置换")
    assert facts(cast, referral)["operation"] == {"grade": "三级手术", "technique": "人工关节置换"}, (
        "frozen and in the signed digest"
    )


def test_only_what_was_named_is_printed(cast: Cast) -> None:
    place = FRACTURE | {"to_department": "orthopedics"}
    assert lines(cast.patient, cast.issued(**place, surgery_grade=2))[7].endswith("拟做：二级手术")


def test_a_technique_alone_is_called_no_operation(cast: Cast) -> None:
    referral = cast.issued(**FRACTURE | {"to_department": "orthopedics", "technique": "joint-replacement"})
    [row] = [row for row in printed(cast.patient, referral) if row["number"] == 7]
    assert (row["label"], row["text"][-9:]) == ("诊断 · 拟做技术", "拟做：人工关节置换")


def test_without_an_operation_nothing_is_said_of_one(cast: Cast) -> None:
    [row] = [row for row in printed(cast.patient, cast.issued()) if row["number"] == 7]
    assert (row["label"], "拟做" in row["text"]) == ("诊断", False)


def test_a_paper_of_before_is_read_as_it_was_issued(cast: Cast) -> None:
    old = facts(cast, cast.issued(**OPERATION))
    del old["operation"]
    [row] = [row for row in rows(old) if row.number == 7]
    assert (row.label, row.text) == ("诊断", "前臂骨折　S52")


@pytest.mark.clause("MS-4.2.2u2")
def test_the_fullest_paper_with_an_operation_is_one_sheet(cast: Cast, fonts) -> None:
    referral = cast.issued(
        **OPERATION, summary="摔倒后右前臂肿痛、活动受限三天，夹板固定后仍痛。" * 12, treatment="夹板固定，止痛。" * 12
    )
    answer = cast.patient.get(f"/api/v1/referrals/{referral}/certificate.pdf")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    document = PdfReader(io.BytesIO(answer.data))
    assert len(document.pages) == 1
    words = document.pages[0].extract_text().replace("\n", "")
    for expected in ("7 诊断 · 拟做手术", "拟做：三级手术、人工关节置换", "转出机构盖章处", "回执"):
        assert expected in words, expected
