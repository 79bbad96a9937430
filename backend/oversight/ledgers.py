"""Drills, training, rounds and lessons: who, when, what, how many; counted by month. XM-5.4d, MS-4.2.3c."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.roles import Actor, Role
from backend.oversight.models_ledger import LedgerEntry
from backend.oversight.months import next_month
from backend.store import access, audit, clock
from backend.store.db import session

AWAY = ("rounds", "teaching")
OLDEST_DAYS = 400
"""What is older than that is not written down here any more: a year's ledger is closed."""


@dataclass(frozen=True, slots=True)
class Held:
    """One entry as it is written down."""

    kind: str
    held_on: date
    led_by: str
    subject: str
    took_part: int
    host: str = ""
    patients: int | None = None


@dataclass(frozen=True, slots=True)
class HouseMonth:
    """What one house held in a month: times and people by kind, and patients seen on rounds."""

    name: str
    times: dict[str, int]
    people: dict[str, int]
    patients: int


@dataclass(frozen=True, slots=True)
class Visits:
    """What houses above held at a house in a month: rounds, patients seen on them, lessons."""

    rounds: int
    patients: int
    lessons: int


def write(actor: Actor, held: Held) -> LedgerEntry:
    """Write one entry of the actor's own house. Raises Invalid where a part is missing or cannot be."""
    access.allow(actor, "ledger.write")
    county, today = pack_of(actor.county_id), local_day(clock.now())
    if actor.institution is None or held.kind not in {one.code for one in county.alliances.ledgers}:
        raise Invalid("no_ledger", "没有这本台账，请从列表里选。")
    if not held.led_by or not held.subject:
        raise Invalid("ledger_words", "请写谁带队、练了什么或讲了什么，以后好查。")
    if not today - timedelta(days=OLDEST_DAYS) <= held.held_on <= today:
        raise Invalid("ledger_day", "日期要在今天以前、一年以内。还没办的，办完再记。")
    if not 1 <= held.took_part <= 5000:
        raise Invalid("ledger_people", "请写来了多少人，最少 1 人。")
    if held.kind in AWAY and held.host not in {one.code for one in lower_houses(county, actor.institution)}:
        raise Invalid("ledger_host", "查房、带教要写去了下面哪一家，请从列表里选。")
    if held.kind == "rounds" and (held.patients is None or held.patients > 1000):
        raise Invalid("ledger_patients", "查房请写看了几位病人，一位也没有就写 0。")
    row = LedgerEntry(
        county_id=actor.county_id,
        kind=held.kind,
        institution=actor.institution,
        host=held.host if held.kind in AWAY else actor.institution,
        held_on=held.held_on,
        led_by=held.led_by,
        subject=held.subject,
        took_part=held.took_part,
        patients=held.patients if held.kind == "rounds" else None,
        registered_by=actor.practitioner_id,
    )
    session().add(row)
    session().flush()
    audit.record(
        session(), actor, "ledger.write", "ledger_entry", row.id, after=row.kind, detail={"on": str(row.held_on)}
    )
    return row


def strike(actor: Actor, entry_id: UUID, reason: str) -> LedgerEntry:
    """Strike an entry of the own house with a reason: it stays to be read and is counted no more.

    Raises NotFound for another house's, Conflict for one that is struck, Invalid without a reason.
    """
    access.allow(actor, "ledger.write")
    row = session().scalar(
        select(LedgerEntry)
        .where(
            LedgerEntry.county_id == actor.county_id,
            LedgerEntry.id == entry_id,
            LedgerEntry.institution == actor.institution,
        )
        .with_for_update()
    )
    if row is None:
        raise NotFound("no_entry", "没有找到这一条。只能划掉本院记的；别家记错了，请打电话告诉他们。")
    if row.struck_at is not None:
        raise Conflict("struck_before", "这一条已经划掉了，请刷新；要改的请再记一次。")
    if not reason:
        raise Invalid("strike_reason", "请写为什么划掉，以后好查。")
    row.struck_at, row.struck_by, row.strike_reason = clock.now(), actor.practitioner_id, reason
    session().flush()
    audit.record(
        session(), actor, "ledger.strike", "ledger_entry", row.id, before=row.kind, after="struck",
        detail={"on": str(row.held_on)},
    )  # fmt: skip
    return row


def entries(actor: Actor, month: date) -> list[LedgerEntry]:
    """Return a month's entries, the newest first: all for the bureau, else those held by or at the own house."""
    access.allow(actor, "ledger.read")
    query = select(LedgerEntry).where(LedgerEntry.county_id == actor.county_id, _in(month))
    if not actor.has(Role.BUREAU):
        query = query.where(or_(LedgerEntry.institution == actor.institution, LedgerEntry.host == actor.institution))
    return list(session().scalars(query.order_by(LedgerEntry.held_on.desc(), LedgerEntry.id.desc())))


def month_counts(county_id: str, month: date) -> list[HouseMonth]:
    """Return what each house held in a month, in the pack's order; houses that held nothing are left out."""
    rows = session().execute(
        select(
            LedgerEntry.institution,
            LedgerEntry.kind,
            func.count(),
            func.sum(LedgerEntry.took_part),
            func.sum(func.coalesce(LedgerEntry.patients, 0)),
        )
        .where(LedgerEntry.county_id == county_id, LedgerEntry.struck_at.is_(None), _in(month))
        .group_by(LedgerEntry.institution, LedgerEntry.kind)
    )
    found: dict[str, HouseMonth] = {}
    names = {one.code: one.short_name for one in pack_of(county_id).institutions.institutions}
    for institution, kind, times, people, patients in rows:
        before = found.get(institution) or HouseMonth(names.get(institution, institution), {}, {}, 0)
        found[institution] = HouseMonth(
            before.name,
            before.times | {kind: int(times)},
            before.people | {kind: int(people)},
            before.patients + int(patients),
        )
    return [found[code] for code in names if code in found]


def held_here(actor: Actor, rows: list[LedgerEntry]) -> Visits:
    """Return how often houses above came to the reader's own house for rounds and lessons, of a month's rows."""
    here = [
        one
        for one in rows
        if one.struck_at is None and one.host == actor.institution and one.institution != actor.institution
    ]
    rounds = [one for one in here if one.kind == "rounds"]
    return Visits(len(rounds), sum(one.patients or 0 for one in rounds), len(here) - len(rounds))


def lower_houses(county: Pack, institution: str) -> list[InstitutionEntry]:
    """Return the houses to which one goes down to make rounds or teach: those of a lower level in the county."""
    order = [one.code for one in county.county.levels]
    own = county.institutions.institution(institution)
    if own.level not in order:
        return []
    return [
        one
        for one in county.institutions.institutions
        if one.treats and not one.outside and one.level in order and order.index(one.level) < order.index(own.level)
    ]


def _in(month: date) -> ColumnElement[bool]:
    return (LedgerEntry.held_on >= month) & (LedgerEntry.held_on < next_month(month))
