"""More is put along after the house has answered: whoever holds the answer is told once, and nobody is named."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.notices.models import Notice
from backend.referrals.waiting import ADDED
from backend.store.db import transaction
from backend.worklist.models import Task
from tests.integration.desk.browser import browser_of
from tests.integration.referrals.rig import Cast
from tests.integration.referrals.test_along import along, send
from tests.integration.referrals.test_spoken import Desk, desk, practitioner, specialist

__all__ = ["desk"]
PILL = {"drugs": [{"name": "阿司匹林 100 mg", "dose": "每天晚上 1 片"}]}


def lines(cast: Cast, referral: str, status: str = "open") -> list[Task]:
    with cast.app.app_context(), transaction() as current:
        of_this = (Task.focus_id == UUID(referral), Task.kind == ADDED, Task.status == status)
        rows = list(current.scalars(select(Task).where(*of_this).order_by(Task.id)))
        current.expunge_all()
        return rows


def notices(cast: Cast, task: Task) -> list[Notice]:
    with cast.app.app_context(), transaction() as current:
        rows = list(current.scalars(select(Notice).where(Notice.dedupe_key == f"{ADDED}:{task.id}")))
        current.expunge_all()
        return rows


def today(who: Any, task: Task) -> dict[str, Any] | None:
    sections = who.get("/api/v1/today").json["sections"]
    return next((one for part in sections for one in part["items"] if one["id"] == str(task.id)), None)


@pytest.mark.clause("MS-4.2.2u2")
def test_before_the_answer_nobody_is_told_and_after_it_the_desk_once(cast: Cast) -> None:
    referral = cast.submitted()
    assert cast.consent(referral).status_code == 200
    assert send(cast, referral).status_code == 201
    assert lines(cast, referral) == [], "whoever is asked reads it with the question"
    assert cast.accept(referral).status_code == 200
    for _ in range(2):
        assert send(cast, referral, kind="report").status_code == 201
    assert cast.doctor.post(f"/api/v1/referrals/{referral}/drugs", PILL).status_code == 201
    [line] = lines(cast, referral)
    assert (line.role, line.institution, line.resident_id) == ("desk_clerk", cast.places.hospital, None)
    page = browser_of(cast.app, cast.clerk)
    assert page.text("/desk/answers").count(f'data-added="{referral}"') == 1
    assert "检查化验单" in page.text(f"/desk/answers/{referral}"), "opened at the desk, it is looked at"
    assert [one.outcome for one in lines(cast, referral, "done")] == ["seen"]
    assert f'data-added="{referral}"' not in page.text("/desk/answers")
    assert cast.doctor.post(f"/api/v1/referrals/{referral}/drugs", PILL).status_code == 201
    assert lines(cast, referral) == [], "the same drug again is nothing new"
    assert send(cast, referral, kind="other").status_code == 201
    assert len(lines(cast, referral)) == 1, "what comes after the look is told anew"


@pytest.mark.clause("XM-5.4b")
def test_the_doctor_who_answered_is_told_and_no_other_takes_it_off(desk: Desk) -> None:
    cast, referral = desk.cast, desk.referral
    assert cast.consent(referral).status_code == 200
    desk.written()
    assert send(cast, referral).status_code == 201
    [line] = lines(cast, referral)
    assert line.practitioner_id == practitioner(desk.doctor)
    [notice] = notices(cast, line)
    assert (notice.kind, notice.practitioner_id, notice.resident_id) == ("task_waiting", line.practitioner_id, None)
    shown = today(desk.doctor, line)
    assert shown is not None
    assert (shown["text"], shown["resident_id"]) == ("转诊材料有补充", None)
    along(cast, referral, cast.clerk)
    along(cast, referral, cast.doctor)
    assert len(lines(cast, referral)) == 1, "it is for the doctor who answered"
    assert [one["kind"] for one in along(cast, referral, desk.doctor)["pictures"]] == ["ecg"]
    assert lines(cast, referral) == []
    assert today(desk.doctor, line) is None


@pytest.mark.clause("MS-4.2.2u2")
def test_before_consent_a_look_shows_nothing_so_the_line_stays_without_a_name(desk: Desk) -> None:
    cast, referral = desk.cast, desk.referral
    name = cast.doctor.get(f"/api/v1/referrals/{referral}").json["person"]["name"]
    desk.written()
    assert send(cast, referral).status_code == 201
    [line] = lines(cast, referral)
    assert along(cast, referral, desk.doctor)["pictures"] == []
    assert name not in str(today(desk.doctor, line))
    assert len(lines(cast, referral)) == 1
    assert cast.consent(referral).status_code == 200
    assert len(along(cast, referral, desk.doctor)["pictures"]) == 1
    assert lines(cast, referral) == []


def test_a_strip_at_the_desk_names_nobody_before_consent(cast: Cast) -> None:
    referral = cast.submitted()
    name = cast.read(referral)["person"]["name"]
    assert cast.accept(referral).status_code == 200
    assert send(cast, referral).status_code == 201
    page = browser_of(cast.app, cast.clerk).text("/desk/answers")
    strip = page.split(f'data-added="{referral}"', 1)[1].split("</div>", 1)[0]
    assert "转诊材料有补充" in strip
    assert name not in strip
    assert "岁" in strip


def test_who_ends_the_referral_takes_the_line_off(cast: Cast) -> None:
    referral = cast.issued()
    assert send(cast, referral).status_code == 201
    assert len(lines(cast, referral)) == 1
    assert cast.patient.post(f"/api/v1/referrals/{referral}/withdraw", {"reason": "不去了"}).status_code == 200
    assert lines(cast, referral) == []


def test_another_doctor_of_the_department_is_not_told(desk: Desk) -> None:
    other = specialist(desk.cast, name="木高峰")
    desk.written()
    assert send(desk.cast, desk.referral).status_code == 201
    [line] = lines(desk.cast, desk.referral)
    assert today(other, line) is None
