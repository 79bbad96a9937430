"""Small doors: a version that nothing has, and a list of the fund that is as long as a real one."""

import io
import re
import secrets

from backend.kernel.roles import Role
from backend.store.db import transaction
from backend.web.strict_json import MAX_BYTES
from tests import factories
from tests.integration.booking import scene
from tests.integration.desk.browser import ORIGIN, Browser, browser_of


def test_version_nought_is_no_way_round_the_guard(app) -> None:
    person, resident = factories.resident_person(app)
    with app.app_context(), transaction() as current:
        referral = scene.make_referral(current, resident).id
        slot = scene.make_slots(current)[0].id
    made = person.post(f"/api/v1/referrals/{referral}/appointment", {"slot_id": str(slot)})
    assert made.status_code == 201, made.json
    path = f"/api/v1/appointments/{made.json['id']}/cancel"
    refused = person.request("POST", path, {}, **{"If-Match": '"0"'})
    assert (refused.status_code, refused.json["code"]) == (400, "if_match")
    assert person.request("POST", path, {}, **{"If-Match": '"1"'}).status_code == 200


def upload(hands: Browser, content: bytes) -> str:
    guard = re.search(r'name="_guard" value="([0-9a-f]+)"', hands.text("/desk/bureau?month=2026-10"))
    assert guard is not None
    form = {
        "month": "2026-10",
        "_guard": guard.group(1),
        "_key": secrets.token_hex(8),
        "list": (io.BytesIO(content), "十月.csv"),
    }
    return hands.client.post(
        "/desk/bureau/settlement", data=form, content_type="multipart/form-data", headers={"Origin": ORIGIN}
    ).text


def test_a_list_of_the_fund_as_long_as_a_real_one_is_read(app) -> None:
    bureau, _ = factories.staff_person(app, "health-bureau", Role.BUREAU)
    hands = browser_of(app, bureau)
    lines = "人员代码,参保地\n" + "a1234567,本县\n" * 24_000
    assert len(lines.encode()) > MAX_BYTES, "longer than what other pages take"
    read = upload(hands, lines.encode())
    assert "太大" not in read
    assert "没有“医院”这一列" in read, "it was read, and its missing columns are named"


def test_other_pages_take_no_more_than_before(app) -> None:
    clerk, _ = factories.staff_person(app, scene.HOSPITAL, Role.DESK_CLERK)
    answer = browser_of(app, clerk).post("/desk/arrivals/look", q="x" * (MAX_BYTES + 1))
    assert (answer.status_code, "太大" in answer.text) == (400, True)
