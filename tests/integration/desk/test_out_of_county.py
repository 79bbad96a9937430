"""The bureau's pages on who leaves the county, and the desk's page on who went by themselves. XM-5.5, MS-4.2.3d."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest

from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.store import clock
from backend.store.db import transaction
from backend.worklist.models import Task
from tests import factories
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.oversight.lists import going_out, read_in, table
from tests.integration.referrals.down_rig import make_down
from tests.integration.referrals.rig import Cast

COUNTIES = ("xinmi", "mangshi")


def officer(app, county: str) -> Browser:
    with app.app_context(), transaction():
        place = pack_of(county).institutions.of_kind("health_bureau")[0].code
    person, _ = factories.staff_person(app, place, Role.BUREAU, county_id=county, title="officer")
    return browser_of(app, person, home="/desk/bureau")


@pytest.mark.clause("XM-5.5")
@pytest.mark.parametrize("county", COUNTIES)
def test_the_page_ranks_says_what_is_missing_and_hands_out_a_sheet(app, county) -> None:
    month = date(2022, 4, 1)
    rows = [going_out(county, month, number, 专科="肿瘤科") for number in range(14)]
    rows += [going_out(county, month, 100 + number, 专科="骨科") for number in range(3)]
    rows += [going_out(county, month, 200 + number, 专科="心脏介入") for number in range(8)]
    assert read_in(app, county, month, table(rows)).errors == ()
    hands = officer(app, county)
    page = hands.text("/desk/bureau/outflow?month=2022-06")
    assert "2020 年一份清单也没有" in page
    assert "清单只到 2022 年 4 月" in page
    assert re.search(r"肿瘤科</td>\s*<td>缺清单</td>\s*<td>缺清单</td>\s*<td>14</td>", page)
    assert "人少，不写" in page
    assert re.search("MS-[0-9]" if county == "xinmi" else "XM-[0-9]", page) is None
    sheet = hands.get("/desk/bureau/outflow/sheet?month=2022-06")
    assert sheet.mimetype == "text/csv"
    assert sheet.headers["Content-Disposition"].endswith(f'outflow-{county}-2022-06.csv"')
    text = sheet.data.decode("utf-8-sig")
    assert "14007.00" in text, "money in yuan"
    assert "骨科,缺清单" in text
    assert ",3," not in text.split("骨科")[1].splitlines()[0]


@pytest.mark.parametrize("county", COUNTIES)
def test_the_alarms_say_whose_line_it_is(app, county) -> None:
    page = officer(app, county).text("/desk/bureau/alarms?month=2010-04")
    assert "该转不转" in page
    assert "放宽指征" in page
    assert ("文件不许这样做，线是本县设置（样例）" in page) is (county == "mangshi")
    assert ("线是本县设置（样例）" in page) is True
    assert "还没有抽查过" in page


@pytest.mark.parametrize("role", [Role.DESK_CLERK, Role.FAMILY_DOCTOR, Role.MEDICAL_OFFICE])
def test_nobody_else_opens_the_bureaus_pages(app, role) -> None:
    person, _ = factories.staff_person(app, "first-hospital", role)
    hands = browser_of(app, person)
    for path in ("/desk/bureau/outflow", "/desk/bureau/outflow/sheet", "/desk/bureau/alarms"):
        assert hands.get(path).status_code == 403, path
    assert hands.get("/desk/agreements").status_code == (200 if role is Role.MEDICAL_OFFICE else 403)


@pytest.mark.clause("MS-4.2.3d")
@pytest.mark.clause("MS-4.2.3e")
def test_the_clerk_finds_the_person_and_writes_it_down(cast: Cast) -> None:
    clerk = browser_of(cast.app, cast.clerk)
    with cast.app.app_context(), transaction() as current:
        name = current.get_one(Resident, (cast.county, cast.patient_id)).name
        day = local_day(clock.now(current)) - timedelta(days=9)
    form = clerk.post("/desk/direct/who", q=f"{name} 1958-03-01").text
    assert str(cast.patient_id) in form
    assert "事后也不补开" in form
    given = {
        "resident_id": str(cast.patient_id), "hospital": "", "other": "上海的医院", "level": "province",
        "kind": "stay", "went_on": day.isoformat(), "reason": "family-there", "by_phone": "yes",
    }  # fmt: skip
    refused = clerk.post("/desk/direct", **given)
    assert (refused.status_code, "这是补登记" in refused.text) == (422, True)
    done = clerk.post("/desk/direct", **given, late_reason="away")
    assert done.status_code == 200, done.text
    assert "上海的医院" in done.text
    assert "补登记" in done.text
    assert "打电话说的" in done.text
    assert "档案里没有找到" in clerk.post("/desk/direct/who", q="没有这人 1958-03-01").text
    page = clerk.text("/desk/direct")
    assert "报销比例少" in page
    assert (cast.places.foreign + "4" in page, "XM-5" in page and cast.county == "mangshi") == (False, False)


def test_the_family_doctor_says_that_they_were_asked(app, morning) -> None:
    down = make_down(app, "mangshi")
    told = down.patient.post(
        "/api/v1/direct-visits",
        {
            "resident_id": str(down.patient_id), "hospital": "昆明的医院", "level": "province", "kind": "visit",
            "went_on": down.after(-1), "reason": "not-known",
        },
    )  # fmt: skip
    assert told.status_code == 201, told.json
    hands = browser_of(app, down.team.leader)
    page = hands.text("/desk/direct")
    assert "要问一问的" in page
    assert "昆明的医院" in page
    [task] = down.rows(Task, Task.focus_id == UUID(told.json["id"]))
    assert f"/desk/direct/{task.id}/asked" in page
    other, _ = factories.staff_person(app, down.places.township, Role.FAMILY_DOCTOR, county_id="mangshi")
    assert browser_of(app, other).post(f"/desk/direct/{task.id}/asked").status_code == 404
    done = hands.post(f"/desk/direct/{task.id}/asked")
    assert done.status_code == 200, done.text
    assert f"/desk/direct/{task.id}/asked" not in done.text
    [task] = down.rows(Task, Task.id == task.id)
    assert (task.status, task.outcome) == ("done", "asked")
