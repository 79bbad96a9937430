"""First visits: opened with who is responsible, closed with an outcome and not before. MS-4.1a, XM-5.4a."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.kernel.errors import Conflict, Forbidden, Stale
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.people.models import Resident
from backend.records.events import VisitFinished, VisitOpened
from backend.records.handoffs import see
from backend.records.models import Visit
from backend.records.rules import FINISH_RULES, OPEN_RULES, VisitFacts
from backend.records.service import end_grants, grant
from backend.records.states import VISITS, VisitAction, VisitStatus
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.store.vault import vault

OUTCOMES = ("treated", "observe", "referred_up", "referred_down", "sent_home")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is known when somebody sits down in front of a doctor."""

    resident_id: UUID
    kind: str
    department: str | None
    handoff_id: UUID | None
    complaint: str | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is written during a visit; None leaves a field as it is."""

    diagnosis_code: str | None = None
    diagnosis_text: str | None = None
    complaint: str | None = None
    findings: str | None = None
    treatment: str | None = None


def open_visit(actor: Actor, opening: Opening) -> Visit:
    """Open a visit at the actor's institution; the actor is the doctor responsible, and now sees the record.

    Raises RuleBroken when no department is responsible, Forbidden for somebody without an institution.
    """
    resident = access.authorize(Resident, opening.resident_id, actor, "visit.open")
    if actor.institution is None or actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    require(
        OPEN_RULES,
        _facts(actor.county_id, actor.institution, opening.department, "", None),
        pack(actor.county_id).source,
    )
    visit = Visit(
        county_id=actor.county_id,
        resident_id=resident.id,
        institution=actor.institution,
        department=opening.department,
        practitioner_id=actor.practitioner_id,
        kind=opening.kind,
        handoff_id=opening.handoff_id,
        began_at=clock.now(),
    )
    vault().seal(visit, "complaint", opening.complaint)
    session().add(visit)
    session().flush()
    if opening.handoff_id is not None:
        see(actor, opening.handoff_id, resident.id)
    grant(actor.county_id, resident.id, "visit", visit.id, [f"institution:{actor.institution}"])
    audit.record(session(), actor, "visit.open", "visit", visit.id, resident_id=resident.id, after=VisitStatus.OPEN)
    events.publish(
        VisitOpened(
            county_id=actor.county_id,
            visit_id=visit.id,
            resident_id=resident.id,
            institution=visit.institution,
            handoff_id=opening.handoff_id,
        )
    )
    return visit


def write(actor: Actor, visit_id: UUID, finding: Finding, version: int | None) -> Visit:
    """Write findings into one's own open visit. Raises Conflict when closed, Stale for another's version."""
    visit = _mine(actor, visit_id, version)
    _put(visit, finding)
    visit.version += 1
    audit.record(session(), actor, "visit.write", "visit", visit.id, resident_id=visit.resident_id)
    return visit


def finish(actor: Actor, visit_id: UUID, finding: Finding, outcome: str | None, version: int | None) -> Visit:
    """Close a visit. Raises RuleBroken without an outcome, a diagnosis or a department responsible."""
    visit = _mine(actor, visit_id, version)
    _put(visit, finding)
    facts = _facts(actor.county_id, visit.institution, visit.department, visit.diagnosis_text or "", outcome)
    require(FINISH_RULES, facts, pack(actor.county_id).source)
    assert outcome is not None
    visit.outcome, visit.finished_at = outcome, clock.now()
    visit.status = VISITS.next(VisitStatus(visit.status), VisitAction.FINISH, actor)
    visit.version += 1
    # Who goes up is still in this doctor's hands; the referral then gives sight of its own.
    if outcome != "referred_up":
        end_grants(actor.county_id, "visit", visit.id)
    audit.record(
        session(),
        actor,
        "visit.write",
        "visit",
        visit.id,
        resident_id=visit.resident_id,
        before=VisitStatus.OPEN,
        after=VisitStatus.FINISHED,
        detail={"outcome": outcome},
    )
    events.publish(
        VisitFinished(
            county_id=actor.county_id,
            visit_id=visit.id,
            resident_id=visit.resident_id,
            institution=visit.institution,
            practitioner_id=visit.practitioner_id,
            outcome=outcome,
        )
    )
    return visit


def open_visits(actor: Actor) -> list[Visit]:
    """Return the actor's own visits that still want an outcome, the oldest first."""
    query = access.scoped_query(Visit, actor, "visit.write").where(Visit.status == VisitStatus.OPEN)
    return list(session().scalars(query.order_by(Visit.id).limit(100)))


def find_visit(county_id: str, visit_id: UUID) -> Visit | None:
    """Return a visit for a floor above that has authorised by its own object."""
    return session().scalar(select(Visit).where(Visit.county_id == county_id, Visit.id == visit_id))


def _mine(actor: Actor, visit_id: UUID, version: int | None) -> Visit:
    visit = access.authorize(Visit, visit_id, actor, "visit.write", lock=True)
    if version is not None and version != visit.version:
        raise Stale("stale", "别人刚改过，请刷新后再写。", extra={"version": visit.version})
    if visit.status != VisitStatus.OPEN:
        raise Conflict("visit_finished", "这次看病已经结束，不能再改；有新情况请开一次新的。")
    return visit


def _put(visit: Visit, finding: Finding) -> None:
    if finding.diagnosis_code is not None:
        visit.diagnosis_code = finding.diagnosis_code
    if finding.diagnosis_text is not None:
        visit.diagnosis_text = finding.diagnosis_text
    for name in ("complaint", "findings", "treatment"):
        value = getattr(finding, name)
        if value is not None:
            vault().seal(visit, name, value)


def _facts(county_id: str, institution: str, department: str | None, diagnosis: str, outcome: str | None) -> VisitFacts:
    entry = pack(county_id).institutions.institution(institution)
    return VisitFacts(department, not entry.departments, diagnosis, outcome)
