"""What is known when a doctor writes a long prescription, gathered once for the rules and for the check before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.prescriptions import Issuer
from backend.contracts.queries import TeamView, team_of
from backend.kernel.errors import Violation
from backend.kernel.roles import Actor
from backend.kernel.rules import decide
from backend.kernel.sources import Source
from backend.people.models import Practitioner, Resident
from backend.prescriptions.formulary import drug_name, exclusion, find_disease, find_drug, not_kept
from backend.prescriptions.models import LongPrescription, PrescriptionItem, PrescriptionRenewal
from backend.prescriptions.queries import covered_until, has_aims, last_of_course, last_readings, running, today
from backend.prescriptions.rules import ISSUE_RULES, IssueFacts
from backend.prescriptions.states import PENDING, Issue, PrescriptionStatus, RenewalStatus
from backend.prescriptions.wording import ASSESSMENT, TITLE_TEXT
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class Drug:
    """One drug as the doctor writes it: how much each time, how often a day."""

    code: str
    per_time: Decimal
    times_a_day: int
    how: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a doctor wants to write; for the check beforehand most of it is still open."""

    condition: str
    days: int
    drugs: tuple[Drug, ...]
    assessment: Mapping[str, bool] = field(default_factory=dict)
    note: str = ""
    advice: str = ""
    examined: bool = False
    educated: bool = False
    confirmation: str = "none"  # none | in_person | phone_app
    signature: str = ""
    pickup_at: str | None = None
    visit_id: UUID | None = None
    continues: str = "own"
    continues_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The facts, the team and the days they lead to, and whose rule each answer is."""

    facts: IssueFacts
    team: TeamView | None
    before: LongPrescription | None  # the prescription that this one goes on from
    starts_on: date
    source_ids: Mapping[str, str]

    def violations(self, pack: Pack) -> tuple[Violation, ...]:
        """Return every broken rule at once, each with its source."""

        def source_of(code: str) -> Source:
            return pack.source(self.source_ids.get(code, code))

        return decide(ISSUE_RULES, self.facts, source_of)


def gather(actor: Actor, pack: Pack, resident: Resident, wish: Wish) -> Found:
    """Return what the rules ask, as of now, about this doctor, this patient and these drugs."""
    day, section = today(), pack.prescriptions
    assert actor.institution is not None
    disease = find_disease(pack, wish.condition)
    codes = [drug.code for drug in wish.drugs]
    known = [found for code in codes if (found := find_drug(pack, code)) is not None]
    open_ones = running(actor.county_id, resident.id)
    before = last_of_course(actor.county_id, resident.id, wish.condition)
    issue = Issue.RENEWAL if before is not None and _goes_on(before) else Issue.FIRST
    until = covered_until(actor.county_id, resident.id, codes) if codes else None
    carry = max((until - day).days, 0) if until else 0
    team = team_of(actor.county_id, resident.id)
    fits, issuer_text, issuer_source = _issuer(actor, pack, issue)
    recent = last_readings(pack, resident, wish.condition, days=section.renewal.last_reading_days)
    place = pack.institutions.institution(actor.institution)
    shut_out = [(drug, kind) for drug in known if (kind := exclusion(pack, drug, wish.condition))]
    missing = [code for code in not_kept(pack, actor.institution, codes) if find_drug(pack, code) is not None]
    facts = IssueFacts(
        may_write=actor.has(*section.may_write),
        condition_name=disease.name if disease else _condition_name(pack, wish.condition),
        listed=disease is not None,
        on_file=wish.condition in resident.conditions,
        needs_contract=section.renewal.needs_contract,
        has_contract=team is not None,
        own_team=team is not None and team.team_id in actor.team_ids,
        issue=issue,
        not_met=tuple(words for code, words in ASSESSMENT.items() if not wish.assessment.get(code, False)),
        note_written=bool(wish.note.strip()),
        examined=wish.examined,
        issuer_fits=fits,
        issuer_text=issuer_text,
        days=wish.days,
        disease_days=disease.max_days if disease else section.supply.max_days,
        carry_days=carry,
        educated=wish.educated,
        confirmation_chosen=wish.confirmation != "none",
        excluded=tuple(f"{drug.name}（{kind.name}）" for drug, kind in shut_out),
        unknown_drugs=tuple(code for code in codes if find_drug(pack, code) is None),
        not_stocked=tuple(drug_name(pack, code) for code in missing),
        institution_name=place.short_name,
        pending=_pending(pack, open_ones, wish.condition, codes),
        frozen=next((stop_name(pack, one.frozen_reason) for one in open_ones if one.frozen_reason), None),
        readings_fresh=bool(recent) or not has_aims(pack, wish.condition),
        reading_days=section.renewal.last_reading_days,
        goal_missed=tuple(f"{one.name} {one.value:g}" for one in recent if one.met is False),
        pickup_place=_is_pickup_place(pack, actor.institution, wish.pickup_at),
    )
    source_ids = {"prescriptions.issuer": issuer_source}
    if disease is not None:
        source_ids["prescriptions.disease_days"] = disease.source
    return Found(
        facts=facts,
        team=team,
        before=before if issue is Issue.RENEWAL else None,
        starts_on=day + timedelta(days=carry),
        source_ids=source_ids,
    )


def stop_name(pack: Pack, code: str | None) -> str:
    """Return the words for what froze or stopped a prescription."""
    found = next((event.name for event in pack.prescriptions.stop_events if event.code == code), None)
    return found or "情况有变"


def _goes_on(before: LongPrescription) -> bool:
    # After a stop, or a renewal that a doctor declined, the next one counts as a first one (LP-10, LP-11).
    declined = session().scalar(
        select(PrescriptionRenewal.id).where(
            PrescriptionRenewal.county_id == before.county_id,
            PrescriptionRenewal.prescription_id == before.id,
            PrescriptionRenewal.status == RenewalStatus.DECLINED,
        )
    )
    return before.status == PrescriptionStatus.COLLECTED and declined is None


def _issuer(actor: Actor, pack: Pack, issue: Issue) -> tuple[bool, str, str]:
    """Say whether the doctor's title is enough here, in words, and by which rule (LP-06, LP-07)."""
    assert actor.institution is not None and actor.practitioner_id is not None
    title = session().get_one(Practitioner, (actor.county_id, actor.practitioner_id)).title
    place = pack.institutions.institution(actor.institution)
    rule: Issuer = next(one for one in pack.prescriptions.issuers if one.issue == issue)
    titles, source, relaxed = set(rule.titles), rule.source, ""
    remote = pack.prescriptions.remote_relaxation
    if remote is not None and place.town in remote.towns:
        titles |= set(remote.titles)
        if title not in rule.titles:
            source, relaxed = remote.source, f"（边远乡镇已按{remote.document}放宽）"
    allowed = "、".join(words for code, words in TITLE_TEXT.items() if code in titles)
    which = "第一次" if issue is Issue.FIRST else "接着"
    text = f"{which}开长期处方要{allowed}{relaxed}；您是{TITLE_TEXT.get(title, title)}。"
    if place.level not in rule.levels:
        return False, "这一级机构不开长期处方。", rule.source
    return title in titles, text, source


def _pending(pack: Pack, open_ones: Sequence[LongPrescription], condition: str, codes: Sequence[str]) -> str | None:
    waiting = [one for one in open_ones if one.status in PENDING or (one.frozen_reason and not one.collected_at)]
    if not waiting:
        return None
    shared = set(
        session().scalars(
            select(PrescriptionItem.prescription_id).where(
                PrescriptionItem.county_id == waiting[0].county_id,
                PrescriptionItem.prescription_id.in_([one.id for one in waiting]),
                PrescriptionItem.drug.in_(codes),
            )
        )
    )
    for one in waiting:
        if one.condition == condition or one.id in shared:
            day = one.issued_on
            return f"病人 {day.month} 月 {day.day} 日开的{_condition_name(pack, one.condition)}长期处方"
    return None


def _condition_name(pack: Pack, code: str) -> str:
    disease = find_disease(pack, code)
    if disease is not None:
        return disease.name
    return next((one.name for one in pack.capability.conditions if one.code == code), code)


def _is_pickup_place(pack: Pack, institution: str, wanted: str | None) -> bool:
    if wanted is None or wanted == institution:
        return True
    try:
        place = pack.institutions.institution(wanted)
    except KeyError:
        return False
    return place.pickup_place and place.parent == institution
