"""Writing residents down and putting their head of record right. ID-03 to ID-07."""

from datetime import date

from sqlalchemy import func, select

from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, Invalid, Stale
from backend.kernel.roles import Actor, Role
from backend.people.claims import phone_index
from backend.people.events import ResidentDied
from backend.people.identity import IdentityRefused, read_identity_number
from backend.people.models import Account, Resident
from backend.people.names import folded_name
from backend.people.pinyin import pinyin_of
from backend.people.resident_schemas import Correction, NewResident
from backend.people.residents import id_number_index
from backend.store import access, audit, clock, events
from backend.store.db import session
from backend.store.vault import vault

_LAST_SEQUENCE = 99_999
_PLAIN = ("language", "away_at", "own_wages", "household", "household_head")


def register(actor: Actor, new: NewResident) -> Resident:
    """Write somebody down under a new record number of their village.

    Raises Forbidden for a village one does not serve, Invalid for a birth date or number that cannot be.
    """
    access.allow(actor, "resident.register")
    if new.village not in actor.villages:
        raise Forbidden("not_your_village", "这个村不归您管。请让那个村的村医来登记。")
    day = local_day(clock.now())
    if new.birth_on > day:
        raise Invalid("birth_on", "出生日期还没到，请检查。")
    row = Resident(
        county_id=actor.county_id,
        name=new.name,
        name_folded=folded_name(new.name),
        name_pinyin=pinyin_of(new.name),
        sex=new.sex,
        birth_on=new.birth_on,
        ethnicity=new.ethnicity,
        record_number=_next_record_number(actor.county_id, new.village),
        village=new.village,
        household=new.household,
        household_head=new.household_head or new.name,
        language=new.language,
    )
    if new.id_number:
        _set_id_number(row, new.id_number, day)
    _set_phone(row, new.phone)
    vault().seal(row, "address", new.address or None)
    session().add(row)
    session().flush()
    audit.record(session(), actor, "resident.register", "resident", row.id, resident_id=row.id)
    return row


def correct(actor: Actor, row: Resident, change: Correction, seen_version: int | None) -> Resident:
    """Put right what is given; the row is locked. Raises Stale when it changed meanwhile, Forbidden, Invalid."""
    if seen_version is not None and seen_version != row.version:
        raise Stale("stale", "刚才有人改过这份档案，请刷新后再改。")
    given = change.model_fields_set - {"papers_seen"}
    if given & {"name", "id_number", "died_on", "own_wages"} and not actor.has(
        Role.VILLAGE_DOCTOR, Role.PUBLIC_HEALTH, Role.FAMILY_DOCTOR
    ):
        raise Forbidden("staff_only", "姓名、证件和去世登记由村医或公卫科看过证明来改。")
    if change.name:
        row.name, row.name_folded, row.name_pinyin = change.name, folded_name(change.name), pinyin_of(change.name)
    if change.id_number:
        _set_id_number(row, change.id_number, local_day(clock.now()))
    if "phone" in given:
        _set_phone(row, change.phone)
    if "address" in given:
        vault().seal(row, "address", change.address or None)
    for name in _PLAIN:
        if name in given and (value := getattr(change, name)) is not None:
            setattr(row, name, value or (None if name == "away_at" else value))
    if change.died_on:
        _die(row, change.died_on)
    row.version += 1
    session().flush()
    detail = {"fields": sorted(given)}
    audit.record(session(), actor, "resident.correct", "resident", row.id, resident_id=row.id, detail=detail)
    return row


def _set_id_number(row: Resident, text: str, day: date) -> None:
    try:
        read = read_identity_number(text, day)
    except IdentityRefused as reason:
        raise Invalid("id_number", str(reason)) from reason
    if read.birth_on != row.birth_on or row.sex not in (read.sex, "unknown"):
        raise Invalid("id_number_other", "身份证号里的出生日期或性别和填的对不上，请对着证件再看一遍。")
    row.id_number_index = id_number_index(read.number)
    vault().seal(row, "id_number", read.number)


def _set_phone(row: Resident, phone: str | None) -> None:
    row.phone_index = phone_index(phone) if phone else None
    vault().seal(row, "phone", phone or None)


def _die(row: Resident, day: date) -> None:
    if not row.birth_on <= day <= local_day(clock.now()):
        raise Invalid("died_on", "去世日期不对，请检查。")
    row.died_on = day
    # Nobody goes on as the dead: the phone is free for its owner's own affairs.
    account = session().scalar(
        select(Account).where(Account.county_id == row.county_id, Account.resident_id == row.id).with_for_update()
    )
    if account is not None:
        account.resident_id, account.assurance = None, "none"
    session().flush()
    events.publish(ResidentDied(county_id=row.county_id, resident_id=row.id))


def _next_record_number(county_id: str, village_code: str) -> str:
    """17 digits: county 6, township 3, village 3, sequence 5 (ID-06). Two at once: the second is told to try again."""
    county = pack(county_id)
    town = next((town for town in county.places.towns if any(one.code == village_code for one in town.villages)), None)
    if town is None:
        raise Invalid("no_such_village", "没有这个村，请重新选。")
    village = county.places.village(village_code)
    prefix = f"{county.county.code}{town.record_code}{village.record_code}"
    last = session().scalar(
        select(func.max(Resident.record_number)).where(
            Resident.county_id == county_id, Resident.record_number.startswith(prefix)
        )
    )
    sequence = int(last[-5:]) + 1 if last else 1
    if sequence > _LAST_SEQUENCE:
        raise Conflict("no_number_left", "这个村的档案号用完了，请找管理员。")
    return f"{prefix}{sequence:05d}"
