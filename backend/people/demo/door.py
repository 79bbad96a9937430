"""Who may be played at the desk of a demonstration: a few people, with what they would type."""

from dataclasses import dataclass
from functools import lru_cache

import pyotp

from backend.alliance.queries import pack
from backend.kernel.clock import machine_now
from backend.people.demo.accounts import PASSWORD, login_of, totp_secret
from backend.people.demo.population import generate, has_cast
from backend.people.demo.wechat import ROLES

PLAYED = ("desk-day", "medical-office", "department-head-cardiology", "ward-doctor-cardiology", "bureau-officer")


@dataclass(frozen=True, slots=True)
class Played:
    """One invented member of staff, as the sign-in page offers them."""

    login: str
    name: str
    role: str
    place: str


@lru_cache(maxsize=8)
def played(county_id: str) -> tuple[Played, ...]:
    """Return who is offered in one county; nobody where it has no cast."""
    if not has_cast(county_id):
        return ()
    here = pack(county_id)
    found = {one.key: one for one in generate(here).clinicians if one.key in PLAYED}
    return tuple(
        Played(
            login_of(county_id, key),
            found[key].name,
            ROLES[found[key].places[0].role],
            here.institutions.institution(found[key].places[0].institution).short_name,
        )
        for key in PLAYED
        if key in found
    )


def typed(login: str) -> dict[str, str]:
    """Return what this person would type now: login, password, and the code of this half minute."""
    return {"login": login, "password": PASSWORD, "code": code_of(login).code}


@dataclass(frozen=True, slots=True)
class Code:
    """The dynamic code of this half minute, and the seconds until there is another."""

    code: str
    left: int


def code_of(login: str) -> Code:
    """Return the code that an authenticator would show this person now."""
    county_id, _, key = login.partition(".")
    now = int(machine_now().timestamp())
    totp = pyotp.TOTP(totp_secret(county_id, key))
    return Code(totp.at(now), totp.interval - now % totp.interval)
