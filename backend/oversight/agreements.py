"""Agreements with hospitals above and between members: how long they hold, when they are looked at again. MS-4.2.3d."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.alliances import Partner
from backend.alliance.queries import memberships
from backend.alliance.queries import pack as pack_of
from backend.kernel.clock import local_day
from backend.kernel.errors import Invalid
from backend.kernel.roles import Actor
from backend.kernel.sources import Source
from backend.oversight.models_agreement import AgreementReview
from backend.store import access, audit, clock
from backend.store.db import session

OUTCOMES = {"keep": "接着办", "change": "要改", "end": "到期不续"}


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement with a hospital above, and how it stands on a day."""

    institution: str
    upper_institution: str
    name: str
    upper_name: str
    departments: tuple[str, ...]
    from_day: date
    until: date
    review_every_days: int
    reviewed_on: date | None
    outcome: str | None
    review_by: date
    days_left: int
    review_days_left: int
    warn_days: int
    source: Source
    sample: bool

    @property
    def state(self) -> str:
        """Return ended, ending, review_overdue, review_due, later or fine: the worst that is true."""
        if self.days_left < 0:
            return "ended"
        if self.days_left <= self.warn_days:
            return "ending"
        if self.review_days_left < 0:
            return "review_overdue"
        return "review_due" if self.review_days_left <= self.warn_days else "fine"

    @property
    def words(self) -> str:
        """Say how it stands and what to do."""
        return {
            "ended": f"到期已 {-self.days_left} 天，这家不再算协议医院，转过去要另选理由。要续请现在签",
            "ending": f"还有 {self.days_left} 天到期，请在到期前商量续不续",
            "review_overdue": f"该复核了，已过 {-self.review_days_left} 天",
            "review_due": f"{self.review_days_left} 天后该复核",
            "fine": "有效",
        }[self.state]


@dataclass(frozen=True, slots=True)
class Membership:
    """A member of an alliance whose term ends soon, or has ended."""

    alliance: str
    name: str
    until: date
    days_left: int


def agreements(county_id: str, institution: str | None = None) -> list[Agreement]:
    """Return every agreement with a hospital above, those that want something first; of one house when it is named."""
    pack, today = pack_of(county_id), local_day(clock.now())
    held = _reviews(county_id)
    found = [
        _agreement(pack, one, today, held.get((one.county_institution, one.upper_institution, one.from_day)))
        for one in pack.alliances.partners
        if institution in (None, one.county_institution)
    ]
    order = ("ended", "ending", "review_overdue", "review_due", "fine")
    return sorted(found, key=lambda one: (order.index(one.state), one.until, one.institution))


def ending_members(county_id: str) -> list[Membership]:
    """Return the alliance's members whose term runs out within the warning, or ran out, the nearest first."""
    pack, today = pack_of(county_id), local_day(clock.now())
    days = pack.alliances.agreement_warning.days
    names = {one.code: one.name for one in pack.alliances.alliances}
    found = [
        Membership(
            names.get(one.alliance, one.alliance),
            pack.institutions.institution(one.institution).name,
            one.until_on,
            (one.until_on - today).days,
        )
        for one in memberships(county_id)
        if one.status == "member" and (one.until_on - today).days <= days
    ]
    return sorted(found, key=lambda one: (one.until, one.name))


def wanting(actor: Actor) -> int:
    """Return how many agreements of this person's sight want something now."""
    own = None if actor.institution in _bureaux(pack_of(actor.county_id)) else actor.institution
    return sum(one.state != "fine" for one in agreements(actor.county_id, own))


def review(actor: Actor, key: tuple[str, str, date], held_on: date, outcome: str, note: str) -> AgreementReview:
    """Write down that an agreement was looked at again. Raises Invalid for one the county does not have."""
    access.allow(actor, "agreement.review")
    pack, today = pack_of(actor.county_id), local_day(clock.now())
    known = next(
        (
            one
            for one in pack.alliances.partners
            if (one.county_institution, one.upper_institution, one.from_day) == key
        ),
        None,
    )
    if known is None:
        raise Invalid("no_agreement", "没有这份协议，请刷新后从列表里选。")
    if actor.institution not in {*_bureaux(pack), known.county_institution}:
        raise Invalid("other_house", "这份协议是别家签的，请由签协议的医院或卫健局来记。")
    if not known.from_day <= held_on <= today:
        raise Invalid("review_day", "复核日期要在协议开始以后、今天以前。")
    row = AgreementReview(
        county_id=actor.county_id,
        institution=known.county_institution,
        upper_institution=known.upper_institution,
        from_day=known.from_day,
        held_on=held_on,
        outcome=outcome,
        note=note,
        registered_by=actor.practitioner_id,
    )
    session().add(row)
    session().flush()
    audit.record(
        session(), actor, "agreement.review", "agreement_review", row.id, after=outcome, detail={"on": str(held_on)}
    )
    return row


def _agreement(pack: Pack, one: Partner, today: date, held: AgreementReview | None) -> Agreement:
    review_by = (held.held_on if held else one.from_day) + timedelta(days=one.review_every_days)
    return Agreement(
        institution=one.county_institution,
        upper_institution=one.upper_institution,
        name=pack.institutions.institution(one.county_institution).name,
        upper_name=pack.institutions.institution(one.upper_institution).name,
        departments=tuple(pack.institutions.department(code).name for code in one.departments),
        from_day=one.from_day,
        until=one.until,
        review_every_days=one.review_every_days,
        reviewed_on=held.held_on if held else None,
        outcome=OUTCOMES[held.outcome] if held else None,
        review_by=review_by,
        days_left=(one.until - today).days,
        review_days_left=(min(review_by, one.until) - today).days,
        warn_days=pack.alliances.agreement_warning.days,
        source=pack.source(one.source),
        sample=one.sample,
    )


def _reviews(county_id: str) -> dict[tuple[str, str, date], AgreementReview]:
    rows = session().scalars(
        select(AgreementReview).where(AgreementReview.county_id == county_id).order_by(AgreementReview.held_on)
    )
    return {(row.institution, row.upper_institution, row.from_day): row for row in rows}


def _bureaux(pack: Pack) -> set[str]:
    return {one.code for one in pack.institutions.of_kind("health_bureau")}
