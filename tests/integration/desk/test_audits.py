"""抽查 at the desk: another house judges, the bureau counts, the own house is not asked."""

import pytest
from flask import Flask

from backend.alliance.queries import pack as pack_of
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store.db import transaction
from tests.integration.desk.browser import browser_of
from tests.integration.oversight.test_audits import drawn_of
from tests.integration.referrals.rig import Cast, signer


@pytest.mark.clause("MS-4.2.2u1b")
def test_another_house_judges_at_the_desk_and_the_bureau_counts(app: Flask, cast: Cast) -> None:
    drawn = str(drawn_of(cast))
    with app.app_context(), transaction() as current:
        name = current.get_one(Resident, (cast.county, cast.patient_id)).name
    office = browser_of(app, signer(app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county))
    listed = office.text("/desk/audits")
    assert drawn in listed
    assert name not in listed, "nobody is named"
    case = office.text(f"/desk/audits/{drawn}", part=True)
    assert "高血压 2 级" in case
    unsaid = office.post(f"/desk/audits/{drawn}/review", verdict="unjustified", reason="")
    assert (unsaid.status_code, "为什么这样认定" in unsaid.text) == (422, True)
    unchosen = office.post(f"/desk/audits/{drawn}/review", reason="x")
    assert unchosen.status_code == 422
    done = office.post(f"/desk/audits/{drawn}/review", verdict="unjustified", reason="乡里能治")
    assert done.status_code == 200, done.text
    assert "不该转" in done.text
    assert drawn not in office.text("/desk/audits")
    assert drawn in office.text("/desk/audits?show=judged")
    with app.app_context(), transaction():
        place = pack_of(cast.county).institutions.of_kind("health_bureau")[0].code
    bureau = browser_of(app, signer(app, place, Role.BUREAU, county=cast.county))
    assert "100%" in bureau.text("/desk/audits")


def test_a_house_is_not_asked_about_its_own(app: Flask, cast: Cast) -> None:
    drawn = str(drawn_of(cast))
    own = browser_of(app, signer(app, cast.places.township, Role.MEDICAL_OFFICE, county=cast.county))
    assert drawn not in own.text("/desk/audits")
    assert own.post(f"/desk/audits/{drawn}/review", verdict="justified", reason="好").status_code == 404
