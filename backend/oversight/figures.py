"""The bureau's figures, counted from what the rooms below wrote down; what is missing is said. XM-3, MS-1."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.alliance.queries import pack as pack_of
from backend.contracts.coverage import Coverage, coverage
from backend.oversight import direct_visits
from backend.oversight.models import SettlementImport, SettlementLine
from backend.oversight.months import month_end, within
from backend.oversight.referral_counts import DONE
from backend.oversight.targets import Counted, Figure, build
from backend.records.models import Stay, Visit
from backend.referrals.models import Referral
from backend.store.db import session

_GRASSROOTS = "grassroots"
DIRECT_WORDS = "清单上的转诊证明号和我们开的证明对上才算有证明；清单里的人是代码，不还原成真人"


@dataclass(frozen=True, slots=True)
class LevelCount:
    """Visits recorded at one level."""

    name: str
    visits: int


@dataclass(frozen=True, slots=True)
class ListState:
    """The fund's list of a month: read in until which day, or not at all."""

    month: date
    complete_until: date | None
    lines: int
    sample: bool

    @property
    def whole(self) -> bool:
        """Say whether the list covers the month to its end."""
        return self.complete_until == month_end(self.month)


def figures(county_id: str, month: date) -> list[Figure]:
    """Return every figure that this county's pack looks at and this house can count, main ones first."""
    pack, last = pack_of(county_id), month_end(month)
    in_county = [_from_list(county_id, month, kind) for kind in ("visit", "stay")]
    place = (pack.targets.place_rule.text,)
    signed = coverage(county_id)
    down, kinds = _down_rate(county_id, pack, month)
    made = [
        build(pack, "grassroots-share", _grassroots(county_id, pack, month), last),
        build(pack, "in-county-visit-rate", in_county[0], last, notes=place),
        build(pack, "in-county-stay-rate", in_county[1], last, notes=place),
        build(pack, "direct-visit-rate", _direct(county_id, pack, [month])[0], last, notes=(DIRECT_WORDS,)),
        build(pack, "down-transfer-rate", down, last, kinds=kinds),
        build(pack, "signed-rate", _share(signed.county.signed.part, signed.county.signed.whole), last),
        build(
            pack,
            "key-group-share",
            _share(signed.county.key_among_signed.part, signed.county.key_among_signed.whole),
            last,
        ),
    ]
    return [figure for figure in made if figure is not None]


def trend(county_id: str, months: list[date]) -> dict[str, list[float | None]]:
    """Return the main shares month by month, None where they cannot be computed."""
    pack = pack_of(county_id)
    return {
        "grassroots-share": [_grassroots(county_id, pack, month).percent for month in months],
        "in-county-visit-rate": [_from_list(county_id, month, "visit").percent for month in months],
        "direct-visit-rate": [one.percent for one in _direct(county_id, pack, months)],
        "down-transfer-rate": [_down_rate(county_id, pack, month)[0].percent for month in months],
    }


def sign_up(county_id: str) -> Coverage:
    """Return who is signed, by village, team and key group, as of today."""
    return coverage(county_id)


def visits_by_level(county_id: str, month: date) -> list[LevelCount]:
    """Count the visits recorded in a month at each level of the county's own institutions (MS-1)."""
    pack, counted = pack_of(county_id), _visits(county_id, month)
    own = _treating(pack)
    return [
        LevelCount(level.name, sum(counted[one.code] for one in own if one.level == level.code))
        for level in sorted(pack.county.levels, key=lambda level: level.rank)
        if any(one.level == level.code for one in own)
    ]


def silent(county_id: str, month: date) -> list[str]:
    """Name the village and township institutions that entered no visit in a month."""
    pack, counted = pack_of(county_id), _visits(county_id, month)
    return [one.short_name for one in _treating(pack) if _tier(pack, one) == _GRASSROOTS and not counted[one.code]]


def list_states(county_id: str, months: list[date]) -> list[ListState]:
    """Say for each month whether the fund's list was read in, and until which day it is complete."""
    rows = session().scalars(
        select(SettlementImport).where(
            SettlementImport.county_id == county_id,
            SettlementImport.replaced_at.is_(None),
            SettlementImport.month.in_(months),
        )
    )
    known = {row.month: row for row in rows}
    return [
        ListState(
            month,
            known[month].complete_until if month in known else None,
            known[month].lines if month in known else 0,
            known[month].sample if month in known else False,
        )
        for month in months
    ]


