"""The bank of seeded faults: the product broken on purpose, in one place each, so that a proof can show that it sees.

A fault replaces attributes of modules (here or, through `seeded/sitecustomize.py`, in the processes of a house),
changes the schema, or sets the server's settings. This file is loaded by path into those processes: it imports nothing
of ours at the top.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Patch = tuple[str, str, Callable[[Any], Any]]


@dataclass(frozen=True)
class Fault:
    """One way to be wrong."""

    name: str
    says: str
    patches: tuple[Patch, ...] = ()
    sql: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)


def without(*pieces: str, instead: str = "") -> Callable[[Any], Any]:
    """A statement with pieces of it taken out. A piece that is not there would make a fault that is none."""

    def change(statement: Any) -> Any:
        from sqlalchemy import text

        words = statement.text
        for piece in pieces:
            if piece not in words:
                raise LookupError(f"the statement has no {piece!r} to break")
            words = words.replace(piece, instead)
        return text(words)

    return change


def _never_raises(done: Any) -> Any:
    def broken(current: Any, message: Any) -> None:
        from backend.store.outbox import LeaseLost

        try:
            done(current, message)
        except LeaseLost:
            return

    return broken


def _send_again(_recover: Any) -> Any:
    def broken(current: Any, county_id: str) -> int:
        from sqlalchemy import text

        query = "UPDATE notice SET status = 'due', lease_until = NULL WHERE county_id = :c AND status = 'sending'"
        return int(current.execute(text(query + " AND lease_until < now()"), {"c": county_id}).rowcount)

    return broken


def _unknown_is_due(judge_error: Any) -> Any:
    def broken(error: Any, now: Any) -> Any:
        from dataclasses import replace

        from backend.wechat.gateway import Outcome

        judged = judge_error(error, now)
        return replace(judged, outcome=Outcome.RETRY_LATER, until=now) if judged.outcome == Outcome.UNKNOWN else judged

    return broken


def _no_lock(_lock: Any) -> Any:
    def broken(actor: Any, resident_id: Any) -> Any:
        from backend.people.models import Resident
        from backend.store import access

        return access.authorize(Resident, resident_id, actor, "contract.request")

    return broken


def _any_lease(prepare: Any) -> Any:
    def broken(current: Any, claimed: Any) -> Any:
        from dataclasses import replace

        from sqlalchemy import text

        lease = current.scalar(text("SELECT lease_until FROM notice WHERE id = :i"), {"i": claimed.notice_id})
        return prepare(current, replace(claimed, lease_until=lease))

    return broken


def _tells_first(_send: Any) -> Any:
    def broken(words: Any) -> None:
        from backend.web import live

        for one in words:
            live.valkey().publish(live.CHANNEL, one)

    return broken


_ONE_LIVE = "WHERE live.county_id = :county AND live.status IN ('held', 'pending', 'booked', 'arrived')"
FAULTS = {
    one.name: one
    for one in (
        Fault(
            "place-without-guard",
            "the booking statement no longer asks whether there is room",
            tuple(
                ("backend.booking.statements", name, without("AND slot.taken < slot.capacity"))
                for name in ("BOOK", "BOOK_AND_KEEP")
            ),
            ("ALTER TABLE slot DROP CONSTRAINT ck_slot_capacity",),
        ),
        Fault(
            "counter-not-given-back",
            "a cancelled place stays counted",
            (("backend.booking.statements", "CANCEL", without("taken = taken - 1", instead="taken = taken")),),
        ),
        Fault(
            "two-places-for-one",
            "nothing stops a second place for the same person",
            (("backend.booking.statements", "BOOK", without(_ONE_LIVE, instead="WHERE false")),),
            (
                "DROP INDEX uq_appointment_live_slot",
                "DROP INDEX uq_appointment_live_referral",
                "DROP INDEX uq_appointment_live_day",
            ),
        ),
        Fault(
            "keys-forgotten",
            "a request under a known key is done again",
            (
                ("backend.store.idempotency", "begin", lambda _: lambda *_given: None),
                ("backend.store.idempotency", "look", lambda _: lambda *_given: None),
                ("backend.store.idempotency", "keep", lambda _: lambda *_given: None),
            ),
        ),
        Fault(
            "contract-turnstile-gone",
            "nobody waits at the resident's row, and the database no longer says that there is one request a person",
            (("backend.contracts.signing", "_lock_resident", _no_lock),),
            ("DROP INDEX uq_contract_requested",),
        ),
        Fault(
            "message-index-dropped",
            "the database no longer knows a phone's own number of a message",
            sql=("DROP INDEX uq_message_client",),
        ),
        Fault(
            "relay-without-memory",
            "what a relay did for a message that is another's by now stays",
            (("backend.store.outbox", "done", _never_raises),),
        ),
        Fault(
            "lost-call-repeated",
            "a call whose relay died is made again",
            (("backend.notices.delivery", "recover_lost", _send_again),),
        ),
        Fault(
            "unknown-repeated",
            "an answer that never came is taken for a refusal, and the call is made again",
            (("backend.wechat.sending", "judge_error", _unknown_is_due),),
        ),
        Fault(
            "lease-of-anybody",
            "a relay calls WeChat although its lease has run out",
            (("backend.notices.delivery", "_prepare", _any_lease),),
        ),
        Fault(
            "nobody-says-who",
            "whoever comes second is told that it is done, and not by whom",
            (("backend.people.hands", "_last", lambda _: lambda *_given: None),),
        ),
        Fault(
            "granted-twice",
            "a place that waits for the desk is confirmed by everybody who presses",
            (("backend.booking.open_places", "PROMOTE", without("AND status = :from AND version = :version")),),
        ),
        Fault(
            "sessions-made-again",
            "a maker of sessions does not see what another has made meanwhile",
            (
                (
                    "backend.booking.slot_maker",
                    "_MAKE",
                    without("ON CONFLICT (county_id, institution, department, day, template) DO NOTHING"),
                ),
            ),
            ("DROP INDEX uq_schedule_session_template",),
        ),
        Fault(
            "answers-wait-for-valkey",
            "a booking is refused when nobody can be told of it",
            (("backend.web.live", "send", _tells_first),),
        ),
        Fault(
            "synchronous-commit-off",
            "PostgreSQL says yes before it has written",
            settings={"synchronous_commit": "off", "wal_writer_delay": "10s"},
        ),
    )
}
