"""A hospital outside the county writes nothing here: what family, paper or telephone tell is written down as told.

The state goes the way of every arrival and every result (`arrivals`, `service.close`); that nobody confirmed it stands
beside it. XM-5.5, MS-4.2.3d.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.records.service import grant
from backend.referrals import arrivals, outside_tasks, service, waiting
from backend.referrals.certificate_state import ended, latest
from backend.referrals.models import Referral
from backend.referrals.models_outside import OutsideReport
from backend.referrals.moving import locked, touch
from backend.referrals.outside_reports import BEEN, came_before, is_open
from backend.referrals.outside_rules import OUTSIDE_RULES, OutsideFacts
from backend.referrals.outside_words import result_text
from backend.referrals.states import ReferralStatus
from backend.store import audit, clock
from backend.store.db import session
from backend.store.vault import vault

_R = ReferralStatus


@dataclass(frozen=True, slots=True)
class Told:
    """What was told, by whom, and by which way it came."""

    source: str
    told_by: str = ""
    came_on: date | None = None
    category: str = "outpatient"
    ending: str | None = None
    ended_on: date | None = None
    not_gone: bool = False
    summary: str = ""


def write_told(actor: Actor, referral_id: UUID, told: Told, version: int | None = None) -> Referral:
    """Write down that the patient came, how it ended, or that they did not go. Raises RuleBroken for what cannot be.

    One that expired is opened again by an arrival on a day on which its certificate held.
    """
    referral = locked(actor, referral_id, "referral.outside_news", version)
    require(OUTSIDE_RULES, _facts(referral, told), pack(referral.county_id).source)
    assert actor.practitioner_id is not None
    row = OutsideReport(
        county_id=referral.county_id,
        referral_id=referral.id,
        resident_id=referral.resident_id,
        source=told.source,
        told_by=told.told_by,
        came_on=told.came_on,
        ending=told.ending,
        ended_on=told.ended_on if told.ending else None,
        not_gone=told.not_gone,
        written_by=actor.practitioner_id,
    )
    if told.summary:
        vault().seal(row, "summary", told.summary)
    session().add(row)
    session().flush()
    audit.record(
        session(),
        actor,
        "referral.outside_news",
        "outside_report",
        row.id,
        resident_id=referral.resident_id,
        detail={"source": row.source, "ending": row.ending, "not_gone": row.not_gone},
    )
    if told.not_gone:
        _not_gone(referral, row)
    # The doctor, the village doctor and the paper may all tell of one coming: it is in the register once.
    if told.came_on is not None and not came_before(referral, told.category, told.came_on):
        _came(actor, referral, told)
    if told.ending is not None:
        _over(actor, referral, row, told.summary)
    touch(referral)
    if actor.practitioner_id != referral.practitioner_id:
        waiting.tell_doctor(referral, f"outside:{row.id}")
    return referral


def _facts(referral: Referral, told: Told) -> OutsideFacts:
    county, today = pack(referral.county_id), local_day(clock.now())
    entry = county.institutions.institution(referral.to_institution)
    certificate = latest(referral)
    # An emergency goes first, and whoever sent it writes it down afterwards.
    sent = local_day(referral.created_at) - timedelta(days=1 if referral.emergency else 0)
    been = local_day(referral.arrived_at) if referral.arrived_at is not None else None
    return OutsideFacts(
        house=entry.name,
        outside=entry.outside,
        open=is_open(referral),
        source=told.source,
        told_by=told.told_by,
        there=referral.status in BEEN,
        came_on=told.came_on,
        ended_on=told.ended_on,
        ending=told.ending is not None,
        not_gone=told.not_gone,
        first=been or sent,
        last=certificate.valid_until if certificate is not None and ended(certificate) is None else None,
        here=told.came_on or been,
        today=today,
    )


def _came(actor: Actor, referral: Referral, told: Told) -> None:
    assert told.came_on is not None
    if referral.status == _R.EXPIRED:
        # What ended with the certificate begins again: whoever sent the patient goes on from what is told.
        house = f"institution:{referral.from_institution}"
        grant(referral.county_id, referral.resident_id, "referral", referral.id, [house])
    arrivals.told(actor, referral, told.category, told.came_on)


def _over(actor: Actor, referral: Referral, row: OutsideReport, summary: str) -> None:
    arrivals.keep_result(referral, result_text(row, summary))
    if referral.status != _R.CLOSED:  # a paper that comes after the family's word adds to it and moves nothing
        service.close(actor, referral)
        waiting.tell_resident(referral, f"outside:{row.id}")


def _not_gone(referral: Referral, row: OutsideReport) -> None:
    certificate = latest(referral)
    if referral.status != _R.EXPIRED and certificate is not None:
        outside_tasks.after_no(referral, certificate, str(row.id))
    else:
        waiting.done(referral, outside_tasks.OUTSIDE_NEWS, "not_gone")
