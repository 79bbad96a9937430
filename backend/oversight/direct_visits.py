"""Who went above the county without a referral: the fund's list against our certificates and registrations. MS-4.2.3d.

The list's people stay pseudonyms: a number on the list meets one of ours by its keyed index, and only counts leave.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack as pack_of
from backend.oversight.models import SettlementImport, SettlementLine
from backend.oversight.months import month_end
from backend.oversight.settlement_lines import paper_index
from backend.oversight.targets import Counted
from backend.referrals.direct import upper_levels
from backend.referrals.models_certificate import CertificateEvent, ReferralCertificate
from backend.referrals.models_direct import DirectVisit
from backend.store.db import session

NAMES = {
    "certificate": "有转诊证明",
    "emergency": "急诊",
    "special": "按法律去专业机构",
    "registered": "自己去的，登记过",
    "unmatched": "写着有证明，但对不上（查不到、过期或不是开给这家的）",
    "direct": "自己去的，没有登记",
}
"""How each line stands, the good ones first."""
DIRECT = ("registered", "unmatched", "direct")
_LONGEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Matched:
    """A month's visits and stays at prefecture and above, by how they stand; None where the list does not say."""

    month: date
    by_kind: dict[str, int] | None
    lines: int
    until: date | None
    sample: bool
    by_level: dict[str, tuple[int, int]] = field(default_factory=dict)  # name -> direct ones, all

    @property
    def direct(self) -> int:
        """Return how many went without a certificate and were no emergency and no special case."""
        return sum((self.by_kind or {}).get(kind, 0) for kind in DIRECT)

    @property
    def whole(self) -> int:
        """Return how many there are in all."""
        return sum((self.by_kind or {}).values())

    def counted(self, below: int) -> Counted:
        """Return the share with its reasons in words; of few nothing is told, nor of all but few."""
        named = f"居民医保结算清单（{self.month.year} 年 {self.month.month} 月）"
        if self.until is None:
            return Counted(0, 0, (f"缺{named}",), computable=False)
        if self.by_kind is None:
            return Counted(0, 0, ("清单里没有“转诊证明号”和“就医方式”两列，对不上",), computable=False)
        notes = []
        if self.until != month_end(self.month):
            notes.append(f"清单只算全到 {self.until.month} 月 {self.until.day} 日")
        if self.sample:
            notes.append("这份清单是样例，不是真的")
        if 0 < self.whole < below or 0 < self.direct < below or 0 < self.whole - self.direct < below:
            return Counted(0, 0, (f"人次太少（有一边不到 {below}），不写，免得认出是谁", *notes), computable=False)
        if not self.whole:
            notes.append("这个月没有人去上面看病")
        return Counted(self.direct, self.whole, tuple(notes))


def matched(county_id: str, months: list[date]) -> list[Matched]:
    """Return for each month how its lines stand, matched now: a paper that came later counts from then on."""
    pack = pack_of(county_id)
    lists = {row.month: row for row in _lists(county_id, months)}
    papers = _Papers(pack, min(months), month_end(max(months)))
    found: dict[date, Counter[str]] = {}
    levels: dict[date, dict[str, Counter[bool]]] = {}
    for month, line in _lines(pack, [row.id for row in lists.values() if row.papers]):
        kind = papers.stands(line)
        found.setdefault(month, Counter())[kind] += 1
        name = pack.county.level(line.level).name
        levels.setdefault(month, {}).setdefault(name, Counter())[kind in DIRECT] += 1
    return [
        Matched(
            month,
            {kind: found.get(month, Counter())[kind] for kind in NAMES} if row is not None and row.papers else None,
            row.lines if row else 0,
            row.complete_until if row else None,
            row.sample if row else False,
            {name: (counts[True], counts.total()) for name, counts in levels.get(month, {}).items()},
        )
        for month in months
        for row in [lists.get(month)]
    ]


def registered_in(county_id: str, month: date) -> tuple[int, int]:
    """Return how many of our own registrations say they went in that month, and how many of them came late."""
    whole, late = (
        session()
        .execute(
            select(func.count(), func.count().filter(DirectVisit.late)).where(
                DirectVisit.county_id == county_id, DirectVisit.went_on.between(month, month_end(month))
            )
        )
        .one()
    )
    return int(whole), int(late)


class _Papers:
    """Our certificates to hospitals above, and our registrations, by the index under which a list may name them."""

    def __init__(self, pack: Pack, first: date, last: date) -> None:
        entries = {one.code: one for one in pack.institutions.institutions}
        upper = upper_levels(pack)
        self.institutes = {name for one in entries.values() if one.kind == "disease_institute" for name in _names(one)}
        ended = exists().where(
            CertificateEvent.county_id == ReferralCertificate.county_id,
            CertificateEvent.certificate_id == ReferralCertificate.id,
            CertificateEvent.kind == "voided",
        )
        certificates = session().scalars(
            select(ReferralCertificate).where(
                ReferralCertificate.county_id == pack.county_id,
                ReferralCertificate.to_institution.in_([one.code for one in entries.values() if one.level in upper]),
                ReferralCertificate.issued_on.between(first - _LONGEST, last),
                ~ended,
            )
        )
        self.certificates = {
            paper_index(one.number): (one.issued_on, one.valid_until, _names(entries[one.to_institution]))
            for one in certificates
        }
        numbers = session().scalars(
            select(DirectVisit.number).where(
                DirectVisit.county_id == pack.county_id, DirectVisit.went_on.between(first - _LONGEST, last)
            )
        )
        self.registered = {paper_index(number) for number in numbers}

    def stands(self, line: Any) -> str:
        """Return how a line stands; whatever excuses it comes before what does not."""
        paper = self.certificates.get(line.paper_index)
        if paper is not None:
            issued, until, names = paper
            # Emergencies and stays: the paper may follow, at the latest before the bill is settled.
            if issued <= line.until_on and line.from_on <= until and line.hospital in names:
                return "certificate"
        if line.came_how == "emergency":
            return "emergency"
        if line.came_how == "special" or line.hospital in self.institutes:
            return "special"
        if line.paper_index in self.registered:
            return "registered"
        return "unmatched" if line.paper_index is not None or line.came_how == "referred" else "direct"


def _names(entry: Any) -> set[str]:
    return {name for name in (entry.name, entry.short_name, entry.second_name) if name}


def _lists(county_id: str, months: list[date]) -> Iterable[SettlementImport]:
    return session().scalars(
        select(SettlementImport).where(
            SettlementImport.county_id == county_id,
            SettlementImport.replaced_at.is_(None),
            SettlementImport.month.in_(months),
        )
    )


def _lines(pack: Pack, imports: list[Any]) -> Iterable[tuple[date, Any]]:
    rows = session().execute(
        select(
            SettlementImport.month,
            SettlementLine.level,
            SettlementLine.hospital,
            SettlementLine.from_on,
            SettlementLine.until_on,
            SettlementLine.came_how,
            SettlementLine.paper_index,
        )
        .join(
            SettlementImport,
            (SettlementImport.county_id == SettlementLine.county_id)
            & (SettlementImport.id == SettlementLine.import_id),
        )
        .where(
            SettlementLine.county_id == pack.county_id,
            SettlementLine.import_id.in_(imports),
            SettlementLine.insured_here,
            SettlementLine.level.in_(upper_levels(pack)),
        )
    )
    return ((row.month, row) for row in rows)
