"""What was told of a hospital without a desk here, and what may be answered by telephone, as bodies of the API."""

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.people.models import Practitioner
from backend.records.views import department_name, institution_name
from backend.referrals.bodies import Named
from backend.referrals.bodies_outside import DeclineReason, OtherHouse, PhoneOptionsBody
from backend.referrals.bodies_told import OutsideReportBody
from backend.referrals.choices import choices
from backend.referrals.models import Referral
from backend.referrals.models_outside import OutsideReport
from backend.referrals.outside_words import source_text, what_text
from backend.store import clock
from backend.store.db import session
from backend.store.vault import vault


def report_body(row: OutsideReport) -> OutsideReportBody:
    """Return what was told, with whose word it is and who wrote it down."""
    writer = session().get_one(Practitioner, (row.county_id, row.written_by))
    striker = session().get(Practitioner, (row.county_id, row.struck_by)) if row.struck_by else None
    return OutsideReportBody(
        id=row.id,
        source=row.source,
        source_text=source_text(row),
        told_by=row.told_by,
        what=what_text(row),
        came_on=row.came_on,
        ending=row.ending,
        ended_on=row.ended_on,
        not_gone=row.not_gone,
        summary=vault().open(row, "summary"),
        written_by=writer.name,
        written_at=row.created_at,
        struck_at=row.struck_at,
        struck_by=striker.name if striker else None,
        strike_reason=vault().open(row, "strike_reason"),
    )


def phone_options(referral: Referral) -> PhoneOptionsBody:
    """Return what a hospital outside can be asked on the telephone: departments, reasons for a no, and where else."""
    county = pack(referral.county_id)
    entry = county.institutions.institution(referral.to_institution)
    others = choices(county, referral.from_institution, referral.diagnosis_code, on=local_day(clock.now()))
    return PhoneOptionsBody(
        house=Named(code=entry.code, name=entry.name),
        phones=list(entry.desk.phones if entry.desk else entry.phones),
        department=referral.to_department,
        wanted_on=referral.wanted_on,
        departments=_named(
            referral.county_id,
            tuple(code for code in entry.departments if county.institutions.department(code).kind == "clinical"),
        ),
        decline_reasons=[
            DeclineReason(
                code=one.code, name=one.text, needs_date=one.needs_date, needs_department=one.needs_department
            )
            for one in county.referral.receiving.decline_reasons
        ],
        others=[
            OtherHouse(
                code=one.institution,
                name=institution_name(county, one.institution) or "",
                outside=one.outside,
                departments=_named(referral.county_id, one.departments),
            )
            for one in others
            if one.institution != referral.to_institution
        ],
    )


def _named(county_id: str, codes: tuple[str, ...]) -> list[Named]:
    county = pack(county_id)
    return [Named(code=code, name=department_name(county, code) or "") for code in codes]
