"""A stay beyond what the house may do: flagged with who can, never in the way, and what was chosen. MS-3, XM-5.4e."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.alliance import reach
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.institutions import InstitutionEntry
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Invalid, Stale
from backend.kernel.roles import Actor
from backend.kernel.rules import require
from backend.records.models import Stay
from backend.records.rules import SCOPE_RULES, ScopeFacts
from backend.records.states import StayStatus
from backend.store import access, audit, clock
from backend.store.db import session
from backend.web import live

EMERGENCY = "emergency"
CHOICES = {
    "refer_on": "转到能做的医院",
    "other_way": "不做这个，在这里用别的办法治",
    "stays": "都说清了，病人选择留在这里",
    EMERGENCY: "急救，先救人",
}
"""What may be chosen; the last is also what holds for whoever came as an emergency."""


@dataclass(frozen=True, slots=True)
class Beyond:
    """What of a stay the house may not do, in words, and who can, nearest first."""

    words: tuple[str, ...]
    who_can: tuple[InstitutionEntry, ...]


def beyond(stay: Stay) -> Beyond | None:
    """Return what of a stay lies beyond its house, or None."""
    county = pack(stay.county_id)
    condition = reach.condition_of(county, stay.diagnosis_code) if stay.diagnosis_code else None
    technique = stay.technique
    grade = stay.surgery_grade or 0
    words = reach.beyond(county, stay.institution, condition, surgery_grade=grade, technique=technique)
    if not words:
        return None
    partners = county.alliances.partners_on(local_day(clock.now()))
    wanted: Any = {"surgery_grade": grade, "technique": technique, "partners": partners, "across": True}
    able = reach.able_above(county, stay.institution, condition, **wanted)
    if not able and (grade or technique):
        # Houses above do not publish every small illness: then whoever may do the operation is told.
        able = reach.able_above(county, stay.institution, None, **wanted)
    return Beyond(words, able)


def judge_admission(actor: Actor, stay: Stay) -> None:
    """Flag a new stay where it is beyond the house. An emergency is taken without a question, and that is kept."""
    found = beyond(stay)
    if found is None:
        return
    if stay.came_as == EMERGENCY:
        _choose(actor, stay, EMERGENCY)
    session().flush()
    _trace(actor, stay, found)


def plan(
    actor: Actor,
    stay_id: UUID,
    *,
    surgery_grade: int | None = None,
    technique: str | None = None,
    choice: str | None = None,
    version: int | None = None,
) -> Stay:
    """Say what operation or technique a stay is for, and what was chosen where the house may not do it.

    Raises RuleBroken with who can, as long as nothing was chosen; an emergency is never asked.
    """
    stay = access.authorize(Stay, stay_id, actor, "stay.plan_operation", lock=True)
    if version is not None and version != stay.version:
        raise Stale("stale", "别人刚改过，请刷新后再办。", extra={"version": stay.version})
    if stay.status == StayStatus.DISCHARGED:
        raise Conflict("discharged", "这位病人已经出院了。")
    known(pack(stay.county_id), technique)
    with session().no_autoflush:
        stay.surgery_grade, stay.technique = surgery_grade, technique
        found = beyond(stay)
    stay.scope_choice = stay.scope_by = stay.scope_at = None
    if found is not None:
        chosen = choice or (EMERGENCY if stay.came_as == EMERGENCY else None)
        require(SCOPE_RULES, _facts(stay, found, chosen), pack(stay.county_id).source)
        assert chosen is not None
        _choose(actor, stay, chosen)
    stay.version += 1
    session().flush()
    _trace(actor, stay, found)
    live.hint(stay.county_id, f"institution:{stay.institution}", "stay", stay.id)
    return stay


def known(county: Pack, technique: str | None) -> None:
    """Raise Invalid for a technique that the county does not list."""
    if technique is not None and all(one.code != technique for one in county.capability.techniques):
        raise Invalid("no_technique", "没有这项技术，请从列表里选。")


def sentence(stay: Stay, found: Beyond) -> str:
    """Return the flag as one reads it: what the house may not do."""
    house = pack(stay.county_id).institutions.institution(stay.institution).short_name
    return f"{house}{'；'.join(found.words)}。"


def _facts(stay: Stay, found: Beyond, choice: str | None) -> ScopeFacts:
    return ScopeFacts(
        what=sentence(stay, found),
        who_can=tuple(one.name for one in found.who_can[:3]),
        chosen=choice in CHOICES,
    )


def _choose(actor: Actor, stay: Stay, choice: str) -> None:
    stay.scope_choice, stay.scope_by, stay.scope_at = choice, actor.practitioner_id, clock.now()


def _trace(actor: Actor, stay: Stay, found: Beyond | None) -> None:
    audit.record(
        session(),
        actor,
        "stay.plan_operation",
        "stay",
        stay.id,
        resident_id=stay.resident_id,
        after=stay.status,
        detail={
            "surgery_grade": stay.surgery_grade,
            "technique": stay.technique,
            "beyond": list(found.words) if found else [],
            "who_can": [one.code for one in found.who_can[:3]] if found else [],
            "choice": stay.scope_choice,
        },
    )
