"""Who stands at the desk: by certificate (QR or number), check-in code, or their papers. Nobody is turned away."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from backend.alliance.queries import pack
from backend.booking import queries as places
from backend.booking.arriving import category_of, place_of
from backend.booking.codes import read_code
from backend.booking.models import Appointment
from backend.booking.queries_beds import bed_of_referral
from backend.booking.states import AppointmentStatus, BedStatus
from backend.booking.views import KIND_NAMES
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid, NotFound
from backend.kernel.roles import Actor
from backend.people import residents
from backend.people.models import Resident
from backend.people.resident_schemas import FoundPerson, LookUp
from backend.records.schemas import PersonLine
from backend.records.views import department_name, institution_name, person_line, veiled
from backend.referrals.certificate_state import latest, state_of
from backend.referrals.comeback import open_way_back
from backend.referrals.models import Referral
from backend.referrals.models_certificate import ReferralCertificate
from backend.referrals.sight import may_name, may_read_illness
from backend.referrals.states import LIVE
from backend.referrals.tracks import tracks_of
from backend.referrals.verification import Verified, scan, tells_whom, verify
from backend.store import audit, clock
from backend.store.db import session

_ID_NUMBER = re.compile(r"[0-9]{15}|[0-9]{17}[0-9Xx]")
_RECORD_NUMBER = re.compile(r"[0-9]{17}")
_NAME_AND_BIRTH = re.compile(r"(.+?)\s*([0-9]{4})[-./年]?([0-9]{1,2})[-./月]?([0-9]{1,2})日?")


@dataclass(frozen=True, slots=True)
class Guest:
    """One person at the desk, and what is known of why they came. Without a referral they are received all the same."""

    person: PersonLine
    referral_id: UUID | None = None
    certificate: str = ""  # as it was scanned or typed, so that the register knows how it was verified
    paper: str = "没有转诊证明"
    paper_good: bool = False
    from_name: str = ""
    department: str | None = None
    department_name: str | None = None
    category: str = "outpatient"
    diagnosis: str = ""
    starts_at: datetime | None = None
    bed: str | None = None
    here: bool = False
    elsewhere: str = ""
    print_id: UUID | None = None  # of the referral whose paper may be printed here
    back: bool = False  # sent down from here, and back within the days that were promised
    veiled: bool = False  # only a number was typed, in a house that is not on the paper
    emergency: bool = False  # known before they came: the desk need not say it again

    @property
    def early(self) -> bool:
        """Whether the place is of a later day: who is taken in now has used it."""
        return self.starts_at is not None and not self.here and local_day(self.starts_at) > local_day(clock.now())


def look(actor: Actor, said: str) -> list[Guest]:
    """Return who it may be. Raises NotFound or Invalid with what else to try; namesakes come back as several."""
    if scan(said) is not None:
        try:
            verified = verify(actor, said)
        except NotFound:
            # One record number in 37 looks like a certificate's: its person is not sent away for that.
            if not _RECORD_NUMBER.fullmatch(said.replace(" ", "")):
                raise
        else:
            referral = session().get_one(Referral, (actor.county_id, verified.certificate.referral_id))
            back = _sent_down_from_here(actor, referral.resident_id) if referral.direction == "down" else None
            return [back or of_referral(actor, referral, verified, said)]
    code = read_code(said)
    if code is not None:
        row = session().scalar(
            select(Appointment).where(
                Appointment.county_id == actor.county_id,
                Appointment.institution == actor.institution,
                Appointment.code == code,
            )
        )
        if row is not None:
            audit.record(session(), actor, "appointment.read", "appointment", row.id, resident_id=row.resident_id)
            return [of_appointment(actor, row)]
    return [_of_person(actor, found) for found in residents.look_up(actor, papers(said))]


def of_appointment(actor: Actor, row: Appointment) -> Guest:
    """Return the person of an appointment that this house may read; most places ask for no referral."""
    if row.referral_id is None:
        return Guest(
            person=_person(row.county_id, row.resident_id),
            paper=f"{KIND_NAMES[row.kind]}，没有转诊证明也照常看",
            department=row.department,
            department_name=department_name(pack(row.county_id), row.department),
            category="examination" if row.order_id else "outpatient",
            starts_at=row.starts_at if row.status in places.LIVE else None,
            here=row.status == AppointmentStatus.ARRIVED,
        )
    referral = session().get_one(Referral, (row.county_id, row.referral_id))
    # A house that it was turned away from knows no more of it: not where to, nor what for.
    ours = actor.institution in (referral.to_institution, referral.from_institution)
    if ours and may_name(tracks_of(referral), actor):
        return of_referral(actor, referral)
    # They stand here with their own code: received, and nothing is told of what they have not agreed to.
    return Guest(
        person=_person(row.county_id, row.resident_id),
        paper="转诊要病人重新同意，没有证明也照常看",
        department=row.department,
        department_name=department_name(pack(row.county_id), row.department),
        starts_at=row.starts_at if row.status in places.LIVE else None,
        here=row.status == AppointmentStatus.ARRIVED,
    )


def of_referral(actor: Actor, referral: Referral, verified: Verified | None = None, said: str = "") -> Guest:
    """Return the person of a referral, with the certificate as it stands today."""
    county = pack(referral.county_id)
    place = _coming_for(actor, referral)
    bed = bed_of_referral(referral.county_id, referral.id)
    certificate = verified.certificate if verified else latest(referral)
    to_us = referral.to_institution == actor.institution
    # A paper in the hand says whose it is; what was agreed to and withdrawn is told no longer.
    t = tracks_of(referral)
    named, whom = may_name(t, actor), verified is None or tells_whom(verified, actor)
    person = _person(referral.county_id, referral.resident_id)
    department = referral.to_department or (place.department if place and place.status in places.LIVE else None)
    return Guest(
        person=person if whom else veiled(person),
        referral_id=referral.id if to_us else None,
        certificate=said,
        paper=_paper(certificate, verified),
        paper_good=certificate is not None and _good(certificate, verified),
        from_name=institution_name(county, referral.from_institution) or "",
        department=department if to_us else None,
        department_name=department_name(county, department) if whom else None,
        category=category_of(referral),
        diagnosis=referral.diagnosis_text if whom and may_read_illness(t, actor) else "",
        starts_at=place.starts_at if whom and place and place.status in places.LIVE else None,
        bed=bed.bed if whom and bed and bed.status == BedStatus.HELD else None,
        here=whom and referral.arrived_at is not None,
        elsewhere="" if to_us else institution_name(county, referral.to_institution) or "",
        print_id=referral.id if to_us and named and certificate is not None else None,
        veiled=not whom,
        emergency=to_us and referral.emergency,
    )


def _coming_for(actor: Actor, referral: Referral) -> Appointment | None:
    used = place_of(referral) if referral.to_institution == actor.institution else None
    return used or places.place_of_referral(referral.county_id, referral.id)


def papers(said: str) -> LookUp:
    """Return what somebody may be found by: a number of their papers, or name and day of birth. Raises Invalid."""
    plain = said.replace(" ", "")
    if _RECORD_NUMBER.fullmatch(plain):
        return LookUp(record_number=plain)
    if _ID_NUMBER.fullmatch(plain):
        return LookUp(id_number=plain)
    named = _NAME_AND_BIRTH.fullmatch(said.strip())
    if named is not None:
        try:
            born = date(int(named[2]), int(named[3]), int(named[4]))
        except ValueError as error:
            raise Invalid("no_day", "出生日期不对，请按 1958-03-01 这样写。") from error
        return LookUp(name=named[1], birth_on=born)
    raise Invalid(
        "cannot_read",
        "认不出这是什么。请扫证明上的码，或输：证明号、报到码、身份证号、档案号，或者“姓名 1958-03-01”。",
    )


def _paper(certificate: ReferralCertificate | None, verified: Verified | None) -> str:
    if certificate is None:
        return "证明还没开好，先看病，证明后补"
    if verified is not None and verified.signed is False:
        return "这个码不是本县签发的，请看原件"
    state = state_of(certificate)
    return f"{state.text}（到 {certificate.valid_until:%-m月%-d日}）" if state.word == "valid" else state.text


def _good(certificate: ReferralCertificate, verified: Verified | None) -> bool:
    return state_of(certificate).word == "valid" and (verified is None or verified.signed is not False)


def _of_person(actor: Actor, found: FoundPerson) -> Guest:
    # Whoever is on the way to this house is received as such, also without the paper in the hand.
    coming = session().scalar(
        select(Referral)
        .where(
            Referral.county_id == actor.county_id,
            Referral.resident_id == found.id,
            Referral.to_institution == actor.institution,
            Referral.status.in_(LIVE),
        )
        .order_by(Referral.id.desc())
        .limit(1)
    )
    # Before consent the house knows a sex and an age: papers typed here do not join a name to what it was asked.
    if coming is not None and may_name(tracks_of(coming), actor):
        return of_referral(actor, coming)
    return _sent_down_from_here(actor, found.id) or Guest(person=_person(actor.county_id, found.id))


def _sent_down_from_here(actor: Actor, resident_id: UUID) -> Guest | None:
    # This house sent them down and its page for the family said so: no queue, also without a paper.
    back = open_way_back(actor.county_id, resident_id, actor.institution or "")
    if back is None:
        return None
    down, until = back
    county = pack(actor.county_id)
    return Guest(
        person=_person(actor.county_id, resident_id),
        paper=f"{until:%-m月%-d日} 前回来不用重新排队",
        back=True,
        from_name=institution_name(county, down.to_institution) or "",
        department=down.from_department,
        department_name=department_name(county, down.from_department),
        diagnosis=down.diagnosis_text,
    )


def _person(county_id: str, resident_id: UUID) -> PersonLine:
    resident = session().get(Resident, (county_id, resident_id))
    assert resident is not None
    return person_line(resident)
