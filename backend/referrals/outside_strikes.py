"""What was told of a hospital outside was typed wrongly: struck with a reason, still readable, and told anew. XM-5.5.

The state of the referral is that of what is left; what followed from the struck word (an arrival in the register, a
use of the certificate) goes, for nobody there confirmed it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict
from backend.kernel.roles import Actor
from backend.kernel.rules import Rule, require
from backend.records.service import grant
from backend.referrals import arrivals, certificates, outside_tasks, signing, waiting
from backend.referrals.certificate_state import SPENT_BY, latest
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival
from backend.referrals.models_outside import OutsideReport
from backend.referrals.moving import locked, move, touch
from backend.referrals.outside_reports import reports_of
from backend.referrals.outside_words import result_text
from backend.referrals.states import ReferralAction, ReferralStatus, SignatureStatus
from backend.store import audit, clock
from backend.store.db import session
from backend.store.vault import vault

_R, _A = ReferralStatus, ReferralAction


@dataclass(frozen=True, slots=True)
class StrikeFacts:
    """What is looked at before something told is struck."""

    holds_result: bool  # the only arrival, and a result told apart from it still stands on it


STRIKE_RULES: tuple[Rule[StrikeFacts], ...] = (
    Rule(
        code="referral.outside_strike_order",
        text="后面还记着看完或出院的结果，只划掉到院，那条结果就没有着落了。",
        instead="请先划掉那条结果，再划掉到院，然后照问到的重新记。",
        holds=lambda facts: not facts.holds_result,
    ),
)


def strike(actor: Actor, referral_id: UUID, report_id: UUID, reason: str, version: int | None = None) -> Referral:
    """Strike what was told. Raises Conflict for what is struck, RuleBroken for an arrival on which a result stands."""
    referral = locked(actor, referral_id, "referral.outside_strike", version)
    told = reports_of(referral)
    row = next((one for one in told if one.id == report_id), None)
    if row is None or row.struck_at is not None:
        raise Conflict("struck_before", "这一条已经划掉了，请刷新；要改的请再记一次。")
    left = [one for one in told if one.struck_at is None and one is not row]
    been, over = any(one.came_on for one in left), any(one.ending for one in left)
    alone = row.came_on is not None and not been and over
    require(STRIKE_RULES, StrikeFacts(holds_result=alone), pack(referral.county_id).source)
    assert actor.practitioner_id is not None
    now = clock.now()
    with session().no_autoflush:  # the three stand together, or none of them
        vault().seal(row, "strike_reason", reason)
        row.struck_at, row.struck_by = now, actor.practitioner_id
    audit.record(
        session(), actor, "referral.outside_strike", "outside_report", row.id, resident_id=row.resident_id,
        after="struck", detail={"came_on": str(row.came_on or ""), "ending": row.ending, "not_gone": row.not_gone},
    )  # fmt: skip
    if row.ending is not None:
        _write_results(referral, left)
    if row.came_on is not None:
        _take_back_arrival(actor, referral, row, sum(one.came_on == row.came_on for one in left))
    status = referral.status
    _go_back(actor, referral, been=been, over=over)
    touch(referral)
    outside_tasks.after_strike(referral, row)
    if referral.status != status:
        waiting.tell_resident(referral, f"struck:{row.id}")
    return referral


def _write_results(referral: Referral, left: list[OutsideReport]) -> None:
    referral.result_sealed = None
    for one in reversed(left):
        if one.ending is not None:
            words = result_text(one, vault().open(one, "summary") or "")
            arrivals.keep_result(referral, words, local_day(one.created_at))


def _take_back_arrival(actor: Actor, referral: Referral, row: OutsideReport, others: int) -> None:
    # The register holds who came; the word itself stays where it was told, struck. A coming that another told of too
    # is in the register once, and stays; of two kinds on one day the one goes that was written with this word.
    on_day = [one for one in arrivals.arrivals_of(actor, referral) if local_day(one.at) == row.came_on]
    if len(on_day) <= others:
        return
    on_day.sort(key=lambda one: one.created_at != row.created_at)
    found = on_day[0]
    certificate = latest(referral)
    if certificate is not None and found.came_as == "referred" and found.category in SPENT_BY:
        certificates.give_back(actor, certificate)
    audit.record(
        session(), actor, "arrival.strike", "arrival", found.id, resident_id=found.resident_id,
        before=found.came_as, detail={"category": found.category, "report": str(row.id)},
    )  # fmt: skip
    session().execute(delete(Arrival).where(Arrival.county_id == found.county_id, Arrival.id == found.id))


def _go_back(actor: Actor, referral: Referral, *, been: bool, over: bool) -> None:
    if referral.status == _R.CLOSED and not over:
        referral.ended_at = referral.end_reason = None
        move(actor, referral, _A.REOPEN)
        house = f"institution:{referral.from_institution}"
        grant(referral.county_id, referral.resident_id, "referral", referral.id, [house])
    if referral.status not in (_R.ARRIVED, _R.CLOSED):
        return
    of_this = (Arrival.county_id == referral.county_id, Arrival.referral_id == referral.id)
    referral.arrived_at = session().scalar(select(func.max(Arrival.at)).where(*of_this)) if been else None
    if not been:
        move(actor, referral, _back_to(referral))


def _back_to(referral: Referral) -> ReferralAction:
    if latest(referral) is not None:
        return _A.NOT_COME
    if any(step.status == SignatureStatus.RETURNED for step in signing.steps(referral)):
        raise Conflict("papers_returned", "急诊的手续被退回来还没补，请先改好再交，再划掉到院。")
    return _A.NOT_COME_UNISSUED
