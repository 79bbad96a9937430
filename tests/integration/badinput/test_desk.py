"""Every form and every question of the desk with every bad value: refused in Chinese, never run, never half."""

import io
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from backend.kernel.roles import Role
from backend.people.models import Account
from backend.store import access
from backend.store.db import transaction
from backend.web.auth import DESK_COOKIE
from tests import factories
from tests.factories import Person
from tests.integration.badinput import values
from tests.integration.badinput.judge import CHINESE, COUNTERS, INSIDE
from tests.integration.badinput.world import NOBODY, World, filled, things

ORIGIN = "http://localhost"

FORMS: dict[str, dict[str, str]] = {
    "/desk/sign-in": {"login": "li", "password": "x" * 12, "code": "123456", "county": "xinmi", "next": "/desk/beds"},
    "/desk/sign-out": {},
    "/desk/live": {},
    "/desk/answers/<uuid:referral_id>/accept": {"many": "", "department": "cardiology", "day": ""},
    "/desk/answers/<uuid:referral_id>/pass-on": {"many": "", "role": "medical_office"},
    "/desk/answers/<uuid:referral_id>/department": {"department": "cardiology", "instead_of": ""},
    "/desk/answers/<uuid:referral_id>/decline": {
        "reason": "no-bed",
        "alternative_department": "neurology",
        "alternative_institution": "",
        "free_on": "",
    },
    "/desk/answers/<uuid:referral_id>/spoken": {
        "said_by": NOBODY,
        "said": "yes",
        "who": "lxm",
        "department": "cardiology",
        "day": "",
        "bed": "",
        "reason": "",
        "free_on": "",
        "alternative_department": "",
        "alternative_institution": "",
    },
    "/desk/answers/sorted-out/<uuid:task_id>": {},
    "/desk/answers/<uuid:referral_id>/bed": {"bed": "12 床"},
    "/desk/beds/<uuid:bed_id>/hold": {"bed": "12 床", "version": "1"},
    "/desk/beds/<uuid:bed_id>/pass-on": {"version": "1"},
    "/desk/beds/<uuid:bed_id>/wait": {"version": "1", "expected_on": "2026-12-24"},
    "/desk/beds/<uuid:bed_id>/decline": {"version": "1", "reason": "no-bed", "free_on": "", "instead": "neurology"},
    "/desk/arrivals/look": {"q": "试验一 1958-03-01", "resident_id": ""},
    "/desk/arrivals/register": {
        "category": "outpatient",
        "department": "cardiology",
        "certificate": "",
        "referral_id": "",
        "resident_id": "",
        "exemption": "",
        "on_paper": "yes",
        "bed": "",
    },
    "/desk/places/<uuid:schedule_session_id>/stop": {"reason": "ill"},
    "/desk/places/<uuid:schedule_session_id>/leave": {"reason": "ill", "from_on": "", "until_on": ""},
    "/desk/bookings/<uuid:appointment_id>/check-in": {},
    "/desk/bookings/<uuid:appointment_id>/move": {"slot_id": NOBODY, "version": "2"},
    "/desk/bookings/<uuid:appointment_id>/cancel": {"reason": "patient-asked", "version": "2"},
    "/desk/bookings/<uuid:appointment_id>/grant": {"many": "", "version": "2"},
    "/desk/bookings/<uuid:appointment_id>/grant-at": {"slot_id": NOBODY, "version": "2"},
    "/desk/bookings/<uuid:appointment_id>/refuse": {
        "reason": "enough-added",
        "instead": "tcm-hospital",
        "version": "2",
    },
    "/desk/waiting/<uuid:waitlist_entry_id>/leave": {},
    "/desk/waiting/offers/<uuid:appointment_id>/call": {"outcome": "not_reached", "version": "1"},
    "/desk/audits/<uuid:audit_id>/review": {"verdict": "unjustified", "reason": "乡里能治"},
    "/desk/day/come": {"q": "23456789"},
    "/desk/schedules/check": {},
    "/desk/schedules/import": {},
    "/desk/overbook/who": {"session_id": NOBODY, "q": "试验一 1958-03-01"},
    "/desk/overbook": {"resident_id": NOBODY, "slot_id": NOBODY, "reason": "sick"},
    "/desk/direct/who": {"q": "试验一 1958-03-01"},
    "/desk/direct": {
        "resident_id": NOBODY,
        "hospital": "",
        "other": "省里的医院",
        "level": "province",
        "kind": "visit",
        "went_on": "2026-11-01",
        "reason": "trust",
        "late_reason": "away",
        "by_phone": "yes",
    },
    "/desk/direct/<uuid:task_id>/asked": {},
    "/desk/agreements/review": {
        "institution": "first-hospital",
        "upper_institution": "zz-central",
        "from_day": "2025-03-01",
        "held_on": "2026-11-01",
        "outcome": "keep",
        "note": "接着办",
    },
    "/desk/ledger": {
        "kind": "drill",
        "held_on": "2026-11-01",
        "led_by": "急诊科",
        "subject": "心肺复苏",
        "took_part": "12",
        "host": "",
        "patients": "",
    },
    "/desk/ledger/<uuid:ledger_entry_id>/strike": {"reason": "写错了日期"},
    "/desk/bureau/settlement": {"month": "2026-10", "until": ""},
}
"""Every form of the desk, as a person fills it in."""

