"""May this hand-over be sent, and may it be taken over? Pure. MS-4.2.2d1; in Xinmi the county's own settings."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from backend.kernel.errors import Violation
from backend.kernel.rules import Rule, SourceLookup

INCOMPLETE = "referral.handover_incomplete"


@dataclass(frozen=True, slots=True)
class Drug:
    """A drug that goes along; `code` is the county catalogue's, None for one outside it."""

    code: str | None
    name: str
    dose: str
    until_on: date | None

    @property
    def complete(self) -> bool:
        """Say whether it is known how it is taken and how long it lasts."""
        return bool(self.dose.strip()) and self.until_on is not None


@dataclass(frozen=True, slots=True)
class Package:
    """Everything that is handed over. `follows` is None until the ward has said yes or no."""

    texts: dict[str, str] = field(default_factory=dict)
    drugs: tuple[Drug, ...] = ()
    no_medicine: bool = False
    review_on: date | None = None
    follows: bool | None = None
    followed_by: str = ""

    @property
    def medicine_ends_on(self) -> date | None:
        """Return the day the first of the drugs runs out: the look below must come before it."""
        return min((drug.until_on for drug in self.drugs if drug.until_on is not None), default=None)


class Part(Protocol):
    """A part as the county's pack names it."""

    @property
    def code(self) -> str:
        """Return its code."""

    @property
    def name(self) -> str:
        """Return what clinicians call it."""

    @property
    def plain(self) -> str:
        """Return what a villager reads."""

    @property
    def kind(self) -> str:
        """Return text, drugs, date or follow."""

    @property
    def source(self) -> str:
        """Return the id of whose rule it is."""

    @property
    def required_for(self) -> tuple[str, ...]:
        """Return bed, home or both."""


def done(part: Part, package: Package) -> bool:
    """Say whether a part is there."""
    match part.kind:
        case "drugs":
            return package.no_medicine or (bool(package.drugs) and all(drug.complete for drug in package.drugs))
        case "date":
            return package.review_on is not None
        case "follow":
            return package.follows is False or (package.follows is True and bool(package.followed_by.strip()))
    return bool(package.texts.get(part.code, "").strip())


def missing(parts: Iterable[Part], way: str, package: Package, source_by_id: SourceLookup) -> tuple[Violation, ...]:
    """Return every required part that is not there, at once, each with whose rule it is."""
    return tuple(
        Violation(
            rule=INCOMPLETE,
            text=_lacks(part, package),
            source=source_by_id(part.source),
            instead=_instead(part, package),
            pointer=f"/parts/{part.code}",
        )
        for part in parts
        if way in part.required_for and not done(part, package)
    )


def _lacks(part: Part, package: Package) -> str:
    if part.kind == "drugs" and package.drugs:
        names = "、".join(drug.name for drug in package.drugs if not drug.complete)
        return f"{names}没有写怎么吃、吃到哪天。"
    if part.kind == "follow" and package.follows:
        return "写了医院继续跟踪，没有写谁来跟。"
    return f"交接里还缺“{part.name}”。"


def _instead(part: Part, package: Package) -> str:
    match part.kind:
        case "drugs":
            return "请把每种药的用法和吃到哪天写上；不用带药的，点“不用带药”。"
        case "date":
            return "请选一个复查的日子。"
        case "follow":
            return "请写上跟踪的医生和电话。" if package.follows else "请选医院还跟不跟踪；跟踪的写上谁来跟。"
    return f"请写上“{part.plain}”，写好就能交。"


@dataclass(frozen=True, slots=True)
class TakeOverFacts:
    """What is looked at when the team below takes somebody over."""

    consented: bool
    unsigned: tuple[str, ...]  # titles of those who have not signed and may not follow later
    missing: tuple[str, ...]  # names of parts


CONSENT: Rule[TakeOverFacts] = Rule(
    code="referral.down_consent_required",
    text="病人或家属还没有签字同意回来。",
    instead="请等病人同意；不会用手机的，病区医生会帮着签。",
    holds=lambda facts: facts.consented,
)

SIGNATURES: Rule[TakeOverFacts] = Rule(
    code="referral.down_signatures_required",
    text=lambda facts: f"还差{'、'.join(facts.unsigned)}签字。",
    instead="可以先答应能接；签字齐了会提醒您来接。",
    holds=lambda facts: not facts.unsigned,
)

COMPLETE: Rule[TakeOverFacts] = Rule(
    code=INCOMPLETE,
    text=lambda facts: f"交接资料还缺{'、'.join(facts.missing)}。",
    instead="请打电话让病区补上再接。",
    holds=lambda facts: not facts.missing,
)

TAKE_OVER_RULES = (CONSENT, SIGNATURES, COMPLETE)
