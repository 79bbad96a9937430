"""A referral before it is submitted: made, changed, judged; and the own wish that gets none. MS-2.1, MS-4.2.3e."""

import hashlib
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.kernel.clock import local_day
from backend.kernel.errors import Forbidden, Invalid, NotFound, RuleBroken, Violation
from backend.kernel.roles import Actor
from backend.kernel.rules import decide, require
from backend.people.models import Resident
from backend.records.timeline import entries_of
from backend.records.visits import find_visit
from backend.referrals import choices, homeward, lower_stay, package
from backend.referrals.content import words_of
from backend.referrals.facts import RULES, facts_of, standards_for
from backend.referrals.models import Referral
from backend.referrals.rules import DRAFT_RULES, FLAGS
from backend.referrals.states import REFERRALS, ReferralAction, ReferralStatus
from backend.store import access, audit, clock
from backend.store.db import session
from backend.store.vault import vault

NOTES = ("summary", "treatment", "caution")
MAY_BE_EMPTY = frozenset(
    {"standard", "article", "skip_reason", "to_department", "to_doctor", "wanted_on", "surgery_grade", "technique"}
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the treating doctor says. None in an edit leaves a field as it is."""

    to_institution: str | None = None
    category: str | None = None
    to_department: str | None = None
    to_doctor: str | None = None
    wanted_on: date | None = None
    diagnosis_code: str | None = None
    diagnosis_text: str | None = None
    indication: str | None = None
    standard: str | None = None
    article: int | None = None
    skip_reason: str | None = None
    surgery_grade: int | None = None
    technique: str | None = None
    choice_by_patient: bool | None = None
    records: tuple[tuple[str, UUID], ...] | None = None
    no_records: bool | None = None
    summary: str | None = None
    treatment: str | None = None
    caution: str | None = None
    own_wish: bool = False
    cleared: frozenset[str] = field(default_factory=frozenset)
    """Names of fields that are emptied, such as a standard that no longer fits."""


@dataclass(frozen=True, slots=True)
class Case:
    """Where a referral comes from: the person, the visit or stay, the direction."""

    resident_id: UUID
    direction: str = "up"
    visit_id: UUID | None = None
    stay_id: UUID | None = None
    department: str | None = None


def create(actor: Actor, case: Case, draft: Draft) -> Referral:
    """Make a draft; the actor becomes the treating doctor. Raises RuleBroken for own wish alone and village clinics.

    What else is missing is told with the draft (`problems`) and refused at submission.
    """
    resident = access.authorize(Resident, case.resident_id, actor, "referral.create")
    if actor.institution is None or actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    if draft.to_institution is None or draft.category is None:
        raise Invalid("invalid", "请先选转到哪里、是门诊还是住院。")
    county = pack(actor.county_id)
    row = _begun(actor, case, draft.to_institution, draft.category, own_wish=draft.own_wish)
    if case.direction == "up":
        row.stay_id = _stay_left(actor, case)
    _take_from_visit(actor, row)
    put(actor, row, draft)
    require(DRAFT_RULES, facts_of(county, row, local_day(clock.now())), county.source)
    session().add(row)
    session().flush()
    audit.record(
        session(), actor, "referral.create", "referral", row.id, resident_id=resident.id, after=ReferralStatus.DRAFT
    )
    return row


def refuse_own_wish(actor: Actor, case: Case, to_institution: str, diagnosis_text: str) -> tuple[Referral, Violation]:
    """Write down that a transfer was asked for at the person's own wish, that it was refused and they were told.

    They may go by themselves, and what changes; the row says when and by whom that was said (MS-4.2.3e, MS-2.1).
    """
    resident = access.authorize(Resident, case.resident_id, actor, "referral.create")
    if actor.institution is None or actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    county = pack(actor.county_id)
    row = _begun(actor, case, to_institution, "outpatient", own_wish=True)
    row.status = REFERRALS.next(ReferralStatus.DRAFT, ReferralAction.REFUSE, actor)
    row.ended_at, row.end_reason = clock.now(), "own_wish"
    _take_from_visit(actor, row)
    row.diagnosis_text = diagnosis_text or row.diagnosis_text
    _known(county, row)
    [violation] = decide(DRAFT_RULES[:1], facts_of(county, row, local_day(clock.now())), county.source)
    session().add(row)
    session().flush()
    audit.record(
        session(),
        actor,
        "referral.create",
        "referral",
        row.id,
        resident_id=resident.id,
        after=row.status,
        detail={"rule": violation.rule, "source": violation.source.id, "told": "may_go"},
    )
    return row, violation


def _begun(actor: Actor, case: Case, to_institution: str, category: str, *, own_wish: bool) -> Referral:
    return Referral(
        county_id=actor.county_id,
        resident_id=case.resident_id,
        direction=case.direction,
        category=category,
        status=ReferralStatus.DRAFT,
        practitioner_id=actor.practitioner_id,
        from_institution=actor.institution,
        from_department=case.department or actor.department,
        to_institution=to_institution,
        visit_id=case.visit_id,
        stay_id=case.stay_id,
        diagnosis_text="",
        offered=[],
        records=[],
        emergency=False,
        own_wish=own_wish,
        choice_by_patient=False,
        no_records=False,
        round=0,
        pack_version=pack(actor.county_id).version,
    )


def put(actor: Actor, row: Referral, draft: Draft) -> None:
    """Write what was said into a row, with what follows from it: places offered, version of the standard, emergency.

    Raises Invalid for a code the county's pack does not have, or a record of somebody else.
    """
    county, day = pack(actor.county_id), local_day(clock.now())
    before = words_of(row)
    for entry in fields(Draft):
        value = getattr(draft, entry.name)
        if entry.name not in {"records", "own_wish", "cleared", *NOTES} and value is not None:
            setattr(row, entry.name, value)
    for name in draft.cleared & MAY_BE_EMPTY:
        setattr(row, name, None)
    if draft.records is not None:
        row.records = _records(row, draft.records)
    _seal_notes(row, draft)
    _known(county, row)
    if row.content_hash is not None and words_of(row) == before:
        return  # another day or department: it stays judged by the rules it was judged by, whatever is in force now
    standard = next((one for one in standards_for(county, row, day) if one.code == row.standard), None)
    row.standard_version = standard.version if standard else None
    indication = next((one for one in county.referral.indications if one.code == row.indication), None)
    row.emergency = indication is not None and indication.emergency
    row.offered = [choice.institution for choice in offered(county, row)]
    row.pack_version = county.version


def offered(county: Pack, row: Referral) -> tuple[choices.Choice, ...]:
    """Return every place this person may be sent to, whatever was chosen."""
    if row.direction == "up":
        return choices.choices(
            county,
            row.from_institution,
            row.diagnosis_code,
            on=local_day(clock.now()),
            surgery_grade=row.surgery_grade,
            technique=row.technique,
        )
    return choices.choices_down(county, row.from_institution, homeward.town_of(county, row.resident_id))


def problems(row: Referral) -> tuple[Violation, ...]:
    """Return everything that stands in the way of submission, at once."""
    county = pack(row.county_id)
    broken = decide(RULES[row.direction], facts_of(county, row, local_day(clock.now())), county.source)
    return (*broken, *package.problems(row))


def flags(row: Referral) -> tuple[Violation, ...]:
    """Return what is said and stands in nobody's way."""
    county = pack(row.county_id)
    return decide(FLAGS, facts_of(county, row, local_day(clock.now())), county.source)


def keep_flags(actor: Actor, row: Referral) -> None:
    """Write down what was flagged when a referral was signed, who could do it, and that this house was chosen."""
    found = flags(row)
    if not found:
        return
    facts = facts_of(pack(row.county_id), row, local_day(clock.now()))
    detail = {
        "rules": [one.rule for one in found],
        "beyond": list(facts.beyond),
        "who_can": list(facts.who_can),
        "chosen": row.to_institution,
        "emergency": row.emergency,
    }
    audit.record(
        session(),
        actor,
        "referral.flag",
        "referral",
        row.id,
        resident_id=row.resident_id,
        after=row.status,
        detail=detail,
    )


def require_submittable(row: Referral) -> None:
    """Raise RuleBroken with every broken rule, and every part of a hand-over that is missing."""
    broken = problems(row)
    if broken:
        raise RuleBroken("rule_broken", broken[0].text, violations=broken)


def _stay_left(actor: Actor, case: Case) -> UUID | None:
    # Out of which stay below somebody goes up: named by the doctor, or the one that runs or has just ended here.
    if case.stay_id is not None:
        return lower_stay.require_lower_stay(actor, case.resident_id, case.stay_id).id
    found = lower_stay.find_lower_stay(actor.county_id, case.resident_id, actor.institution or "")
    return found.id if found else None


def _take_from_visit(actor: Actor, row: Referral) -> None:
    if row.visit_id is None:
        return
    visit = find_visit(actor.county_id, row.visit_id)
    if visit is None or visit.resident_id != row.resident_id or visit.institution != actor.institution:
        raise NotFound("visit_not_found", "没有找到这次看病，请回到病人那一页再开转诊。")
    row.from_department = visit.department or row.from_department
    row.diagnosis_code, row.diagnosis_text = visit.diagnosis_code, visit.diagnosis_text or ""


def _seal_notes(row: Referral, draft: Draft) -> None:
    given = {name: value for name in NOTES if (value := getattr(draft, name)) is not None}
    if not given and row.notes_hash is not None:
        return
    for name, value in given.items():
        vault().seal(row, name, value)
    texts = "\x00".join(vault().open(row, name) or "" for name in NOTES)
    row.notes_hash = hashlib.sha256(texts.encode()).hexdigest()


def _records(row: Referral, wanted: tuple[tuple[str, UUID], ...]) -> list[dict[str, Any]]:
    theirs = {(entry.kind, entry.id) for entry in entries_of(row.county_id, row.resident_id, wanted)}
    if not set(wanted) <= theirs:
        raise Invalid("record_not_found", "有一份资料不是这位病人的，请重新勾选。")
    return [{"kind": kind, "id": str(record_id)} for kind, record_id in dict.fromkeys(wanted)]


def _known(county: Pack, row: Referral) -> None:
    target = _institution(county, row.to_institution)
    if target.code == row.from_institution:
        raise Invalid("same_institution", "不能转给自己，请另选一家。")
    if (row.direction == "down") != (row.category in ("bed", "home")):
        raise Invalid("no_category", "往下转要选接着住院还是回家，往上转要选门诊、住院还是检查。")
    if row.direction == "down" and target.code not in {one.institution for one in offered(county, row)}:
        raise Invalid("not_below", f"{target.name}不能接转下来的病人，请从列表里选一家卫生院。")
    if row.to_department is not None and row.to_department not in target.departments:
        raise Invalid("no_department", f"{target.name}没有这个科，请从列表里选。")
    if row.technique is not None and all(one.code != row.technique for one in county.capability.techniques):
        raise Invalid("no_technique", "没有这项技术，请从列表里选。")
    if row.skip_reason is not None and all(one.code != row.skip_reason for one in county.referral.skip_reasons):
        raise Invalid("no_skip_reason", "没有这个理由，请从列表里选。")


def _institution(county: Pack, code: str) -> Any:
    try:
        return county.institutions.institution(code)
    except KeyError as error:
        raise Invalid("no_institution", "本县的名单里没有这家机构，请从列表里选。") from error
