"""Checking passwords, TOTP codes and PINs: every try is counted before it is judged, and locks end by themselves."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import pyotp
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from backend.kernel.clock import machine_now
from backend.kernel.errors import Invalid, TooMany, Unauthenticated
from backend.people.models import Account, Practitioner
from backend.people.secrets import matches
from backend.store.db import db, session
from backend.store.vault import vault

FREE_TRIES = 5
LONGEST_LOCK_MINUTES = 15
_STEP_SECONDS = 30
_ASCENDING, _DESCENDING = "01234567890123456789", "98765432109876543210"


@dataclass(frozen=True, slots=True)
class Tries:
    """The two columns in which tries of one kind of secret are counted."""

    failures: str
    locked_until: str

    @property
    def take(self) -> str:
        """Count one try unless locked; from the fifth on each wrong one locks twice as long."""
        return f"""
            UPDATE account SET {self.failures} = {self.failures} + 1,
              {self.locked_until} = CASE WHEN {self.failures} + 1 < :free THEN NULL ELSE now() + make_interval(
                mins => least(:longest, (2 ^ least({self.failures} + 1 - :free, 10))::int)) END
            WHERE county_id = :county AND id = :account
              AND ({self.locked_until} IS NULL OR {self.locked_until} <= now())
            RETURNING {self.failures}
        """  # noqa: S608  column names are the two constants below

    @property
    def forget(self) -> str:
        """Forget the tries: the secret was right."""
        return f"""
            UPDATE account SET {self.failures} = 0, {self.locked_until} = NULL
            WHERE county_id = :county AND id = :account
        """  # noqa: S608  column names are the two constants below


PASSWORD_TRIES = Tries("failures", "locked_until")
PIN_TRIES = Tries("pin_failures", "pin_locked_until")


@contextmanager
def _apart() -> Iterator[Session]:
    """A short transaction of its own: a counted try stays counted when the request is rolled back."""
    with Session(db.engine) as own, own.begin():
        yield own


def take_try(tries: Tries, county_id: str, account_id: UUID) -> int:
    """Count a try and return how many free ones are left. Raises TooMany while locked."""
    given = {"county": county_id, "account": account_id, "free": FREE_TRIES, "longest": LONGEST_LOCK_MINUTES}
    with _apart() as own:
        failures: int | None = own.scalar(text(tries.take), given)
        if failures is None:
            column = getattr(Account, tries.locked_until)
            until = own.scalar(select(column).where(Account.county_id == county_id, Account.id == account_id))
    if failures is None:
        minutes = 1 if until is None else max(1, round((until - machine_now()).total_seconds() / 60 + 0.5))
        raise TooMany("locked", f"错得太多了，请等 {minutes} 分钟再试。忘了请找管理员重设。")
    return max(0, FREE_TRIES - failures)


def forget_tries(tries: Tries, county_id: str, account_id: UUID) -> None:
    """Begin to count from nothing again."""
    with _apart() as own:
        own.execute(text(tries.forget), {"county": county_id, "account": account_id})


def verified_staff(login: str, password: str, totp: str, county_id: str | None = None) -> Account:
    """Return the staff account whose password and present TOTP code these are; a code is good once.

    Raises Unauthenticated without saying what was wrong, Invalid when two counties have the login, TooMany.
    """
    account = _staff_account(login.strip(), county_id)
    if account is None:
        matches(None, password)
        raise _refused()
    take_try(PASSWORD_TRIES, account.county_id, account.id)
    secret = vault().open(account, "totp")
    step = None if secret is None else _step_of(secret, totp)
    if not matches(account.password_hash, password) or step is None:
        raise _refused()
    forget_tries(PASSWORD_TRIES, account.county_id, account.id)
    used = session().scalar(
        update(Account)
        .where(Account.county_id == account.county_id, Account.id == account.id, Account.totp_step < step)
        .values(totp_step=step)
        .returning(Account.id)
    )
    if used is None:
        raise Unauthenticated("code_used", "这个动态码用过了，请等下一个再试。")
    return account


def checked_pin(pin: str) -> str:
    """Return a new PIN when it is six digits that are not the first anybody would try. Raises Invalid."""
    if not re.fullmatch(r"[0-9]{6}", pin):
        raise Invalid("pin_shape", "签字密码是 6 位数字。")
    if len(set(pin)) < 3 or pin in _ASCENDING or pin in _DESCENDING:
        raise Invalid("pin_weak", "这个签字密码太好猜了，请换一个，别用连号和重复的数字。")
    return pin


def _staff_account(login: str, county_id: str | None) -> Account | None:
    query = (
        select(Account)
        .join(
            Practitioner,
            (Practitioner.county_id == Account.county_id) & (Practitioner.id == Account.practitioner_id),
        )
        .where(Account.login == login, Account.disabled_at.is_(None), Practitioner.active)
    )
    if county_id is not None:
        query = query.where(Account.county_id == county_id)
    found = session().scalars(query.limit(2)).all()
    if len(found) > 1:
        raise Invalid("which_county", "两个县都有这个工作账号，请先选县。")
    return found[0] if found else None


def _step_of(secret: str, code: str) -> int | None:
    """Return the time step of a right code, one earlier or later allowed, or None."""
    clean = code.strip()
    if not re.fullmatch(r"[0-9]{6}", clean):
        return None
    now = int(machine_now().timestamp()) // _STEP_SECONDS
    totp = pyotp.TOTP(secret)
    right = [step for step in (now - 1, now, now + 1) if pyotp.utils.strings_equal(totp.generate_otp(step), clean)]
    return right[0] if right else None


def _refused() -> Unauthenticated:
    return Unauthenticated("login_refused", "工作账号、密码或动态码不对，请再试一次。忘了请找管理员重设。")
