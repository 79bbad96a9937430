"""登记簿: whom a house sent and who came, month by month, on the page and as a table. MS-4.1b."""

import io
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from backend.kernel.roles import Role
from backend.referrals.certificate_state import latest
from backend.referrals.models import Referral
from backend.store.audit import AuditEvent
from backend.store.db import session, transaction
from tests import factories
from tests.integration.desk.browser import Browser, browser_of
from tests.integration.referrals.rig import Cast

LONG_AGO = "2020-01"


def rows_of(desk: Browser, book: str) -> list[tuple[Any, ...]]:
    answer = desk.get(f"/desk/registers/sheet?book={book}")
    assert answer.status_code == 200, answer.text
    return list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))


def number_of(app: Flask, cast: Cast, referral: str) -> str:
    with app.test_request_context(), transaction():
        row = session().get(Referral, (cast.county, referral))
        assert row is not None
        found = latest(row)
        assert found is not None
        return found.number


@pytest.mark.clause("MS-4.1b")
def test_who_was_sent_stands_below_and_who_came_stands_above(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    name, number = cast.read(referral)["person"]["name"], number_of(app, cast, referral)
    below, above = browser_of(app, cast.doctor), browser_of(app, cast.clerk)

    page = below.get("/desk/registers?book=out").text
    assert name in page
    assert number in page
    [line] = [row for row in rows_of(below, "out") if number in row]
    assert line[1:3] == (number, line[2])
    assert line[2].startswith(name)
    assert "还没到" in line
    assert name not in below.get("/desk/registers?book=in").text
    assert name not in above.get("/desk/registers?book=in").text

    done = above.post(
        "/desk/arrivals/register",
        category="outpatient",
        department="cardiology",
        certificate=number,
        referral_id=referral,
    )
    assert done.status_code == 200, done.text
    [line] = [row for row in rows_of(above, "in") if number in row]
    assert line[1].startswith(name)
    assert line[4] == "转诊"
    assert name in above.get("/desk/registers?book=in").text
    [line] = [row for row in rows_of(below, "out") if number in row]
    assert "还没到" not in line
    assert name not in above.get("/desk/registers?book=out").text


@pytest.mark.clause("MS-4.1b")
def test_who_came_without_a_paper_stands_there_too(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    name = cast.read(referral)["person"]["name"]
    above = browser_of(app, cast.clerk)
    done = above.post(
        "/desk/arrivals/register", category="outpatient", department="cardiology", resident_id=str(cast.patient_id)
    )
    assert done.status_code == 200, done.text
    [line] = [row for row in rows_of(above, "in") if str(row[1]).startswith(name)]
    assert line[4] == "没有转诊"
    assert not line[5]


def test_another_month_is_empty_and_a_wrong_one_is_said(app: Flask, cast: Cast) -> None:
    referral = cast.issued()
    name = cast.read(referral)["person"]["name"]
    below = browser_of(app, cast.doctor)
    old = below.get(f"/desk/registers?book=out&month={LONG_AGO}")
    assert name not in old.text
    assert "这个月没有转出的" in old.text
    for wrong in ("2026-13", "abcdefg", "0001-01"):
        answer = below.get(f"/desk/registers?month={wrong}")
        assert answer.status_code == 422
        assert "月份不对" in answer.text
    assert below.get("/desk/registers?book=other").status_code == 422


def test_who_read_or_took_a_register_is_written_down(app: Flask, cast: Cast) -> None:
    cast.issued()
    below = browser_of(app, cast.doctor)
    below.get("/desk/registers?book=out")
    rows_of(below, "out")
    with app.app_context(), transaction() as current:
        found = current.scalars(
            select(AuditEvent.action).where(
                AuditEvent.county_id == cast.county, AuditEvent.account_id == cast.doctor.account_id
            )
        ).all()
    assert {"referral.register", "referral.register_sheet"} <= set(found)


@pytest.mark.clause("MS-4.2.2u2")
def test_the_paper_is_printed_wherever_a_desk_may_read_it_and_nowhere_else(
    app: Flask, cast: Cast, fonts: object
) -> None:
    referral = cast.issued()
    number, link = number_of(app, cast, referral), f'href="/desk/certificates/{referral}"'
    below, above = browser_of(app, cast.doctor), browser_of(app, cast.clerk)
    assert link in below.text("/desk/registers?book=out")
    assert link in above.text(f"/desk/answers/{referral}")
    assert link in above.post("/desk/arrivals/look", q=number).text
    for desk in (below, above):
        sheet = desk.get(f"/desk/certificates/{referral}")
        assert (sheet.status_code, sheet.mimetype) == (200, "application/pdf"), sheet.text
        assert sheet.data.startswith(b"%PDF")
    elsewhere = factories.staff_person(app, cast.places.other_hospital, Role.DESK_CLERK, county_id=cast.county)[0]
    assert browser_of(app, elsewhere).get(f"/desk/certificates/{referral}").status_code == 404
