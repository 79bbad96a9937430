"""A result that is due back is shown to whoever can press for it: the desk on its day, then the medical office."""

import re

import pytest
from flask import Flask

from backend.alliance.queries import pack
from backend.kernel.roles import Role
from backend.store.db import transaction
from backend.worklist.service import escalate_overdue
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.referrals.rig import Cast, signer
from tests.integration.referrals.test_further_visit import come, result

LIST = "/desk/answers"


def in_bar(desk: Browser) -> int:
    found = re.search(r'data-count="answers">([0-9]+)', desk.text(LIST))
    assert found is not None
    return int(found[1])


@pytest.mark.clause("XM-5.4a")
def test_a_result_is_pressed_for_on_its_day_by_the_desk_and_then_by_the_office(app: Flask, cast: Cast, turned) -> None:
    referral = cast.issued(category="outpatient")
    office = signer(app, cast.places.hospital, Role.MEDICAL_OFFICE, county=cast.county)
    elsewhere = signer(app, cast.places.other_hospital, Role.DESK_CLERK, county=cast.county)
    desk, upstairs, stranger = (browser_of(app, one) for one in (cast.clerk, office, elsewhere))
    strip = f'data-result="{referral}"'
    come(cast, referral)
    assert strip not in desk.text(LIST), "nothing to do about it before its day"
    days = pack(cast.county).referral.limits.result_back_days
    turned(days=days, minutes=-1)
    page = desk.text(LIST)
    assert strip in page
    line = page.split(strip, 1)[1].split("</div>", 1)[0]
    assert cast.read(referral)["person"]["name"] in line
    assert "催过了" not in line
    assert strip not in upstairs.text(LIST)
    turned(minutes=2)
    with app.app_context(), transaction() as current:
        escalate_overdue(current, cast.county)
    assert strip not in desk.text(LIST), "it went up"
    line = upstairs.text(LIST).split(strip, 1)[1].split("</div>", 1)[0]
    assert "催过了" in line
    assert strip not in stranger.text(LIST)
    before = in_bar(upstairs)
    result(cast, referral, "看过了，药不用换")
    assert strip not in upstairs.text(LIST)
    assert in_bar(upstairs) == before - 1, "a strip is something to do, and counted with the rest"
