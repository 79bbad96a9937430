"""The ward: who lies here, who recovers, and how somebody leaves. XM-5.4c, domain-review 2.9.

The ward says when somebody recovers; it discharges. Sent down, a patient stays until somebody below has taken over,
and then the discharge is written in that same transaction.
"""

from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.errors import Stale
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.records.events import PatientDischarged
from backend.records.models import Stay
from backend.records.rules import DISCHARGE_RULES, DischargeFacts
from backend.records.service import end_grants
from backend.records.states import STAYS, Disposition, StayAction, StayStatus
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.web import live

FRONT_SHEET = {
    Disposition.HOME: (1, "回家"),
    Disposition.OTHER_HOSPITAL: (2, "转到别的医院"),
    Disposition.COMMUNITY: (3, "转到乡镇卫生院"),
    Disposition.AGAINST_ADVICE: (4, "自己要求出院"),
    Disposition.DIED: (5, "死亡"),
    Disposition.OTHER: (9, "其他"),
}
"""The number and the words on the front sheet."""


def in_patients(actor: Actor) -> list[Stay]:
    """Return who lies in the actor's ward, those who recover first, then the longest stay."""
    rows = session().scalars(
        access.scoped_query(Stay, actor, "stay.read").where(Stay.status != StayStatus.DISCHARGED).limit(300)
    )
    return sorted(rows, key=lambda row: (row.status != StayStatus.RECOVERING, row.admitted_at))


def mark_recovering(
    actor: Actor,
    stay_id: UUID,
    *,
    diagnosis_code: str | None = None,
    diagnosis_text: str | None = None,
    version: int | None = None,
) -> Stay:
    """Say that somebody recovers and may go down; the ward's diagnosis may be written with it."""
    stay = _mine(actor, stay_id, "stay.mark_recovering", version)
    before = StayStatus(stay.status)
    after = STAYS.next(before, StayAction.MARK_RECOVERING, actor)
    stay.status, stay.recovering_at = after, clock.now()
    stay.practitioner_id = stay.practitioner_id or actor.practitioner_id
    stay.diagnosis_code = diagnosis_code or stay.diagnosis_code
    stay.diagnosis_text = diagnosis_text or stay.diagnosis_text
    _write_down(actor, stay, "stay.mark_recovering", before)
    return stay


def discharge(actor: Actor, stay_id: UUID, disposition: Disposition, version: int | None = None) -> Stay:
    """Discharge by the ward itself. Raises RuleBroken for a way down that nobody has accepted."""
    stay = _mine(actor, stay_id, "stay.discharge", version)
    facts = DischargeFacts(to_community=disposition is Disposition.COMMUNITY, accepted=False)
    require(DISCHARGE_RULES, facts, pack(actor.county_id).source)
    return _discharge(actor, stay, disposition)


def discharge_handed_over(actor: Actor, stay: Stay, disposition: Disposition, certificate_number: str) -> Stay:
    """Write the discharge of somebody a team below has just taken over; the caller holds the hand-over.

    The certificate's number stands in this record and in the stay below, so that no auditor takes one illness
    for two stays (domain-review 2.8).
    """
    stay.onward_certificate_number = certificate_number
    return _discharge(actor, stay, disposition, handed_over=True)


def find_stay(county_id: str, stay_id: UUID) -> Stay | None:
    """Return a stay, locked; the caller has authorised."""
    return session().scalar(
        select(Stay)
        .where(Stay.county_id == county_id, Stay.id == stay_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _discharge(actor: Actor, stay: Stay, disposition: Disposition, *, handed_over: bool = False) -> Stay:
    before = StayStatus(stay.status)
    after = STAYS.next(before, StayAction.DISCHARGE, actor)
    stay.status, stay.discharged_at, stay.disposition = after, clock.now(), disposition
    _write_down(actor, stay, "stay.discharge", before, disposition=disposition)
    end_grants(stay.county_id, "stay", stay.id)
    events.publish(
        PatientDischarged(
            county_id=stay.county_id,
            stay_id=stay.id,
            resident_id=stay.resident_id,
            institution=stay.institution,
            disposition=disposition,
            handed_over=handed_over,
        )
    )
    return stay


def _mine(actor: Actor, stay_id: UUID, action: str, version: int | None) -> Stay:
    stay = access.authorize(Stay, stay_id, actor, action, lock=True)
    if version is not None and version != stay.version:
        raise Stale("stale", "别人刚改过，请刷新后再办。", extra={"version": stay.version})
    return stay


def _write_down(actor: Actor, stay: Stay, action: str, before: StayStatus, **detail: str) -> None:
    stay.version += 1
    session().flush()
    audit.record(
        session(),
        actor,
        action,
        "stay",
        stay.id,
        resident_id=stay.resident_id,
        before=before,
        after=stay.status,
        detail=detail,
    )
    live.hint(stay.county_id, f"institution:{stay.institution}", "stay", stay.id)
