"""A county pack in memory, and the list of sections that make one up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from backend.alliance.packs.base import PackModel
from backend.alliance.packs.national import national_rules
from backend.alliance.packs.problems import Finding
from backend.alliance.packs.sections.alliances import AlliancesSection
from backend.alliance.packs.sections.booking import BookingSection
from backend.alliance.packs.sections.capability import CapabilitySection
from backend.alliance.packs.sections.contracts import ContractsSection
from backend.alliance.packs.sections.county import CountySection
from backend.alliance.packs.sections.followup import FollowupSection
from backend.alliance.packs.sections.holidays import HolidaysSection
from backend.alliance.packs.sections.institutions import InstitutionsSection
from backend.alliance.packs.sections.insurance import InsuranceSection
from backend.alliance.packs.sections.places import PlacesSection
from backend.alliance.packs.sections.prescriptions import PrescriptionsSection
from backend.alliance.packs.sections.referral import ReferralSection
from backend.alliance.packs.sections.sources import SourcesSection
from backend.alliance.packs.sections.targets import TargetsSection
from backend.alliance.packs.sections.words import WordsSection
from backend.kernel.sources import HOUSE, Source, SourceKind

Section = TypeVar("Section", bound=PackModel)
Check = Callable[["Pack"], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything that makes one county different from another; never changed after loading."""

    county: CountySection
    places: PlacesSection
    institutions: InstitutionsSection
    alliances: AlliancesSection
    capability: CapabilitySection
    referral: ReferralSection
    booking: BookingSection
    insurance: InsuranceSection
    contracts: ContractsSection
    followup: FollowupSection
    prescriptions: PrescriptionsSection
    targets: TargetsSection
    holidays: HolidaysSection
    words: WordsSection
    sources: SourcesSection
    extra: Mapping[str, PackModel] = field(default_factory=dict)

    @property
    def county_id(self) -> str:
        """The id of the county, which is also the folder's name."""
        return self.county.id

    @property
    def version(self) -> str:
        """The pack's version, such as 2026.1."""
        return self.county.version

    @property
    def effective_from(self) -> dt.date:
        """The first day on which this version holds."""
        return self.county.effective_from

    def section(self, name: str, model: type[Section]) -> Section:
        """A section by name, typed; for sections that a feature registered itself."""
        found = self.extra.get(name) or getattr(self, name)
        if not isinstance(found, model):
            raise TypeError(f"section {name} is {type(found).__name__}")
        return found

    def source(self, code: str) -> Source:
        """Whose rule it is: a rule's code, or a source's id; the house rule when neither is known."""
        source_id = self.sources.rules.get(code, code)
        for clause in self.sources.clauses:
            if clause.id == source_id:
                return Source(
                    id=clause.id,
                    kind=SourceKind.CLAUSE,
                    title=clause.title,
                    document=f"{self.sources.document_title}（{self.sources.document}）",
                    section=clause.section,
                )
        for setting in self.sources.settings:
            if setting.id == source_id:
                return Source(
                    id=setting.id,
                    kind=SourceKind.SETTING,
                    title=setting.title,
                    document="本县设置（样例）" if setting.sample else "本县设置",
                    sample=setting.sample,
                )
        rule = national_rules().get(source_id)
        if rule is not None:
            return Source(
                id=rule.id,
                kind=SourceKind.NATIONAL,
                title=rule.title,
                document=rule.document,
            )
        return HOUSE

    def document(self) -> dict[str, Any]:
        """The pack as plain JSON values, section by section, for PackVersion."""
        content = {name: getattr(self, name).model_dump(mode="json") for name in SECTIONS}
        for name, model in self.extra.items():
            content[name] = model.model_dump(mode="json")
        return content


SECTIONS: dict[str, type[PackModel]] = {
    "county": CountySection,
    "places": PlacesSection,
    "institutions": InstitutionsSection,
    "alliances": AlliancesSection,
    "capability": CapabilitySection,
    "referral": ReferralSection,
    "booking": BookingSection,
    "insurance": InsuranceSection,
    "contracts": ContractsSection,
    "followup": FollowupSection,
    "prescriptions": PrescriptionsSection,
    "targets": TargetsSection,
    "holidays": HolidaysSection,
    "words": WordsSection,
    "sources": SourcesSection,
}
"""The sections every pack must have: one file each."""

_registered: dict[str, type[PackModel]] = {}
_checks: list[Check] = []


def register_section(name: str, model: type[PackModel]) -> None:
    """Add a section (one file) that a feature owns; twice with another model is an error."""
    if name in SECTIONS or _registered.get(name, model) is not model:
        raise ValueError(f"section {name} is already taken")
    _registered[name] = model


def register_check(check: Check) -> Check:
    """Add a check that runs when every section is well-formed; usable as a decorator."""
    if check not in _checks:
        _checks.append(check)
    return check


def registered_sections() -> dict[str, type[PackModel]]:
    """All sections, the core ones first."""
    return {**SECTIONS, **_registered}


def registered_checks() -> tuple[Check, ...]:
    """The checks that features registered."""
    return tuple(_checks)


def assemble(models: Mapping[str, PackModel]) -> Pack:
    """A pack from its validated sections; KeyError when a core section is missing."""
    core: dict[str, Any] = {name: models[name] for name in SECTIONS}
    return Pack(**core, extra={name: m for name, m in models.items() if name not in SECTIONS})
