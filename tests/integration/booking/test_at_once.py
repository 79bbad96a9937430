"""The quick way of booking and the ordinary one: both are asked the same things and must say and write the same."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from psycopg._queries import MAX_CACHED_STATEMENT_LENGTH
from sqlalchemy import text, update
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.test import TestResponse

from backend.booking import queries, refusals, service, statements_at_once
from backend.booking.models import Appointment, ScheduleSession, Slot
from backend.kernel.clock import machine_now
from backend.people.models import Account, SignInSession
from backend.referrals.keys import live_key
from backend.referrals.models import Referral, ReferralConsent
from backend.referrals.models_certificate import ReferralCertificate
from backend.store import hot
from backend.store.db import transaction
from tests.factories import Person
from tests.integration.booking import scene
from tests.integration.booking.test_api import Story, tell

Change = Callable[[Any, Story], None]


def _set(model: Any, **values: Any) -> Change:
    def change(current: Any, story: Story) -> None:
        place, patient = story.slots[0], story.patient
        which = {
            Slot: lambda: Slot.id == place.id,
            ScheduleSession: lambda: ScheduleSession.id == place.session_id,
            Referral: lambda: Referral.id == story.referral.id,
            ReferralConsent: lambda: ReferralConsent.referral_id == story.referral.id,
            Account: lambda: Account.id == patient.account_id,
            SignInSession: lambda: SignInSession.account_id == patient.account_id,
        }[model]()
        current.execute(update(model).where(which).values(**values))

    return change


def _all(*changes: Change) -> Change:
    def change(current: Any, story: Story) -> None:
        for one in changes:
            one(current, story)

    return change


def _same_day(current: Any, story: Story) -> None:
    current.execute(update(Slot).where(Slot.id == story.slots[1].id).values(taken=1))
    on = current.get(ScheduleSession, (story.referral.county_id, story.slots[0].session_id))
    current.add(
        Appointment(
            county_id=story.referral.county_id,
            slot_id=story.slots[1].id,
            resident_id=story.referral.resident_id,
            institution=on.institution,
            department=on.department,
            day=on.day,
            starts_at=story.slots[0].starts_at,
            kind="public",
            code=f"{story.slots[1].id}",
        )
    )


def _paper_ends_before(current: Any, story: Story) -> None:
    day = current.get(ScheduleSession, (story.referral.county_id, story.slots[0].session_id)).day
    current.execute(update(Referral).where(Referral.id == story.referral.id).values(status="issued"))
    current.add(
        ReferralCertificate(
            county_id=story.referral.county_id,
            referral_id=story.referral.id,
            resident_id=story.referral.resident_id,
            edition=1,
            number=f"AT-ONCE-{story.referral.id}",
            from_institution=story.referral.from_institution,
            to_institution=story.referral.to_institution,
            direction="up",
            issued_on=day - timedelta(days=90),
            valid_until=day - timedelta(days=1),
            uses=1,
            late=False,
            content_hash=story.referral.content_hash,
            facts_sealed=b"",
            facts_hash=b"",
            key_id=live_key(story.referral.county_id).id,
            signature=b"",
        )
    )


FULL = _set(Slot, capacity=0)  # the counter itself stays true: others of this database look at it
YESTERDAY = {"starts_at": machine_now() - timedelta(days=1)}
SITUATIONS: dict[str, tuple[Change | None, str]] = {
    "free": (None, "201"),
    "full": (FULL, "place_full"),
    "over": (_set(Slot, **YESTERDAY), "place_over"),
    "full and over": (_all(FULL, _set(Slot, **YESTERDAY)), "place_over"),
    "stopped": (_all(_set(Slot, stopped=True), _set(ScheduleSession, stopped_at=machine_now())), "place_stopped"),
    "not released": (_set(Slot, opens_at=machine_now() + timedelta(days=400)), "place_full"),
    "another pool": (_set(Slot, pool="general"), "place_full"),
    "another department": (_set(ScheduleSession, department="neurology"), "no_such_place"),
    "full and another department": (_all(FULL, _set(ScheduleSession, department="neurology")), "no_such_place"),
    "another hospital": (_set(ScheduleSession, institution="tcm-hospital"), "no_such_place"),
    "no consent": (_set(ReferralConsent, status="refused"), "rule_broken"),
    "full and no consent": (_all(FULL, _set(ReferralConsent, status="refused")), "rule_broken"),
    "consent to other words": (_set(ReferralConsent, covers_hash="other"), "rule_broken"),
    "withdrawn": (_set(Referral, status="withdrawn"), "rule_broken"),
    "a draft": (_set(Referral, status="draft", submitted_at=None), "not_found"),
    "full and a draft": (_all(FULL, _set(Referral, status="draft", submitted_at=None)), "not_found"),
    "one that day": (_same_day, "already_booked"),
    "full and one that day": (_all(FULL, _same_day), "already_booked"),
    "after the certificate": (_paper_ends_before, "rule_broken"),
    "full and after the certificate": (_all(FULL, _paper_ends_before), "rule_broken"),
    "signed out": (_set(SignInSession, revoked_at=machine_now()), "signed_out"),
    "expired": (_set(SignInSession, expires_at=machine_now() - timedelta(seconds=1)), "signed_out"),
    "idle": (_set(SignInSession, seen_at=machine_now() - timedelta(hours=3)), "signed_out"),
    "seen a while ago": (_set(SignInSession, seen_at=machine_now() - timedelta(minutes=5)), "201"),
    "disabled": (_set(Account, disabled_at=machine_now()), "signed_out"),
    "privacy withdrawn": (_set(Account, paused=True), "not_found"),
}


@contextmanager
def the_ordinary_way(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    @contextmanager
    def none_free() -> Iterator[hot.Ask]:
        raise PoolTimeout
        yield

    with monkeypatch.context() as patch:
        patch.setattr(hot, "connection", none_free)
        yield


@contextmanager
def only_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The ordinary booking may not even be begun."""
    with monkeypatch.context() as patch:
        patch.setattr(service, "book", None)
        yield


