"""What the wizard asks about, and what is read to the patient."""

from dataclasses import asdict

from backend.alliance import reach
from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.alliance.reach import SURGERY_GRADES
from backend.kernel.clock import local_day
from backend.kernel.errors import Conflict, Forbidden, Invalid
from backend.kernel.roles import Actor
from backend.kernel.rules import decide
from backend.people.models import Resident
from backend.people.queries import resident_needs_guardian
from backend.records.views import department_name
from backend.referrals import choices, consents, direct, drafts
from backend.referrals.bodies import Named
from backend.referrals.bodies_options import (
    ArticleBody,
    ChoiceBody,
    ConsentTextBody,
    EntrustedBody,
    LowerStayBody,
    OptionsBody,
    StandardChoice,
)
from backend.referrals.facts import facts_of, standards_for
from backend.referrals.lower_stay import difference_of, find_lower_stay
from backend.referrals.models import Referral
from backend.referrals.rules import OWN_WISH
from backend.referrals.said import entrusted_for, is_child_to_hear, kin_for
from backend.referrals.sight import may_name
from backend.referrals.tracks import tracks_of
from backend.referrals.views import indication_body, source_body, violation_view
from backend.store import clock
from backend.store.db import session


def options(
    actor: Actor,
    resident: Resident,
    direction: str,
    diagnosis_code: str | None,
    surgery_grade: int | None = None,
    technique: str | None = None,
) -> OptionsBody:
    """Return every reason, standard and place for a diagnosis at the actor's institution, always all of them.

    With an operation or a technique the places are those that may do it. Raises Invalid for an unknown technique.
    """
    if actor.institution is None or actor.practitioner_id is None:
        raise Forbidden("no_institution", "您的账号还没有挂到医疗机构，请找管理员。")
    county, day = pack(actor.county_id), local_day(clock.now())
    if technique is not None and all(one.code != technique for one in county.capability.techniques):
        raise Invalid("no_technique", "没有这项技术，请从列表里选。")
    sketch = Referral(
        county_id=actor.county_id,
        resident_id=resident.id,
        direction=direction,
        category="outpatient",
        practitioner_id=actor.practitioner_id,
        from_institution=actor.institution,
        to_institution=actor.institution,
        diagnosis_code=diagnosis_code,
        diagnosis_text="",
        surgery_grade=surgery_grade,
        technique=technique,
        own_wish=True,
        emergency=False,
        choice_by_patient=False,
        no_records=True,
        offered=[],
        records=[],
        pack_version=county.version,
    )
    beyond = choices.beyond(county, actor.institution, diagnosis_code, surgery_grade, technique)
    condition = reach.condition_of(county, diagnosis_code) if diagnosis_code else None
    level = county.institutions.institution(actor.institution).level
    [own_wish] = decide([OWN_WISH], facts_of(county, sketch, day), county.source)
    bodies = (indication_body(county, one.code) for one in county.referral.indications if one.direction == direction)
    return OptionsBody(
        condition=Named(code=condition, name=county.capability.condition(condition).name) if condition else None,
        own_scope=not beyond,
        own_beyond=list(beyond),
        grades=[Named(code=str(grade), name=f"{SURGERY_GRADES[grade]}手术") for grade in (1, 2, 3, 4)],
        techniques=[Named(code=one.code, name=one.name) for one in county.capability.techniques],
        may_issue=county.referral.chain(direction, level, day) is not None,
        indications=[body for body in bodies if body is not None],
        standards=[
            StandardChoice(
                code=one.code,
                name=one.name,
                version=one.version,
                articles=[ArticleBody(number=a.number, text=a.text, indication=a.indication) for a in one.articles],
                source=source_body(county, one.source),
            )
            for one in standards_for(county, sketch, day)
        ],
        choices=[
            ChoiceBody(
                **asdict(choice)
                | {"departments": [Named(code=c, name=department_name(county, c) or c) for c in choice.departments]}
            )
            for choice in drafts.offered(county, sketch)
        ],
        skip_reasons=[Named(code=one.code, name=one.text) for one in county.referral.skip_reasons],
        own_wish=violation_view(own_wish),
        lower_stay=_lower_stay(county, actor.institution, resident) if direction == "up" else None,
        choice_source=source_body(county, "referral.choice_required"),
    )


def _lower_stay(county: Pack, institution: str, resident: Resident) -> LowerStayBody | None:
    stay = find_lower_stay(resident.county_id, resident.id, institution)
    if stay is None:
        return None
    rule = difference_of(county, institution)
    return LowerStayBody(
        id=stay.id,
        department_name=department_name(county, stay.department) or "",
        admitted_at=stay.admitted_at,
        discharged_at=stay.discharged_at,
        to_levels=list(rule.to_levels) if rule else [],
        source=source_body(county, rule.source) if rule else None,
    )


def consent_text(actor: Actor, referral: Referral) -> ConsentTextBody:
    """Return what is read to the patient now. Raises Conflict when nothing is asked."""
    if referral.content_hash is None:
        raise Conflict("consent_not_asked", "医生还没有提交，现在不用您同意。")
    county, text = pack(referral.county_id), consents.text_for(referral)
    refused = consents.refusal(actor, referral)
    resident = session().get(Resident, (referral.county_id, referral.resident_id))
    assert resident is not None
    return ConsentTextBody(
        code=text.code,
        version=text.version,
        text=text.text,
        ticks=list(text.ticks),
        content_hash=referral.content_hash,
        needs_guardian=resident_needs_guardian(resident, local_day(clock.now())),
        child_to_hear=is_child_to_hear(resident),
        guardian_relations=list(kin_for(resident, "guardian")),
        kin_relations=list(kin_for(resident, "relative")),
        languages=list(county.county.languages),
        entrusted=[
            EntrustedBody(id=one.id, holder_name=one.holder_name, relation=one.relation, until_on=one.until_on)
            for one in (entrusted_for(resident, referral) if _helps(actor, referral) else [])
        ],
        refused=violation_view(refused) if refused else None,
        source=source_body(county, "referral.consent_required"),
    )


def _helps(actor: Actor, referral: Referral) -> bool:
    return actor.practitioner_id is not None and may_name(tracks_of(referral), actor)


def own_wish_changes(actor: Actor) -> tuple[list[str], str | None]:
    """Return what changes for somebody who goes by themselves, and the source of that; nothing bars them."""
    return direct.without_certificate(pack(actor.county_id))
