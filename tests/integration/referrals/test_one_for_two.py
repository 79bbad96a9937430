"""At a small house one person's single signature counts for two steps; elsewhere, and for anybody else, it does not."""

from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backend.kernel.roles import Role
from backend.oversight.invariants import violations
from backend.people.models import Account, PractitionerRole
from backend.referrals.models import ReferralSignature
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.signing import proof_of
from backend.store.db import transaction
from tests.integration.referrals.rig import PIN, Cast, rules, signer
from tests.integration.referrals.test_signing import sign_step, step


def holds_too(cast: Cast, who, role: Role) -> None:
    """Somebody of the township holds another post as well."""
    with cast.app.app_context(), transaction() as current:
        found = current.get_one(Account, (cast.county, who.account_id))
        current.add(
            PractitionerRole(
                county_id=cast.county,
                practitioner_id=found.practitioner_id,
                role=role,
                institution=cast.places.township,
            )
        )


@pytest.fixture
def small(xinmi: Cast, written_edition_of) -> Cast:
    """The township of the cast is one of the small houses; its department head keeps the register too."""
    written_edition_of(xinmi, ("referral.toml", '"cc-qingpingjie", "th-niudian"', '"cc-qingpingjie", "th-yuanzhuang"'))
    holds_too(xinmi, xinmi.head, Role.DESK_CLERK)
    return xinmi


def states(cast: Cast, referral: str) -> list[str]:
    return [one["status"] for one in cast.read(referral)["steps"]]


def test_one_signature_counts_for_both_steps_and_is_printed_at_both(small: Cast) -> None:
    referral = small.submitted()
    for answer in (small.consent(referral), small.accept(referral)):
        assert answer.status_code == 200, answer.json
    line = small.waiting_for(small.head, referral)
    assert line is not None
    assert (line["covers"], line["covers_note"]) == ("本院转诊办登记", "本院人少，一人兼两步")
    assert small.sign(small.head, referral).status_code == 200
    assert small.read(referral)["status"] == "issued"
    assert states(small, referral) == ["signed", "signed", "covered"]
    assert step(small, referral, 3)["note"] == "本院人少，一人兼两步"
    assert step(small, referral, 3)["who"].split("（")[0] == step(small, referral, 2)["who"].split("（")[0]
    paper = small.patient.get(f"/api/v1/referrals/{referral}/certificate").get_data(as_text=True)
    assert "（本院人少，一人兼两步）" in paper
    with small.app.app_context(), transaction() as current:
        rows = current.scalars(
            select(ReferralSignature).where(ReferralSignature.referral_id == UUID(referral)).order_by("step_order")
        ).all()
        assert rows[2].covered_by == rows[1].id
        assert rows[2].proof == proof_of(rows[2])
        certificate = current.scalar(
            select(ReferralCertificate.id).where(ReferralCertificate.referral_id == UUID(referral))
        )
        mine = {str(certificate), *(str(row.id) for row in rows)}
        assert [one for one in violations(current, "I-08b", "I-08c") if one.what in mine] == []
        rows[2].covered_by = rows[0].id
        current.flush()
        assert [one.invariant for one in violations(current, "I-08b", "I-08c") if one.what in mine] == ["I-08b"]
        current.rollback()


def test_nobody_gives_a_second_signature_where_one_counts_for_two(small: Cast) -> None:
    referral = small.submitted()
    assert small.sign(small.head, referral).status_code == 200
    assert small.waiting_for(small.head, referral) is None
    again = sign_step(small, small.head, referral, 3)
    assert (again.status_code, again.json["code"]) == (409, "step_over")
    with (
        small.app.app_context(),
        pytest.raises(IntegrityError, match="uq_referral_signature_person"),
        transaction() as current,
    ):
        current.execute(
            text("UPDATE referral_signature SET status = 'signed' WHERE referral_id = :id AND step_order = 3"),
            {"id": UUID(referral)},
        )


def test_two_people_may_still_sign_one_step_each_there(small: Cast) -> None:
    other = signer(small.app, small.places.township, Role.DEPARTMENT_HEAD, county=small.county)
    referral = small.submitted()
    line = small.waiting_for(other, referral)
    assert line is not None
    assert line["covers"] == "", "who holds one post signs for one step"
    assert small.sign(other, referral).status_code == 200
    assert states(small, referral) == ["signed", "signed", "open"]
    assert small.sign(small.third, referral).status_code == 200
    assert states(small, referral) == ["signed", "signed", "signed"]


def test_other_words_void_both_at_once(small: Cast) -> None:
    referral = small.submitted()
    assert small.sign(small.head, referral).status_code == 200
    body = {"diagnosis_text": "高血压 3 级", "pin": PIN}
    changed = small.doctor.request("PUT", f"/api/v1/referrals/{referral}", body)
    assert changed.status_code == 200, changed.json
    assert states(small, referral) == ["signed", "open", "waiting"]
    assert small.sign(small.head, referral).status_code == 200
    assert states(small, referral) == ["signed", "signed", "covered"]


def test_at_a_house_that_is_not_named_the_same_person_signs_once_and_somebody_else_the_other(cast: Cast) -> None:
    holds_too(cast, cast.head, Role.DESK_CLERK if cast.county == "xinmi" else Role.MEDICAL_OFFICE)
    referral = cast.submitted()
    line = cast.waiting_for(cast.head, referral)
    assert line is not None
    assert line["covers"] == ""
    assert cast.sign(cast.head, referral).status_code == 200
    assert states(cast, referral) == ["signed", "signed", "open"]
    if cast.county == "xinmi":
        assert set(rules(sign_step(cast, cast.head, referral, 3))) == {"referral.signer_twice"}
