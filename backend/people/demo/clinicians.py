"""Everybody who works in the demonstration, from the pack's institutions: all roles, each with a name."""

from collections.abc import Iterator
from random import Random
from typing import Any

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.kernel.roles import Role
from backend.people.demo.naming import peoples
from backend.people.demo.numbers import PHONE_RANGE
from backend.people.demo.shape import DemoClinician, DemoPlace, DemoTeam

SPECIALTIES = ("cardiology", "neurology", "endocrinology", "orthopedics", "pediatrics", "respiratory")
WARDS = ("cardiology", "neurology", "orthopedics")
GENERAL = "general_practice"


class Staff:
    """Hires people one by one; names of the story come from the cast, the others are made up."""

    def __init__(self, random: Random, cast: dict[str, Any]) -> None:
        self.random = random
        self.named = {entry["key"]: entry for entry in cast.get("clinicians", [])}
        self.phone_number = int(cast["clinician_phone_from"])
        self.hired: dict[str, DemoClinician] = {}

    def hire(self, key: str, title: str, *places: DemoPlace) -> str:
        """Add somebody and return their key."""
        self.phone_number += 1
        entry = self.named.get(key, {})
        sex = self.random.choice(("male", "female"))
        han = peoples()["汉族"]
        name = entry.get("name") or han.child_name(self.random, sex, han.surname(self.random))
        licence = "" if title in ("clerk", "officer") else f"样{self.phone_number:08d}"
        self.hired[key] = DemoClinician(
            key=key,
            name=name,
            title=entry.get("title", title),
            licence=licence,
            phone=f"{PHONE_RANGE}{self.phone_number:04d}",
            places=places,
        )
        return key


def make_staff(random: Random, pack: Pack, cast: dict[str, Any]) -> tuple[list[DemoClinician], list[DemoTeam]]:
    """The whole staff, and two care teams in each township of the cast, so that there is a choice (XM-5.2c)."""
    staff = Staff(random, cast)
    teams = [team for town in cast["towns"] for team in _township(staff, pack, town)]
    for hospital in pack.institutions.of_kind("county_hospital", "county_tcm_hospital"):
        _hospital(staff, pack, hospital)
    agency = pack.institutions.of_kind("insurance_agency")[0].code
    bureau = pack.institutions.of_kind("health_bureau")[0].code
    staff.hire("insurance-officer", "officer", DemoPlace(Role.INSURANCE_AGENCY, agency))
    staff.hire("insurance-officer-second", "officer", DemoPlace(Role.INSURANCE_AGENCY, agency))
    staff.hire("bureau-officer", "officer", DemoPlace(Role.BUREAU, bureau))
    staff.hire("operator", "officer", DemoPlace(Role.OPERATOR, bureau))
    return list(staff.hired.values()), teams


def _township(staff: Staff, pack: Pack, town: str) -> list[DemoTeam]:
    place = next(e for e in pack.institutions.institutions if e.town == town and e.kind != "village_clinic")
    code = place.code
    leaders = [
        staff.hire(key, "attending", DemoPlace(Role.FAMILY_DOCTOR, code, GENERAL))
        for key in (f"family-doctor-{town}", f"family-doctor-{town}-second")
    ]
    nurses = [
        staff.hire(key, "resident", DemoPlace(Role.TEAM_NURSE, code, GENERAL))
        for key in (f"nurse-{town}", f"nurse-{town}-second")
    ]
    villages: list[str] = []
    for clinic in _clinics(pack, code):
        staff.hire(f"village-doctor-{clinic.villages[0]}", "rural", DemoPlace(Role.VILLAGE_DOCTOR, clinic.code))
        villages.extend(clinic.villages)
    staff.hire(f"department-head-{town}", "associate_chief", DemoPlace(Role.DEPARTMENT_HEAD, code, GENERAL))
    duty = DemoPlace(Role.MEDICAL_OFFICE, code, None, "vice-president")
    staff.hire(f"vice-president-{town}", "associate_chief", duty)
    office = staff.hire(f"public-health-{town}", "resident", DemoPlace(Role.PUBLIC_HEALTH, code, "public_health"))
    staff.hire(f"desk-{town}", "clerk", DemoPlace(Role.DESK_CLERK, code, "referral_office"))
    staff.hire(f"pharmacist-{town}", "resident", DemoPlace(Role.PHARMACIST, code, "pharmacy"))
    staff.hire(f"dispenser-{town}", "clerk", DemoPlace(Role.DISPENSER, code, "pharmacy"))
    half = (len(villages) + 1) // 2
    return [
        DemoTeam(
            key=f"team-{leader.removeprefix('family-doctor-')}",
            name=f"{place.short_name}{staff.hired[leader].name[:1]}医生小组",
            institution=code,
            leader=leader,
            members=(leader, nurse, *(f"village-doctor-{village}" for village in mine), office),
            villages=tuple(mine),
            phone=staff.hired[leader].phone,
        )
        for leader, nurse, mine in zip(leaders, nurses, (villages[:half], villages[half:]), strict=True)
    ]


def _clinics(pack: Pack, township: str) -> Iterator[InstitutionEntry]:
    return (e for e in pack.institutions.institutions if e.kind == "village_clinic" and e.parent == township)


def _hospital(staff: Staff, pack: Pack, hospital: InstitutionEntry) -> None:
    code = hospital.code
    # The county's first hospital gives the plain keys, so that the story and the pack can name its people.
    first = pack.institutions.of_kind("county_hospital", "county_tcm_hospital")[0]
    after = "" if hospital is first else f"-{code}"
    for specialty in SPECIALTIES:
        if specialty in hospital.departments:
            places = [DemoPlace(Role.SPECIALIST, code, specialty), *_outreach(pack, f"specialist-{specialty}{after}")]
            staff.hire(f"specialist-{specialty}{after}", "associate_chief", *places)
    for ward in WARDS:
        staff.hire(f"ward-doctor-{ward}{after}", "attending", DemoPlace(Role.WARD_DOCTOR, code, ward))
        staff.hire(f"department-head-{ward}{after}", "chief", DemoPlace(Role.DEPARTMENT_HEAD, code, ward))
    staff.hire(f"desk-day{after}", "clerk", DemoPlace(Role.DESK_CLERK, code, "referral_office"))
    staff.hire(f"desk-night{after}", "clerk", DemoPlace(Role.DESK_CLERK, code, "referral_office"))
    office = DemoPlace(Role.MEDICAL_OFFICE, code, "medical_office", "duty-chief")
    staff.hire(f"medical-office{after}", "associate_chief", office)
    staff.hire(f"pharmacist{after}", "attending", DemoPlace(Role.PHARMACIST, code, "pharmacy"))
    staff.hire(f"dispenser{after}", "clerk", DemoPlace(Role.DISPENSER, code, "pharmacy"))
    for chain in pack.referral.chains:
        for step in chain.steps:
            for seat in step.authorised_offices:
                if seat.institution == code and f"authorised-office{after}" not in staff.hired:
                    place = DemoPlace(seat.role, code, seat.department)
                    staff.hire(f"authorised-office{after}", "officer", place)


def _outreach(pack: Pack, key: str) -> list[DemoPlace]:
    return [
        DemoPlace(Role.SPECIALIST, session.site, session.department)
        for session in pack.booking.outreach
        if session.practitioner == key
    ]
