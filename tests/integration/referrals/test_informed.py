"""Who is told of a certificate and not asked: Xinmi tells its insurance agency, in Mangshi the agency itself signs."""

from uuid import UUID

from sqlalchemy import select

from backend.kernel.roles import Role
from backend.referrals.sweeping import sweep
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.integration.referrals.rig import Cast, signer


def told(cast: Cast, referral: str) -> list[Task]:
    with cast.app.app_context(), transaction() as current:
        query = select(Task).where(Task.focus_id == UUID(referral), Task.kind == "referral.informed")
        return list(current.scalars(query))


def test_the_agency_is_told_what_it_must_know_and_nothing_is_asked(xinmi: Cast, turned) -> None:
    officer = signer(xinmi.app, "insurance-agency", Role.INSURANCE_AGENCY, county="xinmi")
    referral = xinmi.issued()
    [task] = told(xinmi, referral)
    assert (task.role, task.institution, task.status) == ("insurance_agency", "insurance-agency", "open")
    page = officer.get("/api/v1/today")
    assert page.status_code == 200, page.json
    lines = [one for section in page.json["sections"] for one in section["items"] if one["id"] == str(task.id)]
    [line] = lines
    number = xinmi.read(referral)["certificate"]["printed_number"]
    assert number in line["text"]
    assert "高血压" not in str(line), "no diagnosis"
    assert officer.get(f"/api/v1/referrals/{referral}").status_code in (403, 404)
    turned(days=5)
    with xinmi.app.app_context(), transaction() as current:
        sweep(current, "xinmi")
    assert [one.status for one in told(xinmi, referral)] == ["done"], "nobody has to press anything"


def test_who_signs_is_not_told_on_top(mangshi: Cast) -> None:
    assert told(mangshi, mangshi.issued()) == []
