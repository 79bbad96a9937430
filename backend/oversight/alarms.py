"""When a house's figures call for a look: patients kept who belong above, and reasons taken too loosely. MS-4.2.3d.

An alarm accuses nobody: it shows the counts behind it, whose line it is, and how many are not judged for being few.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.alliance.packs.sections.targets import Alarm
from backend.alliance.queries import pack as pack_of
from backend.kernel.sources import Source
from backend.oversight.models_audit import ReferralAudit
from backend.oversight.months import months_back, within
from backend.records.models import Stay, Visit
from backend.referrals.choices import able
from backend.referrals.models import Referral
from backend.referrals.states import ReferralStatus
from backend.store.db import session

MONTHS = 3
"""Referrals and certificates are few in a month: they are counted over three."""
FEWEST_HOUSES = 3
"""Of fewer there is no middle to be far from."""
_BEFORE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HouseShare:
    """One house's share, and whether it lies over the county's line."""

    institution: str
    name: str
    part: int
    whole: int
    over: bool

    @property
    def percent(self) -> float:
        """Return the share in percent."""
        return round(100 * self.part / self.whole, 1)


@dataclass(frozen=True, slots=True)
class Looked:
    """One alarm of the pack with every house it judges, those over the line first."""

    code: str
    name: str
    against: str
    line: str
    at_least: int
    period: str
    source: Source
    sample: bool
    houses: tuple[HouseShare, ...]
    unjudged: int  # houses with too few to be judged
    notes: tuple[str, ...] = ()

    @property
    def over(self) -> tuple[HouseShare, ...]:
        """Return the houses over the line."""
        return tuple(one for one in self.houses if one.over)


def looked(county_id: str, month: date) -> list[Looked]:
    """Return every alarm of this room that the county's pack sets, as of a month."""
    pack = pack_of(county_id)
    ways = {
        "retention": _retention,
        "low_referral": _low_referral,
        "loosened_indications": _loosened,
        "catch_all": _catch_all,
    }
    return [ways[one.code](pack, one, month) for one in pack.targets.alarms if one.code in ways]


def _retention(pack: Pack, alarm: Alarm, month: date) -> Looked:
    """Stays of a disease beyond the house's published scope, discharged or still there, and nobody asked above."""
    asked = exists().where(
        Referral.county_id == Stay.county_id,
        Referral.resident_id == Stay.resident_id,
        Referral.direction == "up",
        Referral.submitted_at.is_not(None),
        or_(Referral.stay_id == Stay.id, Referral.submitted_at >= Stay.admitted_at - _BEFORE),
    )
    rows = session().execute(
        select(Stay.institution, Stay.diagnosis_code, asked, func.coalesce(Stay.disposition, "")).where(
            Stay.county_id == pack.county_id, within(Stay.admitted_at, month)
        )
    )
    kept, whole, unknown = Counter[str](), Counter[str](), 0
    for house, diagnosis, was_asked, disposition in rows:
        whole[house] += 1
        unknown += diagnosis is None
        # Who died or was taken to another hospital was not kept.
        gone = disposition in {"other_hospital", "died"}
        kept[house] += not (was_asked or gone or diagnosis is None or able(pack, house, diagnosis))
    notes = [f"{unknown} 次住院没有写诊断编码，看不出治不治得了"] if unknown else []
    return _look(pack, alarm, f"{month.year} 年 {month.month} 月住进来的", kept, whole, notes=tuple(notes))


def _low_referral(pack: Pack, alarm: Alarm, month: date) -> Looked:
    """Houses that refer up much less than the middle of their level; the share shown is referrals to visits."""
    visits = _count(select(Visit.institution, func.count()).where(Visit.county_id == pack.county_id), Visit, month)
    sent = _count(
        select(Referral.from_institution, func.count()).where(
            Referral.county_id == pack.county_id, Referral.direction == "up", Referral.submitted_at.is_not(None)
        ),
        Referral,
        month,
    )
    lines: dict[str, float] = {}
    for level in pack.county.levels:
        # A village clinic hands over by slip, a hospital above the county is not ours to judge.
        houses = [one for one in _own(pack) if one.level == level.code and one.kind != "village_clinic"]
        shares = [sent[one.code] / visits[one.code] for one in houses if visits[one.code] >= max(alarm.at_least, 1)]
        if len(shares) >= FEWEST_HOUSES:
            lines |= {one.code: median(shares) * (100 - alarm.above_percent) / 100 for one in houses}
    judged = Counter({code: visits[code] for code in lines})
    middle = f"比同级的中位数低 {alarm.above_percent}% 以上"
    period = f"{_period_words(month)}看病和申请上转"
    few = () if lines else ("同级不到 3 家有足够的看病人次，没有中位数可比",)
    return _look(pack, alarm, period, sent, judged, line=middle, below=lines, notes=few)


