"""Went above by themselves: written down, told in plain words what changes, asked after. MS-4.2.3d, MS-4.2.3e.

No certificate comes of it, also not afterwards; and nobody is kept from going.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import TOWNSHIP_KINDS
from backend.alliance.queries import pack
from backend.contracts.queries import team_of
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor, Role
from backend.people.events import ResidentDied
from backend.people.models import Resident
from backend.referrals.homeward import town_of
from backend.referrals.models_direct import DirectVisit
from backend.referrals.numbers import new_registration_number
from backend.store import access, audit, clock
from backend.store.db import session
from backend.worklist.service import Owner, close_tasks, open_task

FOCUS, TASK = "direct_visit", "referral.direct_visit"
UPPER_TIERS = ("prefecture", "province")


@dataclass(frozen=True, slots=True)
class Going:
    """Who went where and why, and how we know. `late_reason` is asked for when it was some days ago."""

    resident_id: UUID
    hospital: str
    level: str
    kind: str  # visit | stay
    went_on: date
    reason: str
    by_phone: bool = False
    late_reason: str | None = None


def upper_levels(county: Pack) -> tuple[str, ...]:
    """Return the codes of the levels that this is about: prefecture and above."""
    return tuple(one.code for one in county.county.levels if one.tier in UPPER_TIERS)


def register(actor: Actor, going: Going) -> DirectVisit:
    """Write down that somebody went by themselves, and have them asked after.

    Raises Invalid for what is not in the county's lists, for a day to come or too long ago, and for a late one
    without its reason; Conflict (by the database) when it was written down before.
    """
    resident = access.authorize(Resident, going.resident_id, actor, "direct_visit.register")
    county, today = pack(actor.county_id), local_day(clock.now())
    hospital, level = _hospital(county, going)
    late = _require(county, going, level, today)
    if resident.died_on is not None and going.went_on > resident.died_on:
        raise Invalid("died_before", "档案里登记这位居民那天以前已经去世，请核对是哪天去的、是不是这个人。")
    own = actor.practitioner_id is None
    row = DirectVisit(
        county_id=actor.county_id,
        resident_id=resident.id,
        number=new_registration_number(today.year),
        hospital=hospital,
        level=level,
        kind=going.kind,
        went_on=going.went_on,
        reason=going.reason,
        told_how="self" if own else "phone" if going.by_phone else "desk",
        late=late,
        late_reason=going.late_reason if late else None,
        registered_on=today,
        registered_by=actor.practitioner_id,
        institution=None if own else actor.institution,
    )
    session().add(row)
    session().flush()
    audit.record(
        session(),
        actor,
        "direct_visit.register",
        FOCUS,
        row.id,
        resident_id=resident.id,
        detail={"level": row.level, "kind": row.kind, "late": late, "how": row.told_how},
    )
    if resident.died_on is None:
        _ask_after(county, row)
    return row


def on_died(event: ResidentDied) -> None:
    """Nobody phones a family to ask how somebody is who has died."""
    rows = session().scalars(
        select(DirectVisit.id).where(
            DirectVisit.county_id == event.county_id, DirectVisit.resident_id == event.resident_id
        )
    )
    for visit_id in rows.all():
        close_tasks(event.county_id, (FOCUS, visit_id), "died", kind=TASK)


def changes(county: Pack) -> tuple[list[str], str]:
    """Return in plain words what changes for whoever goes by themselves, and the rule or setting that says so."""
    section = county.referral
    words, source = without_certificate(county)
    if section.out_of_county.filing_needed:
        words.append(section.out_of_county.filing_text)
    return [*words, f"{section.direct_visits.told}。"], source or section.own_wish.source


def without_certificate(county: Pack) -> tuple[list[str], str | None]:
    """Return what having no certificate changes, and whose rule that is; nothing bars anybody."""
    rule = county.insurance.without_certificate
    if rule is None:
        return [], None
    return [f"{rule.text}{'（样例）' if rule.sample else ''}", "看病不受影响，没有证明也可以看。"], rule.source


def _require(county: Pack, going: Going, level: str, today: date) -> bool:
    rule = county.referral.direct_visits
    if level not in upper_levels(county):
        names = "、".join(county.county.level(code).name for code in upper_levels(county))
        raise Invalid("not_above", f"这里只登记去{names}医院的。在本县看病不用登记。")
    if going.went_on > today:
        raise Invalid("date_to_come", "还没去的先不用登记。要去请先问家庭医生能不能转诊，转诊报得多些。")
    if going.went_on < today - timedelta(days=rule.oldest_days):
        raise Invalid("too_long_ago", f"{rule.oldest_days} 天以前的不再登记（本县设置）。病情请直接告诉家庭医生。")
    if all(one.code != going.reason for one in rule.reasons):
        raise Invalid("no_reason", "请从列表里选为什么自己去。")
    late = going.went_on < today - timedelta(days=rule.late_after_days)
    if late and all(one.code != going.late_reason for one in rule.late_reasons):
        text = f"去了已超过 {rule.late_after_days} 天，这是补登记，请选为什么现在才登记（本县设置）。"
        raise Invalid("late_reason", text)
    return late


def _hospital(county: Pack, going: Going) -> tuple[str, str]:
    """Return a hospital of the pack by its full name and its own level, however it was named; others as they were said.

    So the same going out is one row, and a hospital of the county is none above.
    """
    for one in county.institutions.institutions:
        if one.treats and going.hospital in (one.code, one.name, one.short_name):
            return one.name, one.level
    return going.hospital, going.level


def _ask_after(county: Pack, row: DirectVisit) -> None:
    """Somebody named asks how they are and whether a discharge summary came home."""
    team = team_of(row.county_id, row.resident_id)
    town = town_of(county, row.resident_id)
    house = next((one.code for one in county.institutions.of_kind(*sorted(TOWNSHIP_KINDS)) if one.town == town), None)
    bureau = Owner(role=Role.BUREAU, institution=county.institutions.of_kind("health_bureau")[0].code)
    named = Owner(practitioner_id=team.family_doctor_id) if team and team.family_doctor_id else None
    pool = Owner(role=Role.FAMILY_DOCTOR, institution=team.institution if team else house)
    owner = named or (pool if pool.institution else bureau)
    days = county.referral.direct_visits.ask_after_days
    day = clock.now()
    open_task(
        row.county_id,
        TASK,
        owner,
        dedupe_key=f"{TASK}:{row.id}",
        due_at=day + timedelta(days=days),
        focus=(FOCUS, row.id),
        resident_id=row.resident_id,
        ladder=[pool.step(days * 24 * 60)] if named and pool.institution else [],
        detail={"kind": row.kind},
    )
