"""Who can treat what, and what is nearer: pure questions to a pack (MS-3, MS-4.2.2u1, XM-5.4e)."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.alliance.packs import Pack
from backend.alliance.packs.sections.capability import Profile
from backend.alliance.packs.sections.institutions import InstitutionEntry


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
    pack: Pack, institution: str, condition: str, *, surgery_grade: int = 0, technique: str | None = None
) -> bool:
    """Whether the case lies within the institution's positioning, surgery grade and techniques."""
    able = scope(pack, institution)
    return (
        condition in able.conditions
        and surgery_grade <= able.surgery_grade
        and (technique is None or technique in able.techniques)
    )


def rank(pack: Pack, institution: str) -> int:
    """The rank of an institution's level; the lower, the nearer to the villager."""
    return pack.county.level(pack.institutions.institution(institution).level).rank


def able_above(
    pack: Pack,
    institution: str,
    condition: str,
    *,
    surgery_grade: int = 0,
    technique: str | None = None,
    partners: tuple[str, ...] = (),
) -> tuple[InstitutionEntry, ...]:
    """Who above can treat it, nearest first: by level, in the county before outside, own alliance, `partners`."""
    here = rank(pack, institution)
    mine = pack.alliances.of_institution(_member(pack, institution))

    def order(entry: InstitutionEntry) -> tuple[int, bool, bool, bool]:
        own = mine is not None and pack.alliances.of_institution(entry.code) is mine
        return rank(pack, entry.code), entry.outside, not own, entry.code not in partners

    found = (
        entry
        for entry in _treating(pack)
        if rank(pack, entry.code) > here
        and may_treat(pack, entry.code, condition, surgery_grade=surgery_grade, technique=technique)
    )
    return tuple(sorted(found, key=order))


def nearer_than(
    pack: Pack, institution: str, target: str, condition: str, *, surgery_grade: int = 0, technique: str | None = None
) -> tuple[InstitutionEntry, ...]:
    """Who below the target's level can treat it too; not empty means that a level is skipped (MS-4.2.2u1)."""
    limit = rank(pack, target)
    above = able_above(pack, institution, condition, surgery_grade=surgery_grade, technique=technique)
    return tuple(entry for entry in above if rank(pack, entry.code) < limit)


def _treating(pack: Pack) -> Iterator[InstitutionEntry]:
    return (entry for entry in pack.institutions.institutions if entry.treats)


def _member(pack: Pack, institution: str) -> str:
    entry = pack.institutions.institution(institution)
    return entry.parent if entry.kind == "village_clinic" and entry.parent else institution
