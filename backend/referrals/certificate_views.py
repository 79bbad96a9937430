"""The certificate and the register as bodies of the API."""

from uuid import UUID

import segno

from backend.alliance.packs.sections.county import WorkingHours
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import NotFound
from backend.kernel.roles import Actor
from backend.records.views import department_name, institution_name, person_of, veiled
from backend.referrals.bodies_certificate import (
    ArrivalBody,
    CertificateBody,
    DeskLine,
    DesksBody,
    RowBody,
    VerifiedBody,
)
from backend.referrals.certificate_state import facts_of, latest, state_of
from backend.referrals.form_rows import rows
from backend.referrals.form_since import since_issue
from backend.referrals.models import Referral
from backend.referrals.models_certificate import Arrival, ReferralCertificate
from backend.referrals.numbers import grouped
from backend.referrals.paper import Print
from backend.referrals.sight import may_read_illness
from backend.referrals.tracks import tracks_of
from backend.referrals.verification import Verified, address, tells_whom
from backend.referrals.waiting import DESK_OFFICES
from backend.store import clock, files
from backend.store.db import session

CAME_AS = {"referred": "按转诊登记", "not_referred": "没有转诊", "emergency": "急诊", "special": "特殊情况"}
_DAYS = "一二三四五六日"


def present(referral: Referral) -> ReferralCertificate:
    """Return the newest certificate of a referral. Raises NotFound before there is one."""
    found = latest(referral)
    if found is None:
        raise NotFound("no_certificate_yet", "证明还没开好；同意、医院答复和签字都齐了，它自己会出来。")
    return found


def certificate_body(certificate: ReferralCertificate) -> CertificateBody:
    """Return the page of a certificate. The QR goes as a picture in itself."""
    facts, state = facts_of(certificate), state_of(certificate)
    since, link = since_issue(certificate, facts), address(certificate)
    return CertificateBody(
        number=certificate.number,
        printed_number=grouped(certificate.number),
        title=facts["title"],
        direction=facts["direction"],
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        uses=certificate.uses,
        uses_left=state.uses_left,
        state=state.word,
        text=state.text,
        late=state.late,
        replaced_by=grouped(state.by_number) if state.by_number else None,
        rows=[RowBody(number=one.number, label=one.label, text=one.text) for one in rows(facts, since)],
        seal=facts["seal"],
        sample=facts["sample"],
        certificate_source=facts["certificate_source"],
        code_image=segno.make(link, error="m", micro=False).png_data_uri(scale=6, border=2),
        verify_url=link,
        pdf_url=f"/referrals/{certificate.referral_id}/certificate.pdf",
    )


def print_of(certificate: ReferralCertificate) -> Print:
    """Return what is printed."""
    facts = facts_of(certificate)
    signature = None
    try:
        file_id = UUID(facts["consent"]["signature_file_id"])
        _, signature = files.get(session(), certificate.county_id, file_id)
    except NotFound:
        signature = None  # erased at the person's wish: the lines still say that there was one
    return Print(
        facts=facts,
        since=since_issue(certificate, facts),
        state=state_of(certificate).text,
        qr=address(certificate),
        signature=signature,
    )


def verified_body(verified: Verified, actor: Actor) -> VerifiedBody:
    """Return what the desk sees."""
    certificate, state = verified.certificate, verified.state
    referral = session().get(Referral, (certificate.county_id, certificate.referral_id))
    assert referral is not None
    county = pack(certificate.county_id)
    real, whom = verified.signed is not False, tells_whom(verified, actor)
    person = person_of(certificate.county_id, certificate.resident_id)
    return VerifiedBody(
        number=certificate.number,
        printed_number=grouped(certificate.number),
        state=state.word if real else "forged",
        state_text=state.text if real else "这张纸上的签章对不上，请看原件",
        late=state.late,
        signed=verified.signed,
        referral_id=referral.id,
        person=person if whom else veiled(person),
        from_name=institution_name(county, certificate.from_institution) or "",
        to_name=institution_name(county, certificate.to_institution) or "",
        for_us=certificate.to_institution == actor.institution,
        category=referral.category,
        # Who withdrew is still received by the paper; what it was about is told to the hospital no longer.
        diagnosis_text=referral.diagnosis_text if whom and may_read_illness(tracks_of(referral), actor) else "",
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        uses_left=state.uses_left,
        may_admit=True,
        came_as="referred" if real and state.serves(referral.category) else "not_referred",
    )


def arrival_body(row: Arrival) -> ArrivalBody:
    """Return one line of the register."""
    county = pack(row.county_id)
    return ArrivalBody(
        id=row.id,
        person=person_of(row.county_id, row.resident_id),
        institution_name=institution_name(county, row.institution) or "",
        department_name=department_name(county, row.department),
        category=row.category,
        came_as=row.came_as,
        came_as_text=CAME_AS[row.came_as],
        exemption=row.exemption,
        referral_id=row.referral_id,
        verified=row.verified_by is not None,
        verified_how=row.verified_how,
        benefit_note=row.benefit_note,
        at=row.at,
    )


def desks(county_id: str) -> DesksBody:
    """Return every referral desk of a county with its phones, nearest level first."""
    county, today = pack(county_id), local_day(clock.now())
    lines = []
    for entry in sorted(county.institutions.institutions, key=lambda one: county.county.level(one.level).rank):
        if entry.desk is None:
            continue
        hours = county.county.hours(DESK_OFFICES.get(entry.level, "referral_desk"), today)
        lines.append(
            DeskLine(
                institution=entry.code,
                name=entry.name,
                level_name=county.county.level(entry.level).name,
                town_name=county.places.town(entry.town).name if entry.town else None,
                desk=entry.desk.name,
                place=entry.desk.place,
                phones=list(entry.desk.phones),
                hours=_hours(hours),
            )
        )
    return DesksBody(county_name=county.county.name, emergency_phone=county.county.emergency_phone, items=lines)


def _hours(hours: WorkingHours | None) -> str:
    if hours is None:
        return "随时"
    spans = "、".join(f"{span.start:%H:%M}–{span.end:%H:%M}" for span in hours.spans)
    days = (
        "每天" if len(hours.weekdays) == 7 else f"周{_DAYS[hours.weekdays[0] - 1]}到周{_DAYS[hours.weekdays[-1] - 1]}"
    )
    return f"{days} {spans}，夜间打值班电话"
