"""The sample of issued referrals: the same whoever draws, judged by another house, told to the issuer, counted."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.oversight import audits
from backend.oversight.models_audit import ReferralAudit
from backend.referrals.models import Referral
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.integration.referrals.conftest import cast, morning  # noqa: F401  the people of one referral
from tests.integration.referrals.rig import Cast, signer


@pytest.mark.clause("MS-4.2.2u1b")
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_the_share_is_the_packs_and_the_draw_is_the_same_for_everybody(app, county: str) -> None:
    with app.app_context(), transaction():
        pack = pack_of(county)
    ids, month = [uuid4() for _ in range(1000)], date(2026, 9, 1)
    drawn = audits.chosen(pack, month, ids)
    assert len(drawn) == (50 if county == "xinmi" else 80)
    assert audits.chosen(pack, month, ids[::-1]) == drawn
    assert audits.chosen(pack, date(2026, 6, 1), ids) != drawn
    assert len(audits.chosen(pack, month, ids[:30])) == 10, "at least so many"
    assert len(audits.chosen(pack, month, ids[:4])) == 4
    assert audits.period(pack, date(2026, 11, 28)) == [date(2026, 7, 1), date(2026, 8, 1), date(2026, 9, 1)]
    assert audits.period(pack, date(2026, 1, 5))[-1] == date(2025, 12, 1)


def drawn_of(cast: Cast) -> UUID:  # noqa: F811
    """An issued referral of the last period, alone in it, drawn by the tick."""
    referral = UUID(cast.issued())
    with cast.app.app_context(), transaction() as current:
        month = audits.period(pack_of(cast.county), local_day(clock.now(current)))[0]
        at = datetime(month.year, month.month, 15, 4, tzinfo=UTC)
        current.execute(delete(ReferralAudit).where(ReferralAudit.county_id == cast.county))
        # Others of the worker leave the period, so that this one is surely in the sample.
        current.execute(
            update(Referral)
            .where(Referral.county_id == cast.county, Referral.issued_at < clock.now(current), Referral.id != referral)
            .values(issued_at=clock.now(current))
        )
        current.execute(update(Referral).where(Referral.id == referral).values(issued_at=at))
    with cast.app.app_context():
        with transaction() as current:
            assert audits.draw(current, cast.county) >= 1
        with transaction() as current:
            assert audits.draw(current, cast.county) == 0, "a second time nothing is new"
            found = current.query(ReferralAudit).filter(ReferralAudit.referral_id == referral).one()
            return found.id


@pytest.mark.clause("MS-4.2.2u1b")
def test_another_house_judges_and_the_issuer_is_told(cast: Cast) -> None:  # noqa: F811
    audit = drawn_of(cast)
    office = signer(cast.app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county)
    own = signer(cast.app, cast.places.township, Role.MEDICAL_OFFICE, county=cast.county)
    path = f"/api/v1/referral-audits/{audit}"
    seen = office.get(path).json
    assert (seen["status"], seen["actions"]) == ("drawn", ["review"])
    assert seen["patient"].endswith("岁")
    verdict = {"verdict": "unjustified", "reason": "血压没有到标准，乡里能治"}
    assert own.post(f"{path}/review", verdict).status_code == 404, "nobody judges their own house"
    assert own.get(path).json["actions"] == []
    assert office.post(f"{path}/review", verdict | {"reason": " "}).status_code == 422
    done = office.post(f"{path}/review", verdict)
    assert done.status_code == 200, done.json
    assert office.post(f"{path}/review", verdict).status_code == 409, "judged once"
    told = cast.doctor.get(path).json
    assert (told["verdict"], told["reason"]) == ("unjustified", verdict["reason"])
    with cast.app.app_context(), transaction() as current:
        tasks = {one.kind: one for one in current.query(Task).filter(Task.focus_id == audit)}
        doctor = cast.doctor.practitioner_id if hasattr(cast.doctor, "practitioner_id") else None
        assert tasks["referral.audit"].status == "done"
        assert (tasks["referral.audit"].role, tasks["referral.audit"].institution) == (
            "medical_office",
            cast.places.hospital,
        )
        assert tasks["referral.audited"].status == "open"
        assert doctor is None or tasks["referral.audited"].practitioner_id == doctor
        place = pack_of(cast.county).institutions.of_kind("health_bureau")[0].code
    bureau = signer(cast.app, place, Role.BUREAU, county=cast.county)
    counted = bureau.get("/api/v1/referral-audit-counts").json
    assert counted["percent"] == (5 if cast.county == "xinmi" else 8)
    [house] = [one for one in counted["items"] if one["doctor"] is None]
    assert (house["drawn"], house["reviewed"], house["unjustified"], house["justified"]) == (1, 1, 1, 0)
    assert cast.doctor.get("/api/v1/referral-audit-counts").status_code == 403


@pytest.mark.clause("MS-4.2.2u1b")
def test_the_bureau_may_judge_but_never_a_referral_of_its_own_hand(cast: Cast) -> None:  # noqa: F811
    audit = drawn_of(cast)
    both = signer(cast.app, cast.places.township, Role.BUREAU, county=cast.county)
    refused = both.post(f"/api/v1/referral-audits/{audit}/review", {"verdict": "justified", "reason": "好"})
    assert (refused.status_code, refused.json["code"]) == (403, "own_referral")
    with cast.app.app_context(), transaction():
        place = pack_of(cast.county).institutions.of_kind("health_bureau")[0].code
    bureau = signer(cast.app, place, Role.BUREAU, county=cast.county)
    done = bureau.post(f"/api/v1/referral-audits/{audit}/review", {"verdict": "justified", "reason": "符合第 3 条"})
    assert done.status_code == 200, done.json
    assert done.json["result"] is None, "the bureau reads no record"
