"""Where somebody may be sent: every place that can treat it, nearest first, always all of them. MS-2.1, MS-4.2.2u1.

Pure: a pack goes in, a list comes out.
"""

from dataclasses import dataclass
from datetime import date

from backend.alliance import reach
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import TOWNSHIP_KINDS, InstitutionEntry


@dataclass(frozen=True, slots=True)
class Choice:
    """One place. `kilometres` is None beyond the county; `able` is None when the disease is not in the pack."""

    institution: str
    name: str
    level: str
    level_name: str
    kilometres: int | None
    able: bool | None
    outside: bool
    partner: bool
    nearest: bool
    departments: tuple[str, ...]
    phones: tuple[str, ...]


def choices(pack: Pack, issuer: str, diagnosis: str | None, *, on: date) -> tuple[Choice, ...]:
    """Return every place above that can treat the diagnosis, nearest first; all above for an unknown one.

    Outside the county the hospitals whose agreement holds on that day come first (XM-5.5, MS-4.2.3d).
    """
    condition = reach.condition_of(pack, diagnosis) if diagnosis else None
    partners = pack.alliances.partners_on(on)
    found = reach.able_above(pack, issuer, condition, partners=partners) if condition is not None else ()
    able = True if found else (None if condition is None else False)
    # Nobody publishes it: that is said, and the choice is still the person's.
    found = found or _all_above(pack, issuer, partners)
    return tuple(_choice(pack, issuer, entry, able, place == 0, partners) for place, entry in enumerate(found))


def choices_down(pack: Pack, issuer: str, town: str | None) -> tuple[Choice, ...]:
    """Return every township that can take somebody back, the person's own first."""
    here = reach.rank(pack, issuer)
    alliance = pack.alliances.of_institution(issuer)
    found = [entry for entry in pack.institutions.of_kind(*TOWNSHIP_KINDS) if reach.rank(pack, entry.code) < here]

    def order(entry: InstitutionEntry) -> tuple[bool, bool, str]:
        return entry.town != town, pack.alliances.of_institution(entry.code) is not alliance, entry.code

    return tuple(_choice(pack, issuer, entry, None, place == 0) for place, entry in enumerate(sorted(found, key=order)))


def nearer(pack: Pack, issuer: str, target: str, diagnosis: str | None) -> tuple[str, ...]:
    """Return the names of the places of a lower level that can treat it too; not empty means a level is skipped."""
    condition = reach.condition_of(pack, diagnosis) if diagnosis else None
    if condition is not None:
        return tuple(entry.name for entry in reach.nearer_than(pack, issuer, target, condition))
    limit = reach.rank(pack, target)
    return tuple(entry.name for entry in _all_above(pack, issuer) if reach.rank(pack, entry.code) < limit)


def able(pack: Pack, institution: str, diagnosis: str | None) -> bool:
    """Say whether the disease lies within an institution's published scope; an unknown disease is not judged."""
    condition = reach.condition_of(pack, diagnosis) if diagnosis else None
    return condition is None or reach.may_treat(pack, institution, condition)


def _choice(
    pack: Pack,
    issuer: str,
    entry: InstitutionEntry,
    able: bool | None,
    nearest: bool,
    partners: tuple[str, ...] = (),
) -> Choice:
    return Choice(
        institution=entry.code,
        name=entry.name,
        level=entry.level,
        level_name=pack.county.level(entry.level).name,
        kilometres=_kilometres(pack, issuer, entry),
        able=able,
        outside=entry.outside,
        partner=entry.code in partners,
        nearest=nearest,
        departments=tuple(code for code in entry.departments if pack.institutions.department(code).kind == "clinical"),
        phones=tuple(entry.desk.phones if entry.desk else entry.phones),
    )


def _all_above(pack: Pack, issuer: str, partners: tuple[str, ...] = ()) -> tuple[InstitutionEntry, ...]:
    here = reach.rank(pack, issuer)
    found = [
        entry
        for entry in pack.institutions.institutions
        if entry.treats and entry.departments and reach.rank(pack, entry.code) > here
    ]

    def order(entry: InstitutionEntry) -> tuple[int, bool, bool]:
        return reach.rank(pack, entry.code), entry.outside, entry.code not in partners

    return tuple(sorted(found, key=order))


def _kilometres(pack: Pack, issuer: str, target: InstitutionEntry) -> int | None:
    if target.outside:
        return None
    town = pack.institutions.institution(issuer).town
    if town is not None and town == target.town:
        return 0
    return sum(pack.places.town(code).km_to_county_seat for code in (town, target.town) if code is not None)
