"""What surrounds every page of the console: who is here, where they may go, and how a refusal is drawn."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import g, render_template, request

from backend.alliance.packs import Pack
from backend.alliance.queries import pack
from backend.booking.instants import say
from backend.desk import counts
from backend.desk.permissions import AT_DESK, HOSPITAL
from backend.kernel.errors import LiandongError
from backend.kernel.roles import Actor, Role
from backend.oversight.agreements import wanting
from backend.store import access, clock
from backend.web.htmx import wants_part


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the bar: for whom, and how many wait there. With an `action`, for whoever may do that."""

    code: str
    label: str
    href: str
    roles: tuple[Role, ...]
    count: Callable[[Actor], int] | None = None
    action: str | None = None

    def open_to(self, actor: Actor) -> bool:
        """Say whether this person may go there."""
        return actor.has(*self.roles) and (self.action is None or may(actor, self.action))


def may(actor: Actor, action: str) -> bool:
    """Say whether a role of this person has the action at all; on what, the page asks."""
    return not actor.roles.isdisjoint(access.catalogue.get(action).grants)


WAYS: tuple[Way, ...] = (
    Way("answers", "要答复", "/desk/answers", AT_DESK, counts.to_answer),
    Way("arrivals", "今天到院", "/desk/arrivals", AT_DESK, counts.arriving_today),
    Way("pending", "待确认", "/desk/pending", AT_DESK, counts.to_confirm, "appointment.grant"),
    Way("waiting", "候补", "/desk/waiting", HOSPITAL, counts.waiting, "waitlist.read"),
    Way("beds", "床位", "/desk/beds", AT_DESK, counts.beds_asked),
    Way("down", "下转", "/desk/down", AT_DESK),
    Way("places", "号源", "/desk/places", AT_DESK),
    Way("registers", "登记簿", "/desk/registers", AT_DESK),
    Way("direct", "自己去的", "/desk/direct", AT_DESK, None, "direct_visit.register"),
    Way("bureau", "卫健局", "/desk/bureau", (Role.BUREAU,)),
    Way(
        "audits", "抽查", "/desk/audits", (Role.MEDICAL_OFFICE, Role.BUREAU), counts.to_look_at, "referral_audit.review"
    ),
    Way("ledger", "台账", "/desk/ledger", (*AT_DESK, Role.BUREAU), None, "ledger.read"),
    Way("agreements", "协议", "/desk/agreements", (Role.MEDICAL_OFFICE, Role.BUREAU), wanting, "agreement.read"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is drawn."""

    code: str
    label: str
    href: str
    count: int | None
    on: bool


def draw(template: str, actor: Actor, on: str, *, part: str | None = None, **values: object) -> str:
    """Return a page in its frame; when htmx asks and the page has a `part`, that with the numbers of the bar."""
    nav = [
        Entry(way.code, way.label, way.href, way.count(actor) if way.count else None, way.code == on)
        for way in WAYS
        if way.open_to(actor)
    ]
    if part is not None and wants_part():
        return render_template(part, actor=actor, **values) + render_template("desk/counts.html", nav=nav)
    county = pack(actor.county_id)
    house, place = names_of(county, actor)
    return render_template(
        template,
        nav=nav,
        on=on,
        house_name=house,
        place_name=place,
        who=actor.name,
        may_search=actor.has(*AT_DESK),
        now_text=say(clock.now()),
        actor=actor,
        **values,
    )


def names_of(county: Pack, actor: Actor) -> tuple[str, str]:
    """Return what the house is called, and the desk in it."""
    if actor.institution is None:
        return county.county.name, "联动"
    entry = county.institutions.institution(actor.institution)
    return entry.name, entry.desk.name if entry.desk else "联动"


def draw_problem(error: LiandongError, status: int) -> str:
    """Return a refusal: what cannot be done, why, what to do instead, and whose rule it is."""
    del status
    return render_template(
        "desk/problem.html", error=error, part=wants_part(), request_id=g.get("request_id", ""), path=request.path
    )


def home_of(actor: Actor) -> str:
    """Return the page somebody starts on."""
    return next((way.href for way in WAYS if way.open_to(actor)), "/desk/nothing")


def new_key() -> str:
    """Return a fresh request number for a form that goes without our scripts."""
    return secrets.token_hex(16)
