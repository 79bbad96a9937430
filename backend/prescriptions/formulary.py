"""What the county's catalogue says about a drug, and where it is kept. XM-5.7, MS-5.2a."""

from collections.abc import Iterable

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.prescriptions import DrugEntry, ExcludedClass, LongDisease

_KEPT_AT = ("village", "township", "county")


def find_drug(pack: Pack, code: str) -> DrugEntry | None:
    """Return the catalogue's entry, or None."""
    return next((drug for drug in pack.prescriptions.drugs if drug.code == code), None)


def drug_name(pack: Pack, code: str) -> str:
    """Return a drug's name with its strength, or the code of one that left the catalogue."""
    drug = find_drug(pack, code)
    return f"{drug.name} {drug.spec}" if drug else code


def find_disease(pack: Pack, condition: str) -> LongDisease | None:
    """Return what the county allows for a disease, or None when it allows no long prescription."""
    return next((one for one in pack.prescriptions.diseases if one.condition == condition), None)


def exclusion(pack: Pack, drug: DrugEntry, condition: str) -> ExcludedClass | None:
    """Return the class that keeps a drug out of long prescriptions for this disease, or None (LP-02)."""
    for kind in pack.prescriptions.excluded_classes:
        if kind.code == drug.drug_class and condition not in kind.except_conditions:
            return kind
    return None


def not_kept(pack: Pack, institution: str, codes: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that an institution of that level does not keep; unknown codes too."""
    level = pack.institutions.institution(institution).level
    if level not in _KEPT_AT:
        return ()  # a hospital above the county's own: its list is not ours to know
    missing = []
    for code in dict.fromkeys(codes):
        drug = find_drug(pack, code)
        if drug is None or level not in drug.stocked_at:
            missing.append(code)
    return tuple(missing)
