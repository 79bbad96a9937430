"""Drills, training, rounds and lessons: kept by who held them, counted for the bureau. XM-5.4d, MS-4.2.3c."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import local_day
from backend.kernel.roles import Role
from backend.oversight import ledgers
from backend.oversight.models_ledger import LedgerEntry
from backend.store import clock
from backend.store.db import session, transaction
from tests import factories
from tests.integration.desk.browser import Browser, browser_of

HOSPITAL = {"xinmi": "first-hospital", "mangshi": "people-hospital"}
OTHER = "tcm-hospital"
TOWNSHIP = {"xinmi": "th-yuanzhuang", "mangshi": "th-fengping"}


@pytest.fixture(params=["xinmi", "mangshi"])
def county(request) -> str:
    return request.param


def at_desk(app, county: str, role: Role, institution: str | None = None) -> Browser:
    with app.app_context(), transaction():
        bureau = pack_of(county).institutions.of_kind("health_bureau")[0].code
    title = {"title": "officer"} if role is Role.BUREAU else {}
    person, _ = factories.staff_person(
        app, bureau if role is Role.BUREAU else institution or HOSPITAL[county], role, county_id=county, **title
    )
    return browser_of(app, person, home="/desk/ledger")


def held(app, days: int = 0, **changes: str) -> dict[str, str]:
    with app.app_context(), transaction() as current:
        day = local_day(clock.now(current)) - timedelta(days=days)
    given = {"kind": "drill", "held_on": day.isoformat(), "led_by": "急诊科", "subject": "胸痛救治", "took_part": "23"}
    return given | changes


@pytest.mark.clause("XM-5.4d")
def test_a_drill_is_written_down_by_its_house_and_seen_by_the_bureau(app, county) -> None:
    hands, given = at_desk(app, county, Role.MEDICAL_OFFICE), held(app, subject=f"胸痛救治 {county}")
    done = hands.post("/desk/ledger", **given)
    assert done.status_code == 200, done.text
    assert given["subject"] in done.text
    assert "23 人" in done.text
    again = hands.post("/desk/ledger", **given)
    assert (again.status_code, "已经记过了" in again.text) == (409, True)
    assert given["subject"] in at_desk(app, county, Role.BUREAU).text("/desk/ledger")
    assert given["subject"] not in at_desk(app, county, Role.DESK_CLERK, OTHER).text("/desk/ledger")
    page = at_desk(app, county, Role.DESK_CLERK).text("/desk/ledger")
    assert given["subject"] in page
    assert ("MS-" if county == "xinmi" else "XM-") not in page


@pytest.mark.clause("MS-4.2.3c")
def test_a_round_says_where_and_how_many_were_seen_and_is_counted_by_month(app, county) -> None:
    hands = at_desk(app, county, Role.DESK_CLERK, OTHER)
    given = held(app, kind="rounds", host=TOWNSHIP[county], patients="7", took_part="3", subject=f"查房 {county}")
    assert hands.post("/desk/ledger", **given).status_code == 200
    lesson = given | {"kind": "teaching", "patients": "", "took_part": "11", "subject": f"换药 {county}"}
    assert hands.post("/desk/ledger", **lesson).status_code == 200
    with app.app_context(), transaction():
        month = date.fromisoformat(given["held_on"]).replace(day=1)
        name = pack_of(county).institutions.institution(OTHER).short_name
        mine = next(one for one in ledgers.month_counts(county, month) if one.name == name)
        assert (mine.times["rounds"], mine.people["rounds"], mine.patients) == (1, 3, 7)
        assert (mine.times["teaching"], mine.people["teaching"]) == (1, 11)
        before = (month - timedelta(days=1)).replace(day=1)
        assert not any(one.name == name and "rounds" in one.times for one in ledgers.month_counts(county, before))
    page = at_desk(app, county, Role.BUREAU).text(f"/desk/ledger?month={given['held_on'][:7]}")
    assert "1 次，3 人" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"led_by": ""}, "谁带队"),
        ({"took_part": "0"}, "最少 1 人"),
        ({"held_on": "2999-01-01"}, "日期"),
        ({"kind": "party"}, "没有这本台账"),
        ({"kind": "rounds", "host": "", "patients": "3"}, "去了下面哪一家"),
        ({"kind": "rounds", "host": OTHER, "patients": "3"}, "去了下面哪一家"),
        ({"kind": "rounds", "host": "th-yuanzhuang", "patients": ""}, "看了几位病人"),
    ],
)
def test_what_is_missing_is_said(app, changes, words) -> None:
    answer = at_desk(app, "xinmi", Role.DESK_CLERK).post("/desk/ledger", **held(app, subject="缺项", **changes))
    assert answer.status_code == 422, answer.text
    assert words in answer.text


def test_tomorrow_and_years_ago_are_refused_and_others_have_no_ledger(app) -> None:
    hands = at_desk(app, "xinmi", Role.DESK_CLERK)
    for days in (-1, ledgers.OLDEST_DAYS + 1):
        answer = hands.post("/desk/ledger", **held(app, days, subject="日子"))
        assert (answer.status_code, "办完再记" in answer.text) == (422, True)
    doctor, _ = factories.staff_person(app, HOSPITAL["xinmi"], Role.SPECIALIST)  # keeps none, and is host to nobody
    assert browser_of(app, doctor).get("/desk/ledger").status_code == 403
    assert at_desk(app, "xinmi", Role.BUREAU).post("/desk/ledger", **held(app, subject="局里")).status_code == 403


def test_the_database_keeps_a_drill_at_home_and_a_round_away(app) -> None:
    for kind, host in (("drill", TOWNSHIP["xinmi"]), ("rounds", HOSPITAL["xinmi"])):
        with app.app_context(), pytest.raises(IntegrityError, match="ck_ledger_entry_where"), transaction():
            session().add(
                LedgerEntry(
                    county_id="xinmi", kind=kind, institution=HOSPITAL["xinmi"], host=host, held_on=date(2011, 1, 1),
                    led_by="甲", subject="试", took_part=1, patients=1 if kind == "rounds" else None,
                )
            )  # fmt: skip
            session().flush()


def entry_id(county: str, subject: str) -> str:
    with transaction() as current:
        wanted = LedgerEntry.county_id == county, LedgerEntry.subject == subject
        return str(current.scalars(select(LedgerEntry.id).where(*wanted).order_by(LedgerEntry.id.desc())).first())


def counted(app, county: str, house: str, day: str) -> int:
    with app.app_context(), transaction():
        month = date.fromisoformat(day).replace(day=1)
        name = pack_of(county).institutions.institution(house).short_name
        found = [one for one in ledgers.month_counts(county, month) if one.name == name]
        return sum(one.people.get("training", 0) for one in found)


@pytest.mark.clause("MS-4.2.3c")
def test_what_was_written_wrongly_is_struck_with_a_reason_and_counted_no_more(app, county) -> None:
    hands, other = at_desk(app, county, Role.DESK_CLERK), at_desk(app, county, Role.MEDICAL_OFFICE, OTHER)
    given = held(app, kind="training", subject=f"写错的培训 {county}", took_part="320")
    before = counted(app, county, HOSPITAL[county], given["held_on"])
    assert hands.post("/desk/ledger", **given).status_code == 200
    with app.app_context():
        address = f"/desk/ledger/{entry_id(county, given['subject'])}/strike"
    assert other.post(address, reason="不是本院的").status_code == 404, "another house's"
    assert "为什么划掉" in hands.post(address, reason="").text
    assert counted(app, county, HOSPITAL[county], given["held_on"]) == before + 320
    done = hands.post(address, reason="人数多写了一个零")
    assert done.status_code == 200, done.text
    row = done.text.split(given["subject"], 1)[1].split("</tr>", 1)[0]
    assert "已划掉，不算数" in row
    assert "人数多写了一个零" in row
    assert counted(app, county, HOSPITAL[county], given["held_on"]) == before
    assert hands.post(address, reason="再划").status_code == 409
    again = hands.post("/desk/ledger", **given | {"took_part": "32"})
    assert again.status_code == 200, "what is struck stands in nobody's way"
    assert counted(app, county, HOSPITAL[county], given["held_on"]) == before + 32
    assert "人数多写了一个零" in at_desk(app, county, Role.BUREAU).text("/desk/ledger"), "the bureau reads it as struck"


@pytest.mark.clause("MS-4.2.3c")
@pytest.mark.parametrize("role", [Role.FAMILY_DOCTOR, Role.TEAM_NURSE, Role.DEPARTMENT_HEAD])
def test_a_township_reads_what_was_held_at_it_and_changes_nothing(app, county, role) -> None:
    hospital = at_desk(app, county, Role.DESK_CLERK)
    subject = f"专家下沉 {county} {role}"
    given = held(app, kind="rounds", host=TOWNSHIP[county], patients="9", took_part="2", subject=subject)
    assert hospital.post("/desk/ledger", **given).status_code == 200
    own = hospital.post("/desk/ledger", **held(app, subject=f"自己演练 {county} {role}"))
    assert own.status_code == 200
    township = at_desk(app, county, role, TOWNSHIP[county])
    page = township.text("/desk/ledger")
    row = page.split(subject, 1)[0].rsplit("<tr", 1)[1] + page.split(subject, 1)[1].split("</tr>", 1)[0]
    assert "本院" in row
    assert "9 位" in row
    assert "来我们这里：查房" in page
    assert f"自己演练 {county} {role}" not in page, "what the hospital held at home is its own"
    assert "记一次" not in page
    assert "记错了" not in row
    assert township.post("/desk/ledger", **given).status_code == 403
    with app.app_context():
        address = f"/desk/ledger/{entry_id(county, subject)}/strike"
    assert township.post(address, reason="不对").status_code == 403
    other = at_desk(app, county, role, {"xinmi": "th-chaohua", "mangshi": "th-mengga"}[county])
    assert subject not in other.text("/desk/ledger")
    assert ">台账" in page
