"""Admission to a bed. Nobody is refused for a paper: how they came changes registers and money. MS-4.1b, XM-5.4b."""

from dataclasses import dataclass
from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.roles import Actor
from backend.people.models import Resident
from backend.records.bed_names import bed_name
from backend.records.events import PatientAdmitted
from backend.records.exemptions import require_fits
from backend.records.models import Stay
from backend.records.scope import judge_admission
from backend.records.service import grant
from backend.records.states import StayStatus
from backend.store import access, audit, events
from backend.store.db import session
from backend.web import live


@dataclass(frozen=True, slots=True)
class Admission:
    """Who is admitted where, and how they came: referred, not_referred, emergency or special (with its code)."""

    resident_id: UUID
    department: str
    came_as: str
    bed: str | None = None
    referral_id: UUID | None = None
    certificate_number: str | None = None
    exemption: str | None = None
    condition: str | None = None  # the disease of an exemption that the law binds to a house
    practitioner_id: UUID | None = None
    diagnosis_code: str | None = None
    diagnosis_text: str | None = None
    surgery_grade: int | None = None
    technique: str | None = None


def admit(actor: Actor, admission: Admission) -> Stay:
    """Admit somebody at the actor's institution; from now on the house sees the record.

    The caller has looked at the certificate. Raises Invalid for a department or an exemption that is not the
    county's, RuleBroken for one of another house, and (by the database) Conflict when the person lies there already.
    """
    resident = access.authorize(Resident, admission.resident_id, actor, "stay.admit")
    if actor.institution is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    county = pack(actor.county_id)
    _known(county, actor.institution, admission)
    row = Stay(
        county_id=actor.county_id,
        resident_id=resident.id,
        institution=actor.institution,
        department=admission.department,
        practitioner_id=admission.practitioner_id,
        bed=bed_name(admission.bed),
        status=StayStatus.ADMITTED,
        came_as=admission.came_as,
        exemption=admission.exemption,
        referral_id=admission.referral_id,
        certificate_number=admission.certificate_number,
        diagnosis_code=admission.diagnosis_code,
        diagnosis_text=admission.diagnosis_text,
        surgery_grade=admission.surgery_grade,
        technique=admission.technique,
    )
    session().add(row)
    session().flush()
    judge_admission(actor, row)
    grant(row.county_id, row.resident_id, "stay", row.id, [f"institution:{row.institution}"])
    audit.record(
        session(),
        actor,
        "stay.admit",
        "stay",
        row.id,
        resident_id=row.resident_id,
        after=StayStatus.ADMITTED,
        detail={"came_as": row.came_as, "exemption": row.exemption},
    )
    events.publish(
        PatientAdmitted(
            county_id=row.county_id,
            stay_id=row.id,
            resident_id=row.resident_id,
            institution=row.institution,
            department=row.department,
            came_as=row.came_as,
            referral_id=row.referral_id,
        )
    )
    live.hint(row.county_id, f"institution:{row.institution}", "stay", row.id)
    return row


def _known(county: Pack, institution: str, admission: Admission) -> None:
    if admission.department not in county.institutions.institution(institution).departments:
        raise Invalid("no_department", "没有这个科，请从列表里选。")
    if admission.came_as not in {"referred", "not_referred", "emergency", "special"}:
        raise Invalid("came_as", "请选怎么来的：转诊、没转诊、急诊或特殊情况。")
    exempt = admission.came_as in {"emergency", "special"}
    known = county.referral.exemption(admission.exemption) if admission.exemption else None
    if exempt and (known is None or known.group != admission.came_as):
        raise Invalid("exemption", "急诊、特殊情况要选一个原因；没有合适的，请按“没有转诊”登记，照样收住。")
    if exempt and known is not None:
        require_fits(county, institution, known, admission.condition, admission.diagnosis_code)
    if not exempt and admission.exemption is not None:
        raise Invalid("exemption", "只有急诊、特殊情况才填这个原因。")
    if admission.came_as == "referred" and admission.referral_id is None and admission.certificate_number is None:
        raise Invalid("certificate_missing", "没看到转诊证明的，请按“没有转诊”登记，照样收住。")