def _loosened(pack: Pack, alarm: Alarm, month: date) -> Looked:
    """Referrals of the last sample of which another house said that they could have been treated below."""
    drawn = session().scalar(
        select(func.max(ReferralAudit.month)).where(
            ReferralAudit.county_id == pack.county_id, ReferralAudit.month <= month
        )
    )
    loose, judged = Counter[str](), Counter[str]()
    rows = session().execute(
        select(ReferralAudit.institution, ReferralAudit.verdict).where(
            ReferralAudit.county_id == pack.county_id,
            ReferralAudit.month == drawn,
            ReferralAudit.verdict.is_not(None),
        )
    )
    for house, verdict in rows:
        judged[house] += 1
        loose[house] += verdict == "unjustified"
    if drawn is None:
        return _look(pack, alarm, "", loose, judged, notes=("还没有抽查过",))
    return _look(pack, alarm, f"到 {drawn.year} 年 {drawn.month} 月为止那一期抽查", loose, judged)


def _catch_all(pack: Pack, alarm: Alarm, month: date) -> Looked:
    """Certificates issued up with the indication that fits everything."""
    broad = [one.code for one in pack.referral.indications if one.broad]
    issued: tuple[ColumnElement[bool], ...] = (
        Referral.county_id == pack.county_id,
        Referral.direction == "up",
        or_(*(within(Referral.issued_at, one) for one in months_back(month, MONTHS))),
        Referral.status.in_([ReferralStatus.ISSUED, ReferralStatus.ARRIVED, ReferralStatus.CLOSED]),
    )
    rows = session().execute(
        select(Referral.from_institution, func.count().filter(Referral.indication.in_(broad)), func.count())
        .where(and_(*issued))
        .group_by(Referral.from_institution)
    )
    part, whole = Counter[str](), Counter[str]()
    for house, used, every in rows:
        part[house], whole[house] = int(used), int(every)
    return _look(pack, alarm, f"{_period_words(month)}开出的", part, whole)


def _look(
    pack: Pack,
    alarm: Alarm,
    period: str,
    part: Counter[str],
    whole: Counter[str],
    *,
    line: str | None = None,
    below: dict[str, float] | None = None,
    notes: tuple[str, ...] = (),
) -> Looked:
    least = max(alarm.at_least, 1)

    def over(code: str) -> bool:
        if below is not None:
            return part[code] / whole[code] < below[code]
        return 100 * part[code] > alarm.above_percent * whole[code]

    houses = [
        HouseShare(one.code, one.short_name, part[one.code], whole[one.code], over(one.code))
        for one in _own(pack)
        if whole[one.code] >= least
    ]
    return Looked(
        code=alarm.code,
        name=alarm.name,
        against=alarm.against,
        line=line or f"超过 {alarm.above_percent}%",
        at_least=least,
        period=period,
        source=pack.source(alarm.source),
        sample=alarm.sample,
        houses=tuple(sorted(houses, key=lambda one: (not one.over, one.percent if below else -one.percent))),
        unjudged=sum(0 < number < least for number in whole.values()),
        notes=notes,
    )


def _count(query: Select[str, int], model: type[Visit] | type[Referral], month: date) -> Counter[str]:
    column, when = (
        (Visit.institution, Visit.began_at) if model is Visit else (Referral.from_institution, Referral.submitted_at)
    )
    rows = session().execute(
        query.where(or_(*(within(when, one) for one in months_back(month, MONTHS)))).group_by(column)
    )
    return Counter({house: int(number) for house, number in rows})


def _period_words(month: date) -> str:
    first = months_back(month, MONTHS)[0]
    return f"{first.year} 年 {first.month} 月到 {month.year} 年 {month.month} 月"


def _own(pack: Pack) -> list[InstitutionEntry]:
    return [one for one in pack.institutions.institutions if one.treats and not one.outside]
