"""Staff accounts: made and reset by the operator, bound to the owner's WeChat once, ended at once."""

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.kernel.clock import local_day, machine_now
from backend.kernel.errors import Conflict, Invalid, NotFound
from backend.kernel.roles import Actor, Role
from backend.people import sessions
from backend.people.credentials import checked_pin, verified_staff
from backend.people.models import Account, Practitioner, PractitionerRole
from backend.people.names import stored_name
from backend.people.pinyin import pinyin_of
from backend.people.secrets import hash_secret
from backend.store import audit, clock
from backend.store.db import session
from backend.store.vault import vault

BIND_CODE_LIFE = timedelta(minutes=15)
_ISSUER = "联动"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is printed once and kept nowhere: the password, the TOTP secret, and its address for an app."""

    password: str
    totp: str
    address: str


@dataclass(frozen=True, slots=True)
class Place:
    """A role at an institution of the pack."""

    role: Role
    institution: str
    department: str | None = None
    duty: str | None = None


def operator(county_id: str) -> Actor:
    """Return the actor of a command typed by the operator at the server."""
    return Actor(county_id, None, frozenset({Role.OPERATOR}), name="操作员")


def create(
    current: Session,
    county_id: str,
    login: str,
    name: str,
    places: list[Place],
    *,
    title: str,
    licence: str,
    phone: str,
) -> Shown:
    """Make a practitioner with roles and a staff account. Raises Conflict for a login that is taken."""
    if not (3 <= len(login) <= 60 and login.isascii() and all(c.isalnum() or c in ".-_" for c in login)):
        raise Invalid("login_shape", "工作账号用 3 到 60 个英文字母、数字、点、横线。")
    practitioner = Practitioner(
        county_id=county_id,
        name=stored_name(name),
        name_pinyin=pinyin_of(name),
        title=title,
        licence=licence,
        phone=phone,
    )
    current.add(practitioner)
    current.flush()
    for place in places:
        add_place(current, county_id, practitioner.id, place)
    account = Account(county_id=county_id, practitioner_id=practitioner.id, login=login, assurance="staff")
    shown = _new_secrets(account)
    current.add(account)
    current.flush()
    audit.record(current, operator(county_id), "staff.create", "account", account.id)
    return shown


def add_place(current: Session, county_id: str, practitioner_id: UUID, place: Place) -> None:
    """Give somebody a role from today on; the first place they have is the main one."""
    row = PractitionerRole(
        county_id=county_id,
        practitioner_id=practitioner_id,
        role=place.role,
        institution=place.institution,
        department=place.department,
        duty=place.duty,
    )
    current.add(row)
    current.flush()
    detail = {"role": str(place.role), "institution": place.institution}
    audit.record(current, operator(county_id), "staff.role", "practitioner", practitioner_id, detail=detail)


def end_place(current: Session, county_id: str, practitioner_id: UUID, role: Role, institution: str) -> None:
    """End a role at once. Raises NotFound when they do not have it."""
    today = local_day(clock.now(current))
    rows = current.scalars(
        select(PractitionerRole).where(
            PractitionerRole.county_id == county_id,
            PractitionerRole.practitioner_id == practitioner_id,
            PractitionerRole.role == role,
            PractitionerRole.institution == institution,
            func.coalesce(PractitionerRole.until_on, today) >= today,
        )
    ).all()
    if not rows:
        raise NotFound("no_such_role", "这个人没有这个岗位。")
    for row in rows:
        row.until_on = _before(today)
    detail = {"ended": str(role), "institution": institution}
    audit.record(current, operator(county_id), "staff.role", "practitioner", practitioner_id, detail=detail)


def reset(current: Session, county_id: str, login: str) -> Shown:
    """Give a new password and TOTP secret; PIN and bind code are gone, every session ends, locks are lifted."""
    account = find(current, county_id, login)
    shown = _new_secrets(account)
    account.pin_hash, account.totp_step = None, 0
    account.bind_code_hash = account.bind_code_until = None  # whoever has the slip may be whom this is against
    account.failures, account.locked_until = 0, None
    account.pin_failures, account.pin_locked_until = 0, None
    sessions.end_all_of(current, county_id, account.id)
    audit.record(current, operator(county_id), "staff.reset", "account", account.id)
    return shown


def set_active(current: Session, county_id: str, login: str, *, active: bool) -> None:
    """Take away or give back the work identity, at once; what somebody is as a resident stays."""
    account = find(current, county_id, login)
    practitioner = current.get(Practitioner, (county_id, account.practitioner_id))
    assert practitioner is not None
    practitioner.active = active
    if not active:
        account.bind_code_hash = account.bind_code_until = None
        sessions.end_all_of(current, county_id, account.id)
    action = "staff.enable" if active else "staff.disable"
    audit.record(current, operator(county_id), action, "practitioner", practitioner.id)


def bind_code(current: Session, county_id: str, login: str) -> str:
    """Return a one-time code of a quarter of an hour for binding a new WeChat; the present one is let go."""
    account = find(current, county_id, login)
    if account.openid_index is not None:
        account = _split(current, account)
    code = secrets.token_hex(5)
    account.bind_code_hash = _bind_index(county_id, code)
    account.bind_code_until = machine_now() + BIND_CODE_LIFE
    audit.record(current, operator(county_id), "staff.bind_code", "account", account.id)
    return code


def bind(actor: Actor, pin: str, *, login: str, password: str, totp: str) -> None:
    """Bind the actor's WeChat to their staff account, shown by password and TOTP code, and set the PIN.

    Raises Unauthenticated, TooMany, Invalid, or Conflict when either side is bound already.
    """
    _bind_to(actor, verified_staff(login, password, totp, actor.county_id), checked_pin(pin))


def bind_by_code(actor: Actor, pin: str, code: str) -> None:
    """Bind by the operator's one-time code instead of password and TOTP. Raises Invalid for a wrong or old one."""
    staff = session().scalar(
        select(Account)
        .where(
            Account.county_id == actor.county_id,
            Account.bind_code_hash == _bind_index(actor.county_id, code.strip().lower()),
            Account.bind_code_until > machine_now(),
        )
        .with_for_update()
    )
    if staff is None:
        raise Invalid("code_wrong", "绑定码不对或过期了，请管理员再给一个。")
    _bind_to(actor, staff, checked_pin(pin))


