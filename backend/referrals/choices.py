"""Where somebody may be sent: every place that can treat it, nearest first, always all of them. MS-2.1, MS-4.2.2u1.

Pure: a pack goes in, a list comes out.
"""

from dataclasses import asdict, dataclass
from datetime import date

from backend.alliance import reach
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import TOWNSHIP_KINDS, InstitutionEntry


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done: the grade of an operation, 0 without one, and a technique that needs admission."""

    surgery_grade: int
    technique: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One place. `kilometres` is None where the pack does not say; `able` is None when the disease is not in it."""

    institution: str
    name: str
    level: str
    level_name: str
    kilometres: int | None
    able: bool | None
    outside: bool
    partner: bool
    own_alliance: bool
    nearest: bool
    passes: tuple[str, ...]  # names of those nearer that can treat it too: going farther wants a reason
    departments: tuple[str, ...]
    phones: tuple[str, ...]


def choices(
    pack: Pack,
    issuer: str,
    diagnosis: str | None,
    *,
    on: date,
    surgery_grade: int | None = None,
    technique: str | None = None,
) -> tuple[Choice, ...]:
    """Return every place above that can treat the diagnosis, by level and distance; all above for an unknown one.

    Outside the county the hospitals whose agreement holds on that day come first (XM-5.5, MS-4.2.3d). The nearest are
    those of the first level at the least distance, whosever alliance they are in.
    """
    condition = reach.condition_of(pack, diagnosis) if diagnosis else None
    partners = pack.alliances.partners_on(on)
    asked = condition is not None or bool(surgery_grade) or technique is not None
    wanted = Wanted(surgery_grade or 0, technique)
    found = reach.able_above(pack, issuer, condition, partners=partners, **asdict(wanted)) if asked else ()
    able = True if found else (False if asked else None)
    # Nobody publishes it: that is said, and the choice is still the person's.
    found = found or _all_above(pack, issuer, partners)
    first = [entry for entry in found if reach.rank(pack, entry.code) == reach.rank(pack, found[0].code)]
    ways = [far for entry in first if (far := reach.kilometres(pack, issuer, entry.code)) is not None]
    nearest = {entry.code for entry in first if ways and reach.kilometres(pack, issuer, entry.code) == min(ways)}
    return tuple(
        _choice(
            pack,
            issuer,
            entry,
            able,
            entry.code in nearest,
            partners,
            tuple(one.name for one in found if reach.is_nearer(pack, issuer, one, entry.code, partners)),
        )
        for entry in found
    )


def choices_down(pack: Pack, issuer: str, town: str | None) -> tuple[Choice, ...]:
    """Return every township that can take somebody back, the person's own first."""
    here = reach.rank(pack, issuer)
    alliance = pack.alliances.of_institution(issuer)
    found = [entry for entry in pack.institutions.of_kind(*TOWNSHIP_KINDS) if reach.rank(pack, entry.code) < here]

    def order(entry: InstitutionEntry) -> tuple[bool, bool, str]:
        return entry.town != town, pack.alliances.of_institution(entry.code) is not alliance, entry.code

    return tuple(_choice(pack, issuer, entry, None, entry.town == town) for entry in sorted(found, key=order))


def nearer(
    pack: Pack,
    issuer: str,
    target: str,
    diagnosis: str | None,
    *,
    on: date,
    surgery_grade: int | None = None,
    technique: str | None = None,
) -> tuple[str, ...]:
    """Return the names of the places passed by that can treat it too: of a lower level, or of the same and nearer."""
    condition = reach.condition_of(pack, diagnosis) if diagnosis else None
    partners = pack.alliances.partners_on(on)
    if condition is not None or surgery_grade or technique is not None:
        wanted = Wanted(surgery_grade or 0, technique)
        found = reach.nearer_than(pack, issuer, target, condition, partners=partners, **asdict(wanted))
    else:
        above = _all_above(pack, issuer, partners)
        found = tuple(entry for entry in above if reach.is_nearer(pack, issuer, entry, target, partners))
    return tuple(entry.name for entry in found)


def able(pack: Pack, institution: str, diagnosis: str | None) -> bool:
    """Say whether the disease lies within an institution's published scope; an unknown disease is not judged."""
    return not beyond(pack, institution, diagnosis)


def beyond(
    pack: Pack, institution: str, diagnosis: str | None, surgery_grade: int | None = None, technique: str | None = None
) -> tuple[str, ...]:
    """Return what of it an institution may not do, in words; a disease that the pack does not list is not judged."""
    condition = reach.condition_of(pack, diagnosis) if diagnosis else None
    return reach.beyond(pack, institution, condition, surgery_grade=surgery_grade or 0, technique=technique)


def _choice(
    pack: Pack,
    issuer: str,
    entry: InstitutionEntry,
    able: bool | None,
    nearest: bool,
    partners: tuple[str, ...] = (),
    passes: tuple[str, ...] = (),
) -> Choice:
    return Choice(
        institution=entry.code,
        name=entry.name,
        level=entry.level,
        level_name=pack.county.level(entry.level).name,
        kilometres=reach.kilometres(pack, issuer, entry.code),
        able=able,
        outside=entry.outside,
        partner=entry.code in partners,
        own_alliance=reach.same_alliance(pack, issuer, entry.code),
        nearest=nearest,
        passes=passes,
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
    return reach.nearest_first(pack, issuer, found, partners)