_DIFFERS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}"), "ID"),
    (re.compile(r"\d{4}-\d\d-\d\d(?:[T ][0-9:.+]+Z?)?|\d+月\d+日 周. .午 \d+:\d\d"), "TIME"),
    (re.compile(r"试验\d+"), "NAME"),
    (re.compile(r"\b[2-9A-HJ-NP-Z]{8}\b"), "CODE"),
)


def _plain(value: Any, story: Story) -> Any:
    """What was said, without what differs from person to person and from run to run."""
    known = {str(slot.id): f"slot {number}" for number, slot in enumerate(story.slots)}
    known |= {str(story.referral.id): "referral", str(story.referral.resident_id): "person"}
    known |= {str(story.patient.account_id): "account"}

    def plain(one: Any) -> Any:
        if isinstance(one, dict):
            return {key: plain(inner) for key, inner in one.items()}
        if isinstance(one, list):
            return [plain(inner) for inner in one]
        if not isinstance(one, str):
            return one
        for found, name in known.items():
            one = one.replace(found, name)
        for pattern, name in _DIFFERS:
            one = pattern.sub(name, one)
        return one

    return plain(value)


def _rows(app: Flask, story: Story) -> dict[str, Any]:
    """What stands in the database of it."""
    ask = {
        "appointment": "SELECT to_jsonb(a) AS row FROM appointment a WHERE a.referral_id = :referral",
        "audit": "SELECT to_jsonb(e) - '{sequence,transaction_id}'::text[] AS row FROM audit_event e"
        " WHERE e.resident_id = :person AND e.action = 'appointment.book'",
        "outbox": "SELECT jsonb_build_object('kind', o.kind, 'payload', o.payload) AS row FROM outbox o"
        " WHERE o.payload->>'resident_id' = CAST(:person AS text)",
        "kept": "SELECT jsonb_build_object('status', i.status, 'etag', i.etag, 'sealed', i.answer_sealed IS NOT NULL)"
        " AS row FROM idempotency i WHERE i.account_id = :account",
        "slot": "SELECT jsonb_build_object('taken', s.taken) AS row FROM slot s WHERE s.id = :slot",
    }
    given = {
        "referral": story.referral.id,
        "person": story.referral.resident_id,
        "account": story.patient.account_id,
        "slot": story.slots[0].id,
    }
    with app.app_context(), transaction() as current:
        return {name: [row[0] for row in current.execute(text(words), given)] for name, words in ask.items()}