QUESTIONS: dict[str, tuple[str, ...]] = {
    "/desk/answers": ("filter",),
    "/desk/arrivals": ("show",),
    "/desk/places": ("from", "department"),
    "/desk/waiting": ("department",),
    "/desk/audits": ("show",),
    "/desk/day": ("on", "department", "names"),
    "/desk/registers": ("book", "month"),
    "/desk/registers/sheet": ("book", "month"),
    "/desk/search": ("q", "resident_id"),
    "/desk/bureau": ("month",),
    "/desk/bureau/sheet": ("month",),
    "/desk/bureau/sample": ("month",),
    "/desk/bureau/outflow": ("month",),
    "/desk/bureau/outflow/sheet": ("month",),
    "/desk/bureau/alarms": ("month",),
    "/desk/bureau/promises": ("month",),
    "/desk/ledger": ("month",),
    "/desk/sign-in": ("next",),
}
"""What the pages are asked in their address."""

SAID = values.TEXTS | values.NAMES | values.ID_NUMBERS | values.CODES
ASKED = {name: str(one) for group in (values.DATES, values.NUMBERS, values.IDS) for name, one in group.items()}
FILES: dict[str, bytes] = {
    "nothing": b"",
    "no sheet": b"PK\x03\x04 no sheet",
    "text": "姓名,金额".encode("gbk"),
    "old sheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512,
    "a page": b"<html><table><tr><td>1</td></tr></table></html>",
}


@dataclass
class Seat:
    """One place at the desk: whose cookie, and the word of its forms."""

    world: World
    cookie: str
    guard: str = ""

    def send(self, method: str, path: str, *, part: bool = False, **given: Any) -> TestResponse:
        headers = {"Cookie": f"{DESK_COOKIE}={self.cookie}"} | ({"HX-Request": "true"} if part else {})
        if method == "POST":
            headers |= {"Origin": ORIGIN, "X-Guard-Word": self.guard, "Idempotency-Key": secrets.token_hex(8)}
        return self.world.send(None, method, path, headers=headers | given.pop("headers", {}), **given)


def seat_of(world: World, person: Person) -> Seat:
    """Somebody who may sit at the desk, past the sign-in."""
    with world.app.app_context(), transaction() as current:
        account = current.get_one(Account, (person.county_id, person.account_id))
    seat = Seat(world, factories.sign_in(world.app, account, kind="desk").token)
    found = re.search(r'name="guard-word" content="([0-9a-f]+)"', seat.send("GET", "/desk/nothing").text)
    if found is None:
        found = re.search(r'name="guard-word" content="([0-9a-f]+)"', seat.send("GET", "/desk/places").text)
    seat.guard = found.group(1) if found else ""
    return seat


def sitting(world: World) -> tuple[Seat, Seat]:
    """The two who see the console's pages between them: a clerk of a hospital, and the bureau."""
    clerk, _ = factories.staff_person(world.app, "first-hospital", Role.DESK_CLERK)
    officer, _ = factories.staff_person(world.app, "health-bureau", Role.BUREAU)
    return seat_of(world, clerk), seat_of(world, officer)


def pages(app: Flask, method: str) -> list[Rule]:
    """Every page of the desk that takes this method."""
    return [one for one in app.url_map.iter_rules() if one.rule.startswith("/desk") and method in (one.methods or ())]


def ways(world: World) -> Iterator[tuple[str, str, Seat]]:
    """For every form: its address with something of ours in it, and somebody who may."""
    seats: dict[str, Seat] = {}
    for rule in pages(world.app, "POST"):
        may = access.catalogue.get(world.app.view_functions[rule.endpoint].operation.action).grants  # type: ignore[attr-defined]
        best: tuple[int, str, Seat] | None = None
        for story in world.stories:
            for who in (person for person, roles in story.people if roles & frozenset(may)):
                for one in things(world, rule, story):
                    seat = seats.setdefault(who.token, seat_of(world, who))
                    path = filled(rule, one)
                    status = seat.send("POST", path, data=FORMS[rule.rule]).status_code
                    if best is None or status < best[0]:
                        best = (status, path, seat)
            if best is not None and best[0] < 400:
                break
        assert best is not None, rule.rule
        yield rule.rule, best[1], best[2]