def newest_list(county_id: str, until: date) -> date | None:
    """Return the newest month, not after this one, whose list was read in; None where there is none at all."""
    return session().scalar(
        select(func.max(SettlementImport.month)).where(
            SettlementImport.county_id == county_id,
            SettlementImport.replaced_at.is_(None),
            SettlementImport.month <= until,
        )
    )


def _direct(county_id: str, pack: Pack, months: list[date]) -> list[Counted]:
    below = pack.targets.outflow.hide.below
    return [one.counted(below) for one in direct_visits.matched(county_id, months)]


def _share(part: int, whole: int) -> Counted:
    return Counted(part, whole)


def _grassroots(county_id: str, pack: Pack, month: date) -> Counted:
    counted, own = _visits(county_id, month), _treating(pack)
    below = sum(counted[one.code] for one in own if _tier(pack, one) == _GRASSROOTS)
    every = sum(counted[one.code] for one in own)
    quiet = silent(county_id, month)
    places = sum(_tier(pack, one) == _GRASSROOTS for one in own)
    missing = (f"{places} 家村、乡机构里有 {len(quiet)} 家这个月一次看病也没有记",) if quiet else ()
    return Counted(below, every, missing)


def _down_rate(county_id: str, pack: Pack, month: date) -> tuple[Counted, tuple[tuple[str, Counted], ...]]:
    hospitals = [one.code for one in _treating(pack) if _tier(pack, one) == "county"]
    discharged = session().scalar(
        select(func.count()).where(
            Stay.county_id == county_id, Stay.institution.in_(hospitals), within(Stay.discharged_at, month)
        )
    )
    rows = (
        session()
        .execute(
            select(Referral.category, func.count())
            .where(
                Referral.county_id == county_id,
                Referral.direction == "down",
                Referral.from_institution.in_(hospitals),
                Referral.status.in_(DONE),
                within(Referral.submitted_at, month),
            )
            .group_by(Referral.category)
        )
        .all()
    )
    by_kind, whole = {category: int(number) for category, number in rows}, int(discharged or 0)
    missing = () if whole else ("这个月县级医院还没有登记出院",)
    kinds = (
        ("转到乡里住院（转床）", Counted(by_kind.get("bed", 0), whole)),
        ("回家由医生小组管", Counted(by_kind.get("home", 0), whole)),
    )
    return Counted(by_kind.get("bed", 0) + by_kind.get("home", 0), whole, missing), kinds


def _from_list(county_id: str, month: date, kind: str) -> Counted:
    state = list_states(county_id, [month])[0]
    name = f"居民医保结算清单（{month.year} 年 {month.month} 月）"
    if state.complete_until is None:
        return Counted(0, 0, (f"缺{name}",), computable=False)
    inside, whole = (
        session()
        .execute(
            select(func.count().filter(SettlementLine.inside), func.count())
            .join(SettlementImport, _same_import())
            .where(_of_month(county_id, month, kind))
        )
        .one()
    )
    notes = []
    if not state.whole:
        notes.append(f"清单只算全到 {state.complete_until.month} 月 {state.complete_until.day} 日")
    if state.sample:
        notes.append("这份清单是样例，不是真的")
    if not whole:
        notes.append("清单里没有这一类")
    return Counted(int(inside), int(whole), tuple(notes))


def _same_import() -> ColumnElement[bool]:
    return (SettlementImport.county_id == SettlementLine.county_id) & (SettlementImport.id == SettlementLine.import_id)


def _of_month(county_id: str, month: date, kind: str) -> ColumnElement[bool]:
    return and_(
        SettlementLine.county_id == county_id,
        SettlementLine.insured_here,
        SettlementLine.kind == kind,
        SettlementImport.month == month,
        SettlementImport.replaced_at.is_(None),
    )


def _visits(county_id: str, month: date) -> Counter[str]:
    rows = (
        session()
        .execute(
            select(Visit.institution, func.count())
            .where(Visit.county_id == county_id, within(Visit.began_at, month))
            .group_by(Visit.institution)
        )
        .all()
    )
    return Counter({institution: int(number) for institution, number in rows})


def _treating(pack: Pack) -> list[InstitutionEntry]:
    tiers = {"grassroots", "county"}
    return [
        one for one in pack.institutions.institutions if one.treats and not one.outside and _tier(pack, one) in tiers
    ]


def _tier(pack: Pack, entry: InstitutionEntry) -> str:
    return next(level.tier for level in pack.county.levels if level.code == entry.level)
