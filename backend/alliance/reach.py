"""Who can treat what, and what is nearer: pure questions to a pack (MS-3, MS-4.2.2u1, XM-5.4e)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.capability import Profile
from backend.alliance.packs.sections.institutions import InstitutionEntry

SURGERY_GRADES = ("", "一级", "二级", "三级", "四级")
"""The grades of operations (手术分级), as they are said."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything an institution may treat and do; codes of the pack, `surgery_grade` 0 to 4."""

    conditions: frozenset[str]
    techniques: frozenset[str]
    services: tuple[str, ...]
    equipment: tuple[str, ...]
    surgery_grade: int


def profiles(pack: Pack, institution: str) -> tuple[Profile, ...]:
    """The abilities an institution carries. KeyError when the pack does not know it."""
    entry = pack.institutions.institution(institution)
    return tuple(pack.capability.profile(code) for code in entry.profiles)


def scope(pack: Pack, institution: str) -> Scope:
    """What an institution may treat and do, all its abilities together."""
    found = profiles(pack, institution)
    return Scope(
        conditions=frozenset(code for profile in found for code in profile.conditions),
        techniques=frozenset(code for profile in found for code in profile.techniques),
        services=tuple(dict.fromkeys(text for profile in found for text in profile.services)),
        equipment=tuple(dict.fromkeys(text for profile in found for text in profile.equipment)),
        surgery_grade=max((profile.surgery_grade for profile in found), default=0),
    )


def condition_of(pack: Pack, diagnosis: str) -> str | None:
    """The pack's disease for an ICD-10 code (I10.x01 is I10), the longest match; None when it has none."""
    best: tuple[int, str] | None = None
    for condition in pack.capability.conditions:
        for code in condition.icd10:
            if diagnosis.upper().startswith(code) and (best is None or len(code) > best[0]):
                best = (len(code), condition.code)
    return best[1] if best else None


def may_treat(
    pack: Pack, institution: str, condition: str | None, *, surgery_grade: int = 0, technique: str | None = None
) -> bool:
    """Whether the case lies within the institution's positioning, surgery grade and techniques; None is any disease."""
    return not beyond(pack, institution, condition, surgery_grade=surgery_grade, technique=technique)


def beyond(
    pack: Pack, institution: str, condition: str | None, *, surgery_grade: int = 0, technique: str | None = None
) -> tuple[str, ...]:
    """What of a case an institution may not do, in words a doctor says to a patient; nothing when it may do all."""
    able, words = scope(pack, institution), []
    if condition is not None and condition not in able.conditions:
        words.append("公布的诊疗范围里没有这个病")
    if surgery_grade > able.surgery_grade:
        most = f"最高做到{SURGERY_GRADES[able.surgery_grade]}手术" if able.surgery_grade else "不做手术"
        words.append(f"{most}，做不了{SURGERY_GRADES[surgery_grade]}手术")
    if technique is not None and technique not in able.techniques:
        # A referral of before may name one that the pack in force no longer has: nobody is admitted to that either.
        names = {one.code: one.name for one in pack.capability.techniques}
        words.append(f"没有准入{names.get(technique, technique)}")
    return tuple(words)


def rank(pack: Pack, institution: str) -> int:
    """The rank of an institution's level; the lower, the nearer to the villager."""
    return pack.county.level(pack.institutions.institution(institution).level).rank


def able_above(
    pack: Pack,
    institution: str,
    condition: str | None,
    *,
    surgery_grade: int = 0,
    technique: str | None = None,
    partners: tuple[str, ...] = (),
    across: bool = False,
) -> tuple[InstitutionEntry, ...]:
    """Who above can treat it, by level and distance; outside the county `partners` first.

    `across` counts its equals too: whoever lies here already may also go to another house of this level.
    """
    least = rank(pack, institution) + (not across)
    found = (
        entry
        for entry in _treating(pack)
        if entry.code != institution
        and rank(pack, entry.code) >= least
        and may_treat(pack, entry.code, condition, surgery_grade=surgery_grade, technique=technique)
    )
    return nearest_first(pack, institution, found, partners)


def nearest_first(
    pack: Pack, institution: str, found: Iterable[InstitutionEntry], partners: tuple[str, ...] = ()
) -> tuple[InstitutionEntry, ...]:
    """Return places as they are offered: by level, agreement, distance; own alliance first among equals."""

    def order(entry: InstitutionEntry) -> tuple[int, bool, bool, float, bool]:
        stranger = entry.outside and entry.code not in partners
        far = kilometres(pack, institution, entry.code)
        own = same_alliance(pack, institution, entry.code)
        return rank(pack, entry.code), entry.outside, stranger, inf if far is None else far, not own

    return tuple(sorted(found, key=order))


def same_alliance(pack: Pack, institution: str, other: str) -> bool:
    """Whether two institutions belong to one alliance; a village clinic belongs to its township's."""
    mine = pack.alliances.of_institution(_member(pack, institution))
    return mine is not None and pack.alliances.of_institution(other) is mine


def kilometres(pack: Pack, institution: str, other: str) -> int | None:
    """How far it is about, by way of the county seat; None when the pack does not say where a house stands."""
    one, two = pack.institutions.institution(institution), pack.institutions.institution(other)
    if one.town is not None and one.town == two.town:
        return 0
    ways = [_to_seat(pack, entry) for entry in (one, two)]
    return None if None in ways else sum(way for way in ways if way is not None)


def _to_seat(pack: Pack, entry: InstitutionEntry) -> int | None:
    if entry.km_to_county_seat is not None:
        return entry.km_to_county_seat
    if entry.town is not None:
        return pack.places.town(entry.town).km_to_county_seat
    return None if entry.outside else 0


def nearer_than(
    pack: Pack,
    institution: str,
    target: str,
    condition: str | None,
    *,
    surgery_grade: int = 0,
    technique: str | None = None,
    partners: tuple[str, ...] = (),
) -> tuple[InstitutionEntry, ...]:
    """Who can treat it too and is nearer: of a lower level, or of the same and so much less far (MS-4.2.2u1)."""
    above = able_above(
        pack, institution, condition, surgery_grade=surgery_grade, technique=technique, partners=partners
    )
    return tuple(entry for entry in above if is_nearer(pack, institution, entry, target, partners))


def is_nearer(
    pack: Pack, institution: str, entry: InstitutionEntry, target: str, partners: tuple[str, ...] = ()
) -> bool:
    """Whether a place comes before the target on the way up. Before a house with an agreement comes no stranger."""
    there = rank(pack, target)
    if rank(pack, entry.code) != there:
        return rank(pack, entry.code) < there
    if target in partners and entry.outside and entry.code not in partners:
        return False
    near, far = kilometres(pack, institution, entry.code), kilometres(pack, institution, target)
    return near is not None and far is not None and far - near > pack.referral.limits.farther_km


def _treating(pack: Pack) -> Iterator[InstitutionEntry]:
    return (entry for entry in pack.institutions.institutions if entry.treats)


def _member(pack: Pack, institution: str) -> str:
    entry = pack.institutions.institution(institution)
    return entry.parent if entry.kind == "village_clinic" and entry.parent else institution