class Pages:
    """What is wrong with the pages that came back."""

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self.statuses: dict[int, int] = {}
        self.fell_out = 0

    def look(self, about: str, value: str, answer: TestResponse, world: World) -> None:
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        self.fell_out += "/desk/sign-in" in answer.headers.get("Location", "") and "sign-" not in about
        for fault in self._faults(value, answer, world):
            self.wrong.append(f"{about}: {answer.status_code} {fault}: {_words(answer)[:200]}")

    def _faults(self, value: str, answer: TestResponse, world: World) -> Iterator[str]:
        text = answer.get_data().decode(errors="replace")
        if answer.status_code >= 500:
            yield "broke down"
        elif answer.status_code >= 400:
            if half := world.still.written - COUNTERS:
                yield f"wrote {sorted(half)}"
            if not CHINESE.search(_words(answer)):
                yield "does not say why in Chinese"
            if INSIDE.search(_words(answer)):
                yield "shows its inside"
        if "<" in value and answer.mimetype == "text/html" and value in text:
            yield "shows a person's words as a page"

    def none_wrong(self) -> None:
        assert self.wrong == [], f"{len(self.wrong)} of {self.statuses}:\n" + "\n".join(self.wrong[:80])


def _words(answer: TestResponse) -> str:
    text = answer.get_data().decode(errors="replace")
    main = re.search(r"<main.*</main>", text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", main.group(0) if main else text).split())


def test_every_form_and_every_question_stands_here(app: Flask) -> None:
    assert {rule.rule for rule in pages(app, "POST")} == set(FORMS)
    asked = {rule.rule for rule in pages(app, "GET") if not rule.arguments}
    assert set(QUESTIONS) <= asked


@pytest.mark.parametrize("one_of", [5, pytest.param(1, marks=pytest.mark.proof)])
def test_every_bad_value_in_every_form(world: World, one_of: int) -> None:
    found, number = Pages(), 0
    for rule, path, seat in ways(world):
        form = FORMS[rule]
        for field in [*form, "_key", "_guard", "no_such_field"]:
            for name, value in (SAID | ASKED).items():
                number += 1
                if number % one_of == 0:
                    sent = value.encode("utf-8", "surrogatepass") if values.SURROGATE in value else value
                    answer = seat.send("POST", path, data=form | {field: sent}, part=number % 2 == 0)
                    found.look(f"{rule} {field} = {name}", value, answer, world)
    found.none_wrong()
    assert found.statuses[422] > 50
    assert found.fell_out == 0, "the sweep fell out of its sign-in"


def test_every_bad_file_and_every_form_in_another_wrapping(world: World) -> None:
    found = Pages()
    for rule, path, seat in ways(world):
        for name, content in FILES.items():
            form = FORMS[rule] | {"list": (io.BytesIO(content), "清单.xlsx")}
            found.look(f"{rule} file = {name}", "", seat.send("POST", path, data=form), world)
        for name, body in values.BODIES.items():
            answer = seat.send("POST", path, data=body, content_type="application/x-www-form-urlencoded")
            found.look(f"{rule} body = {name}", "", answer, world)
        for kind in values.CONTENT_TYPES:
            answer = seat.send("POST", path, data=b"--x\r\n\r\n--x--", content_type=kind)
            found.look(f"{rule} type = {kind!r}", "", answer, world)
        for origin in ("", "null", "https://e.example", "http://localhost.e.example", "http://localhost@e.example"):
            answer = seat.send("POST", path, data=FORMS[rule], headers={"Origin": origin})
            assert answer.status_code == 403, f"{rule} from {origin}"
            found.look(f"{rule} from {origin}", "", answer, world)
    found.none_wrong()


@pytest.mark.parametrize("one_of", [3, pytest.param(1, marks=pytest.mark.proof)])
def test_every_bad_value_in_every_question_of_the_desk(world: World, one_of: int) -> None:
    found, number = Pages(), 0
    seats = sitting(world)
    for page, fields in QUESTIONS.items():
        seat = next(one for one in seats if one.send("GET", page).status_code == 200)
        for field in fields:
            for name, value in (SAID | ASKED).items():
                number += 1
                if number % one_of == 0 and values.SURROGATE not in value:
                    answer = seat.send("GET", page, query_string={field: value[:4_000]}, part=number % 2 == 0)
                    found.look(f"{page} {field} = {name}", value, answer, world)
        for query in values.QUERIES:
            found.look(f"{page} ?{query[:40]}", "", seat.send("GET", page, query_string=query), world)
    found.none_wrong()


def test_every_bad_part_of_every_page(world: World) -> None:
    found = Pages()
    seat, _ = sitting(world)
    for rule in world.app.url_map.iter_rules():
        if rule.rule.startswith("/api") or not rule.arguments:
            continue
        for part in values.PATH_PARTS:
            path = filled(rule, dict.fromkeys(rule.arguments, part))
            found.look(f"{rule.rule} {part[:40]}", "", seat.send("GET", path), world)
    assert seat.send("GET", f"/desk/answers/{NOBODY}").status_code in {403, 404}
    found.none_wrong()