def find(current: Session, county_id: str, login: str) -> Account:
    """Return a staff account by its login. Raises NotFound."""
    found = current.scalar(select(Account).where(Account.county_id == county_id, Account.login == login))
    if found is None:
        raise NotFound("no_such_login", f"{county_id} 没有工作账号 {login}。")
    return found


def _bind_to(actor: Actor, staff: Account, pin: str) -> None:
    current = session()
    own = current.get_one(Account, (actor.county_id, actor.account_id), with_for_update=True)
    # Another phone may have bound it since the password was checked.
    current.refresh(staff, with_for_update=True)
    if own.practitioner_id is not None:
        raise Conflict("already_bound", "这个微信已经绑定了工作身份。要换，请找管理员。")
    if staff.openid_index is not None or staff.practitioner_id is None:
        raise Conflict("bound_elsewhere", "这个工作账号绑着另一个微信。换了手机，请找管理员要绑定码。")
    practitioner_id, login = staff.practitioner_id, staff.login
    kept = staff.password_hash, vault().open(staff, "totp"), staff.totp_step
    staff.practitioner_id = staff.login = staff.password_hash = staff.totp_sealed = None
    staff.bind_code_hash = staff.bind_code_until = None
    staff.disabled_at, staff.merged_into = machine_now(), own.id
    sessions.end_all_of(current, staff.county_id, staff.id)
    current.flush()  # the unique login and practitioner are free before they move
    own.practitioner_id, own.login, own.pin_hash = practitioner_id, login, hash_secret(pin)
    own.password_hash, _, own.totp_step = kept
    vault().seal(own, "totp", kept[1])
    if own.resident_id is None:
        own.assurance = "staff"
    current.flush()
    audit.record(current, actor, "staff.bind", "account", own.id, detail={"from": str(staff.id)})


def _split(current: Session, own: Account) -> Account:
    """Take the work identity off a WeChat account again, onto an account of its own."""
    staff = Account(county_id=own.county_id, assurance="staff")
    staff.password_hash, staff.totp_step = own.password_hash, own.totp_step
    vault().seal(staff, "totp", vault().open(own, "totp"))
    practitioner_id, login = own.practitioner_id, own.login
    own.practitioner_id = own.login = own.password_hash = own.totp_sealed = own.pin_hash = None
    if own.resident_id is None:
        own.assurance = "none"
    sessions.end_all_of(current, own.county_id, own.id)
    current.flush()
    staff.practitioner_id, staff.login = practitioner_id, login
    current.add(staff)
    current.flush()
    return staff


def _new_secrets(account: Account) -> Shown:
    password, totp = secrets.token_urlsafe(12), pyotp.random_base32()
    account.password_hash = hash_secret(password)
    vault().seal(account, "totp", totp)
    address = pyotp.TOTP(totp).provisioning_uri(name=account.login or "", issuer_name=_ISSUER)
    return Shown(password, totp, address)


def _bind_index(county_id: str, code: str) -> bytes:
    return vault().blind_index("bind_code", f"{county_id}|{code}")


def _before(day: date) -> date:
    return day - timedelta(days=1)
