"""The lines of 《双向转诊证明》 as they are frozen at issue, in the order of the paper form. Domain-review 5.1."""

from collections import Counter
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from backend.alliance.packs.pack import Pack
from backend.alliance.queries import pack
from backend.alliance.reach import SURGERY_GRADES
from backend.contracts.queries import team_of
from backend.kernel.clock import SHANGHAI, age_on, local_day
from backend.people.models import Practitioner, Resident
from backend.records.models import Reading, Result
from backend.records.results import recognition_at
from backend.records.views import department_name, institution_name
from backend.records.visits import find_visit
from backend.referrals import along, answers, choices, consents, package, signing
from backend.referrals.contacts import contact_of
from backend.referrals.judged import pack_judged_by, standard_kept
from backend.referrals.models import Referral
from backend.referrals.states import GIVEN, SignatureStatus
from backend.store import clock
from backend.store.db import session
from backend.store.vault import vault

SEX = {"male": "男", "female": "女", "unknown": "未知"}
INSURANCE = {"resident": "居民医保", "employee": "职工医保", "none": "未参保"}
CATEGORY = {"outpatient": "门诊", "stay": "住院", "examination": "检查", "bed": "康复住院", "home": "回家管理"}
GIVEN_BY = {"self": "本人", "guardian": "监护人", "authorised": "受书面委托的人", "relative": "近亲属"}
PAPERS = {
    "visit": "就诊记录",
    "readings": "测量记录",
    "result": "检查结果",
    "handoff": "村医转介单",
    "stay": "住院记录",
}
NONE = "无"
UNSAID = "没有填写"
"""Of what a doctor is asked and left empty: nobody said that there is none."""


def facts(referral: Referral, *, number: str, valid_until: date, uses: int, late: list[int]) -> dict[str, Any]:
    """Return everything that is printed, as plain JSON. Names and texts are today's and stay so."""
    county, resident = pack(referral.county_id), _resident(referral)
    today = local_day(clock.now())
    return {
        "title": county.referral.certificate.title,
        "direction": "上转" if referral.direction == "up" else "下转",
        "number": number,
        "emergency": referral.emergency,
        "places": _places(county, referral),
        "person": _person(county, resident, today),
        "insurance": _insurance(county, resident),
        "first_visit": _first_visit(county, referral),
        "category": CATEGORY[referral.category],
        "diagnosis": {"text": referral.diagnosis_text, "code": referral.diagnosis_code or ""},
        "operation": _operation(county, referral),
        "indication": _indication(pack_judged_by(referral), referral),
        "condition": {"summary": vault().open(referral, "summary") or UNSAID, **_readings(referral)},
        "examinations": _examinations(county, referral),
        "treatment": {
            "given": _given(referral),
            "caution": vault().open(referral, "caution") or UNSAID,
        },
        "skip": _skip(pack_judged_by(referral), referral),
        "handover": package.printed(referral),
        "papers": _papers(referral),
        "consent": _consent(referral),
        "signatures": [_signature(referral, step, late) for step in signing.steps(referral)],
        "seal": county.referral.certificate.seal,
        "valid_until": valid_until.isoformat(),
        "uses": uses,
        "late": bool(late),
        "footnote": list(county.referral.certificate.footnote),
        "certificate_source": county.source(county.referral.certificate.source).title,
        "sample": county.referral.certificate.sample,
    }


def _places(county: Pack, referral: Referral) -> dict[str, Any]:
    issuer = county.institutions.institution(referral.from_institution)
    target = county.institutions.institution(referral.to_institution)
    reply = answers.live_answer(referral)
    if reply is not None and not answers.covers_place(reply, referral):
        reply = None  # the yes of one department is printed beside no other
    return {
        "from": issuer.name,
        "from_second_name": issuer.second_name or "",
        "from_level": county.county.level(issuer.level).name,
        "to": target.name,
        "to_second_name": target.second_name or "",
        "to_level": county.county.level(target.level).name,
        "to_department": department_name(county, referral.to_department) or "由对方安排",
        "to_doctor": referral.to_doctor or "",
        "confirmed_by": (reply.contact or institution_name(county, reply.institution) or "") if reply else "",
        "confirmed_at": _minute(reply.said_at or reply.answered_at) if reply and reply.answered_at else "",
        "announced": reply is not None and reply.status == "announced",
    }


def _person(county: Pack, resident: Resident, today: date) -> dict[str, Any]:
    number = vault().open(resident, "id_number")
    return {
        "name": resident.name,
        "sex": SEX[resident.sex],
        "birth_on": resident.birth_on.isoformat(),
        "age": age_on(resident.birth_on, today),
        "ethnicity": resident.ethnicity,
        "id_number": f"{number[:6]}********{number[-4:]}" if number and len(number) == 18 else "无身份证",
        "record_number": resident.record_number,
        "address": vault().open(resident, "address") or _village(county, resident.village),
        "phone": vault().open(resident, "phone") or NONE,
        "contact": contact_of(resident),
        "language": resident.language or "普通话",
    }


def _insurance(county: Pack, resident: Resident) -> dict[str, Any]:
    team = team_of(resident.county_id, resident.id)
    return {
        "kind": INSURANCE[resident.insurance],
        "place": county.county.name if resident.insured_here else "外地",
        "team": f"{team.name} {team.phone}".strip() if team else "没有签约",
    }


