"""Gathers what the rules look at from a referral and the pack it is judged by. Pure."""

from datetime import date
from typing import Any

from backend.alliance import reach
from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.referral import Standard
from backend.referrals import choices
from backend.referrals.models import Referral
from backend.referrals.rules import DOWN_RULES, UP_RULES, ReferralFacts

RULES = {"up": UP_RULES, "down": DOWN_RULES}


def standards_for(pack: Pack, referral: Referral, day: date) -> tuple[Standard, ...]:
    """Return the standards in force that this diagnosis, direction and issuer could meet, by alliance."""
    condition = reach.condition_of(pack, referral.diagnosis_code) if referral.diagnosis_code else None
    alliance = pack.alliances.of_institution(_member(pack, referral.from_institution))
    level = pack.institutions.institution(referral.from_institution).level
    return tuple(
        standard
        for standard in pack.referral.standards
        if standard.direction == referral.direction
        and standard.condition == condition
        and standard.in_force(day)
        and level in standard.from_levels
        and (not standard.alliances or (alliance is not None and alliance.code in standard.alliances))
    )


def facts_of(pack: Pack, referral: Referral, day: date) -> ReferralFacts:
    """Return what the rules look at, for a referral as it stands on that day."""
    section = pack.referral
    target = pack.institutions.institution(referral.to_institution)
    level = pack.institutions.institution(referral.from_institution).level
    indication = next((one for one in section.indications if one.code == referral.indication), None)
    partners = pack.alliances.partners_on(day)
    skip = next((one for one in section.skip_reasons if one.code == referral.skip_reason), None)
    wanted: Any = {"surgery_grade": referral.surgery_grade, "technique": referral.technique}
    able_places = choices.choices(pack, referral.from_institution, referral.diagnosis_code, on=day, **wanted)
    up = referral.direction == "up"
    nearer = choices.nearer(pack, referral.from_institution, target.code, referral.diagnosis_code, on=day, **wanted)
    designated = section.designated(
        reach.condition_of(pack, referral.diagnosis_code) if referral.diagnosis_code else None
    )
    institute = indication is not None and indication.needs_institute
    emergency = referral.emergency or (indication is not None and indication.emergency)
    fits = {None: True, "emergency": emergency, "institute": target.code in designated}
    return ReferralFacts(
        issuer=pack.institutions.institution(referral.from_institution).name,
        issues=section.chain(referral.direction, level, day) is not None,
        own_wish=referral.own_wish,
        own_wish_text=section.own_wish.text,
        own_wish_instead=section.own_wish.instead,
        indication=referral.indication,
        indication_fits=indication is not None and indication.direction == referral.direction,
        standard=referral.standard,
        standard_meets=_meets(pack, referral, day),
        # A reason that no article of the disease's standard speaks of has nothing to choose from.
        standards=tuple(
            standard.name
            for standard in standards_for(pack, referral, day)
            if referral.indication is None or any(one.indication == referral.indication for one in standard.articles)
        ),
        offered=tuple(referral.offered),
        chosen=target.code,
        chosen_name=target.name,
        choice_by_patient=referral.choice_by_patient,
        nearer=nearer if up else (),
        skip_reason=referral.skip_reason,
        skip_known=skip is not None,
        skip_text=skip.text if skip else "",
        skip_fits=skip is not None and fits[skip.only_for],
        institute=institute,
        designated=tuple(pack.institutions.institution(code).name for code in designated),
        exempt=emergency or (institute and target.code in designated),
        to_designated=target.code in designated,
        outside=target.outside,
        partner=target.code in partners,
        partners=tuple(pack.institutions.institution(code).name for code in partners),
        gatekeeper=level in section.out_of_county.inpatient_issuer_levels,
        gatekeepers=tuple(pack.county.level(code).plain for code in section.out_of_county.inpatient_issuer_levels),
        stay=referral.category == "stay",
        records=len(referral.records),
        no_records=referral.no_records,
        beyond=choices.beyond(pack, target.code, referral.diagnosis_code, **wanted),
        who_can=tuple(choice.name for choice in able_places[:3] if choice.able),
        diagnosis=referral.diagnosis_text,
    )


def _meets(pack: Pack, referral: Referral, day: date) -> bool:
    for standard in standards_for(pack, referral, day):
        if standard.code == referral.standard:
            return any(
                article.number == referral.article and article.indication == referral.indication
                for article in standard.articles
            )
    return False


def _member(pack: Pack, institution: str) -> str:
    entry = pack.institutions.institution(institution)
    return entry.parent if entry.kind == "village_clinic" and entry.parent else institution
