"""The tick table: what is looked at how often. Every tick is idempotent: running it twice
at once, or late, does no harm; it asks domain time what is due."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from backend.alliance.service import take_effect
from backend.booking.slot_maker import make_slots
from backend.booking.sweeping import (
    ask_for_beds,
    expire_holds,
    give_back,
    mark_missed,
    offer_waited_for,
    phone_displaced,
)
from backend.chat.waiting import tell_waiting
from backend.contracts import terms
from backend.followup.advice_ticks import chase_unanswered, close_ended
from backend.followup.planner import ask_due, tell_overdue
from backend.notices.delivery import recover_lost
from backend.oversight.audits import draw
from backend.people.sessions import purge_used_codes
from backend.prescriptions import renewals
from backend.referrals.sweeping import sweep
from backend.store import chain, idempotency
from backend.web import live
from backend.wechat.service import forget_pushes
from backend.worklist.service import escalate_overdue

Run = Callable[[Session, str], int]


@dataclass(frozen=True, slots=True)
class Tick:
    """One line: a name, seconds between looks, and a planner for one county."""

    name: str
    seconds: int
    run: Run


def _purge(current: Session, _county_id: str) -> int:
    return idempotency.purge(current) + live.purge_tickets(current)


TICKS: tuple[Tick, ...] = (
    Tick("followup.ask_due", 20, ask_due),
    Tick("followup.tell_overdue", 60, tell_overdue),
    Tick("followup.close_ended", 60, close_ended),
    Tick("followup.chase_unanswered", 60, chase_unanswered),
    Tick("worklist.escalate", 15, escalate_overdue),
    Tick("alliance.take_effect", 60, take_effect),
    Tick("notices.recover", 20, recover_lost),
    Tick("booking.make_slots", 300, make_slots),
    Tick("booking.expire_holds", 10, expire_holds),
    Tick("booking.give_back", 60, give_back),
    Tick("booking.offer", 20, offer_waited_for),
    Tick("booking.phone_displaced", 60, phone_displaced),
    Tick("booking.beds", 60, ask_for_beds),
    Tick("booking.mark_missed", 300, mark_missed),
    Tick("contracts.expire", 60, terms.expire),
    Tick("contracts.remind", 300, terms.remind),
    Tick("chat.tell_waiting", 20, tell_waiting),
    Tick("prescriptions.remind", 300, renewals.remind),
    Tick("referrals.sweep", 300, sweep),
    Tick("oversight.draw", 3600, draw),
    Tick("audit.chain", 30, chain.seal_batch),
    Tick("store.purge", 600, _purge),
    Tick("people.forget_codes", 600, purge_used_codes),
    Tick("wechat.forget_pushes", 3600, forget_pushes),
)