def _ask(story: Story, who: Person | None = None, **extra: str) -> TestResponse:
    return (who or story.patient).post(story.booking, {"slot_id": story.slots[0].id}, **extra)


def _code(answer: TestResponse) -> str:
    return str(answer.status_code) if answer.status_code < 400 else answer.json["code"]


@pytest.mark.parametrize("name", SITUATIONS)
def test_both_ways_say_and_write_the_same(app: Flask, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    change, code = SITUATIONS[name]
    seen = []
    for ordinary in (False, True):
        story = tell(app)
        with app.app_context(), transaction() as current:
            if change is not None:
                change(current, story)
        if ordinary:
            with the_ordinary_way(monkeypatch):
                answer = _ask(story)
        else:
            answer = _ask(story)
        assert _code(answer) == code, answer.json
        body = {key: value for key, value in answer.json.items() if key not in ("nearby", "detail", "title")}
        headers = sorted({name for name, _ in answer.headers} - {"Content-Length"})
        seen.append((answer.status_code, _plain(body, story), headers, _plain(_rows(app, story), story)))
    assert seen[0] == seen[1]


def test_the_plain_case_and_a_full_place_never_come_to_the_ordinary_way(app: Flask, monkeypatch) -> None:
    assert _code(_ask(tell(app))) == "201"  # the county has its key from now on
    story, late = tell(app), tell(app)
    with only_at_once(monkeypatch):
        assert _code(_ask(story)) == "201"
    with app.app_context(), transaction() as current:
        FULL(current, late)
    with monkeypatch.context() as patch:
        patch.setattr(refusals, "of_booking", None)
        refused = _ask(late)
    assert _code(refused) == "place_full"
    assert {row["slot_id"] for row in refused.json["nearby"]} <= _free(app)
    assert refused.json["nearby"], refused.json


def test_a_key_is_answered_once_whichever_way_comes_first(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for first_ordinary in (False, True):
        story = tell(app)
        if first_ordinary:
            with the_ordinary_way(monkeypatch):
                first = _ask(story, key="the-same-key")
        else:
            first = _ask(story, key="the-same-key")
        again = _ask(story, key="the-same-key")
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.data == first.data
        assert (again.headers["Idempotent-Replay"], "Idempotent-Replay" in first.headers) == ("true", False)
        other = story.patient.post(story.booking, {"slot_id": story.slots[1].id}, key="the-same-key")
        assert _code(other) == "key_reused"


def test_twins_under_one_key_are_one_booking(rush_app: Flask) -> None:
    story = tell(rush_app)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _ask(story, key="twins-of-one-wish"), range(8)))
    assert {answer.status_code for answer in answers} == {201}, [answer.json for answer in answers]
    assert len({answer.data for answer in answers}) == 1
    with rush_app.app_context():
        assert scene.counted(story.slots[0].id) == (1, 1)


def test_cut_off_connections_cost_nobody_their_place(app: Flask) -> None:
    for _ in range(2):
        assert _code(_ask(tell(app))) == "201"
        with app.app_context(), transaction() as current:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            current.execute(text(f"{cut} AND datname = current_database()"))
        assert _code(_ask(tell(app))) == "201"


def test_the_driver_remembers_both_statements_as_read(app: Flask) -> None:
    # A longer one is taken to pieces again for every booking of a rush.
    with app.app_context():
        read, _ = statements_at_once.read()
        assert len(read) <= MAX_CACHED_STATEMENT_LENGTH
        assert len(statements_at_once.book_and_keep()) <= MAX_CACHED_STATEMENT_LENGTH


def test_staff_and_family_go_the_ordinary_way(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    story, stranger = tell(app), tell(app)
    assert _code(_ask(story, stranger.patient)) == "not_found"
    with only_at_once(monkeypatch):
        assert _ask(story, story.doctor).status_code == 500  # it was tried, and there is none
    assert _code(_ask(story, story.doctor)) == "201"


def _free(app: Flask) -> set[str]:
    with app.app_context(), transaction():
        return {str(row.id) for row in queries.free_places("xinmi", scene.HOSPITAL, "cardiology")}