def _first_visit(county: Pack, referral: Referral) -> dict[str, Any]:
    visit = find_visit(referral.county_id, referral.visit_id) if referral.visit_id else None
    if visit is None:
        return {
            "institution": institution_name(county, referral.from_institution),
            "department": "",
            "doctor": "",
            "day": "",
        }
    return {
        "institution": institution_name(county, visit.institution),
        "department": department_name(county, visit.department) or "本机构",
        "doctor": _name(referral.county_id, visit.practitioner_id),
        "day": local_day(visit.began_at).isoformat(),
    }


def _operation(county: Pack, referral: Referral) -> dict[str, str]:
    # Signed and consented to (content.OPERATION), so it is frozen with the rest, by the names of the day.
    names = {one.code: one.name for one in county.capability.techniques}
    return {
        "grade": f"{SURGERY_GRADES[referral.surgery_grade]}手术" if referral.surgery_grade else "",
        "technique": names.get(referral.technique, referral.technique) if referral.technique else "",
    }


def _indication(county: Pack, referral: Referral) -> dict[str, Any]:
    assert referral.indication is not None, "no referral is submitted without one"
    indication = county.referral.indication(referral.indication)
    standard = standard_kept(referral)
    article = next((one for one in standard.articles if one.number == referral.article), None) if standard else None
    return {
        "code": indication.code,
        "short": indication.short,
        "text": indication.text,
        "standard": f"{standard.name}（{referral.standard_version}）第 {referral.article} 条" if standard else NONE,
        "article": article.text if article else "",
    }


def _readings(referral: Referral) -> dict[str, Any]:
    # With their day: what was measured at home last week is not read as found today.
    rows = (
        session()
        .scalars(
            select(Reading)
            .where(Reading.county_id == referral.county_id, Reading.resident_id == referral.resident_id)
            .order_by(Reading.taken_at.desc(), Reading.id)
            .limit(12)
        )
        .all()
    )
    newest = [row for row in rows if row.set_id == rows[0].set_id]
    return {
        "readings": [f"{row.code}:{float(row.value):g}:{row.unit}" for row in newest],
        "readings_on": local_day(newest[0].taken_at).isoformat() if newest else None,
    }


def _examinations(county: Pack, referral: Referral) -> list[dict[str, Any]]:
    wanted = [UUID(one["id"]) for one in referral.records if one["kind"] == "result"]
    rows = session().scalars(
        select(Result).where(Result.county_id == referral.county_id, Result.id.in_(wanted)).order_by(Result.taken_on)
    )
    return [
        {
            "name": row.name,
            "day": row.taken_on.isoformat(),
            "institution": institution_name(county, row.institution),
            "text": vault().open(row, "text") or "",
            "recognised": recognition_at(row, referral.to_institution).recognised,
        }
        for row in rows
    ]


def _skip(county: Pack, referral: Referral) -> dict[str, Any]:
    reason = next((one for one in county.referral.skip_reasons if one.code == referral.skip_reason), None)
    return {
        "reason": reason.text if reason else NONE,
        "told": _nearer(county, referral),
    }


def _nearer(county: Pack, referral: Referral) -> list[str]:
    # What the patient passes by: neither the place chosen, nor one that does not publish the disease.
    if referral.direction == "down":
        return []
    day = local_day(referral.submitted_at or clock.now())
    wanted: Any = {"surgery_grade": referral.surgery_grade, "technique": referral.technique}
    names = choices.nearer(
        county, referral.from_institution, referral.to_institution, referral.diagnosis_code, on=day, **wanted
    )
    return list(names[:4])


def _consent(referral: Referral) -> dict[str, Any]:
    given = consents.live_consent(referral)
    assert given is not None
    assert given.given_at is not None
    return {
        "number": str(given.id)[:8],
        "version": given.text_version,
        "at": _minute(given.given_at),
        "by": GIVEN_BY[given.given_by or "self"],
        "name": given.signer_name,
        "relation": given.relation,
        "witness": given.witness,
        "language": given.language,
        "interpreter": given.interpreter,
        "signature_file_id": str(given.signature_file_id),
    }


def _signature(referral: Referral, step: Any, late: list[int]) -> dict[str, Any]:
    signed = step.status in GIVEN
    return {
        "title": step.title,
        "act": step.act,
        "as": step.signed_as or step.title,
        "name": _name(referral.county_id, step.practitioner_id) if signed else "",
        "at": _minute(step.signed_at) if signed else "",
        "late": step.step_order in late,
        # Their name stands at both places, and why one person signed for two.
        "note": step.covers_note if step.status == SignatureStatus.COVERED else "",
    }


def _papers(referral: Referral) -> list[str]:
    counted = Counter(PAPERS[one["kind"]] for one in referral.records)
    found = [f"{name} {number} 份" for name, number in counted.items()]
    pictures = Counter(along.PICTURES[row.kind] for row in along.of_referral(referral) if row.kind != along.DRUG)
    found += [f"{name}照片 {number} 张" for name, number in pictures.items()]
    return found or [NONE]


def _given(referral: Referral) -> str:
    drugs = [along.drug_line(row) for row in along.of_referral(referral) if row.kind == along.DRUG]
    taking = f"现在吃的药：{'；'.join(drugs)}" if drugs else ""
    return "　".join(part for part in (vault().open(referral, "treatment"), taking) if part) or UNSAID


def _village(county: Pack, code: str) -> str:
    try:
        return county.places.village(code).name
    except KeyError:
        return code


def _name(county_id: str, practitioner_id: UUID | None) -> str:
    found = session().get(Practitioner, (county_id, practitioner_id)) if practitioner_id else None
    return found.name if found else ""


def _resident(referral: Referral) -> Resident:
    resident = session().get(Resident, (referral.county_id, referral.resident_id))
    assert resident is not None
    return resident


def _minute(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
