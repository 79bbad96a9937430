"""What stands in the registers of a house: whom it sent, and who came with a paper or without. MS-4.1b."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.alliance.packs import Pack
from backend.alliance.queries import pack
from backend.kernel.clock import SHANGHAI
from backend.kernel.roles import Actor
from backend.oversight.months import within
from backend.people.models import Practitioner, Resident
from backend.records.schemas import PersonLine
from backend.records.views import department_name, institution_name, person_line
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.store import access
from backend.store.db import session

SEX = {"male": "男", "female": "女"}
CAME_AS = {"referred": "转诊", "not_referred": "没有转诊", "emergency": "急诊", "special": "特殊情况"}
CATEGORIES = {"outpatient": "门诊", "stay": "住院", "examination": "检查", "bed": "住院康复", "home": "回家随访"}
OUT = ("日期", "证明号", "病人", "出生", "住址", "诊断", "上下", "转到", "怎么看", "经治医生", "到了没有", "结果")
IN = ("日期", "病人", "出生", "住址", "怎么来的", "证明号", "从哪转来", "科室", "怎么看", "谁查的证明")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a register: when, whose, and its cells after the person's."""

    at: datetime
    number: str
    person: PersonLine
    cells: tuple[str, ...]
    print_id: UUID | None  # of the referral whose paper may be printed


def sent(actor: Actor, month: date) -> list[Line]:
    """Return whom the house sent in a month, the latest first: every referral whose certificate was issued."""
    county = pack(actor.county_id)
    number = (
        select(ReferralCertificate.number)
        .where(
            ReferralCertificate.county_id == Referral.county_id,
            ReferralCertificate.referral_id == Referral.id,
        )
        .order_by(ReferralCertificate.edition.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        access.scoped_query(Referral, actor, "referral.read")
        .add_columns(Resident, Practitioner.name, number)
        .join(Resident, (Resident.county_id == Referral.county_id) & (Resident.id == Referral.resident_id))
        .join(
            Practitioner,
            (Practitioner.county_id == Referral.county_id) & (Practitioner.id == Referral.practitioner_id),
        )
        .where(Referral.from_institution == actor.institution, within(Referral.issued_at, month))
        .order_by(Referral.issued_at.desc(), Referral.id)
    )
    return [
        Line(
            row.issued_at or row.created_at,
            number or "",
            person_line(resident),
            (
                row.diagnosis_text,
                "上转" if row.direction == "up" else "下转",
                _place(county, row.to_institution, row.to_department),
                CATEGORIES.get(row.category, row.category),
                doctor,
                *_came_back(county, row),
            ),
            row.id if number else None,
        )
        for row, resident, doctor, number in session().execute(query)
    ]


def came(actor: Actor, month: date) -> list[Line]:
    """Return who came to the house's door in a month, the latest first, with a paper or without."""
    county = pack(actor.county_id)
    verifier = (
        select(func.coalesce(Practitioner.name, ""))
        .where(Practitioner.county_id == Arrival.county_id, Practitioner.id == Arrival.verified_by)
        .scalar_subquery()
    )
    query = (
        access.scoped_query(Arrival, actor, "arrival.read")
        .add_columns(Resident, ReferralCertificate.number, Referral.from_institution, verifier)
        .join(Resident, (Resident.county_id == Arrival.county_id) & (Resident.id == Arrival.resident_id))
        .outerjoin(
            ReferralCertificate,
            (ReferralCertificate.county_id == Arrival.county_id) & (ReferralCertificate.id == Arrival.certificate_id),
        )
        .outerjoin(Referral, (Referral.county_id == Arrival.county_id) & (Referral.id == Arrival.referral_id))
        .where(Arrival.institution == actor.institution, within(Arrival.at, month))
        .order_by(Arrival.at.desc(), Arrival.id)
    )
    return [
        Line(
            row.at,
            number or "",
            person_line(resident),
            (
                CAME_AS[row.came_as],
                number or "",
                institution_name(county, origin) or "",
                department_name(county, row.department) or "",
                CATEGORIES.get(row.category, row.category),
                by or "",
            ),
            row.referral_id if number else None,
        )
        for row, resident, number, origin, by in session().execute(query)
    ]


def sheet(book: str, lines: Sequence[Line]) -> Iterator[Sequence[str]]:
    """Yield a register as the rows of a spreadsheet, its heading first."""
    yield OUT if book == "out" else IN
    for line in lines:
        who = (
            f"{line.person.name}（{SEX.get(line.person.sex, '')}）",
            str(line.person.birth_year),
            line.person.village,
        )
        first = (_day(line.at), line.number) if book == "out" else (_day(line.at),)
        yield (*first, *who, *line.cells)


def _came_back(county: Pack, row: Referral) -> tuple[str, str]:
    came, back = _day(row.arrived_at) or "还没到", "回来了" if row.result_sealed else "还没有"
    if county.institutions.institution(row.to_institution).outside:
        # Nobody there writes anything here: what stands is what family, paper or telephone told.
        return f"{came}（听说）" if row.arrived_at else "没有消息", f"{back}（听说）" if row.result_sealed else back
    return came, back


def _day(instant: datetime | None) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d}" if instant else ""


def _place(county: Pack, institution: str, department: str | None) -> str:
    return f"{institution_name(county, institution) or institution}{department_name(county, department) or ''}"
