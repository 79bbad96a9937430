"""The hand-over package: kept as a draft part by part, refused while a part is missing, frozen when signed.

MS-4.2.2d1, domain-review 5.1 line 13; drugs against the township's formulary: XM-5.7.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import delete, select

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.referral import HandoverPart
from backend.alliance.queries import pack
from backend.kernel.errors import Invalid, Violation
from backend.referrals.handover_rules import Drug, Package, missing
from backend.referrals.models import Referral
from backend.referrals.models_handover import ReferralHandover, ReferralHandoverDrug, ReferralHandoverPart
from backend.store.db import session
from backend.store.vault import vault


@dataclass(frozen=True, slots=True)
class Change:
    """What the ward writes now; None leaves a thing as it is."""

    texts: dict[str, str] | None = None
    drugs: tuple[Drug, ...] | None = None
    no_medicine: bool | None = None
    review_on: date | None = None
    follows: bool | None = None
    followed_by: str | None = None


def start(referral: Referral) -> ReferralHandover:
    """Begin an empty package."""
    row = ReferralHandover(
        county_id=referral.county_id,
        referral_id=referral.id,
        resident_id=referral.resident_id,
        no_medicine=False,
        followed_by="",
    )
    session().add(row)
    session().flush()
    return row


def find(referral: Referral) -> ReferralHandover | None:
    """Return the package of a referral down, or None."""
    return session().scalar(
        select(ReferralHandover).where(
            ReferralHandover.county_id == referral.county_id, ReferralHandover.referral_id == referral.id
        )
    )


def package_of(referral: Referral) -> Package:
    """Return what is handed over, opened; an empty one when nothing was begun."""
    row = find(referral)
    return Package() if row is None else _opened(row)


def save(referral: Referral, change: Change) -> ReferralHandover:
    """Write what was said. Raises Invalid for a part or a drug that the county does not have."""
    row = find(referral) or start(referral)
    county = pack(referral.county_id)
    for code, words in (change.texts or {}).items():
        _write(row, _text_part(county, code), words)
    if change.drugs is not None:
        _replace_drugs(county, row, change.drugs)
    for name, value in (
        ("no_medicine", change.no_medicine),
        ("review_on", change.review_on),
        ("hospital_follows", change.follows),
        ("followed_by", change.followed_by),
    ):
        if value is not None:
            setattr(row, name, value)
    if change.drugs:
        row.no_medicine = False
    if row.no_medicine:
        _replace_drugs(county, row, ())
    row.version += 1
    session().flush()
    referral.package_hash = _digest(_opened(row))
    return row


def parts_of(county: Pack, way: str) -> tuple[HandoverPart, ...]:
    """Return the parts that are asked for a bed or for home."""
    return tuple(part for part in county.referral.handover.parts if way in part.required_for)


def problems(referral: Referral) -> tuple[Violation, ...]:
    """Return every required part that is missing, at once; nothing for a referral up."""
    if referral.direction != "down":
        return ()
    county = pack(referral.county_id)
    return missing(county.referral.handover.parts, referral.category, package_of(referral), county.source)


def not_kept(county: Pack, institution: str, drugs: tuple[Drug, ...]) -> tuple[Drug, ...]:
    """Return the drugs an institution of that level does not keep; one outside the catalogue counts (XM-5.7)."""
    level = county.institutions.institution(institution).level
    kept = {drug.code for drug in county.prescriptions.drugs if level in drug.stocked_at}
    return tuple(drug for drug in drugs if drug.code not in kept)


def printed(referral: Referral) -> dict[str, str]:
    """Return the package as the certificate prints it (form line 13): name of each part, and what it says."""
    if referral.direction != "down":
        return {}
    given, lines = package_of(referral), {}
    for part in parts_of(pack(referral.county_id), referral.category):
        match part.kind:
            case "drugs":
                drugs = [f"{drug.name} {drug.dose}，吃到 {drug.until_on}" for drug in given.drugs]
                lines[part.name] = "、".join(drugs) or "不用带药"
            case "date":
                lines[part.name] = str(given.review_on)
            case "follow":
                lines[part.name] = f"是，{given.followed_by}" if given.follows else "否"
            case _:
                lines[part.name] = given.texts.get(part.code, "")
    return lines


def _opened(row: ReferralHandover) -> Package:
    parts = session().scalars(
        select(ReferralHandoverPart).where(
            ReferralHandoverPart.county_id == row.county_id, ReferralHandoverPart.handover_id == row.id
        )
    )
    drugs = session().scalars(
        select(ReferralHandoverDrug)
        .where(ReferralHandoverDrug.county_id == row.county_id, ReferralHandoverDrug.handover_id == row.id)
        .order_by(ReferralHandoverDrug.place)
    )
    return Package(
        texts={part.code: vault().open(part, "text") or "" for part in parts},
        drugs=tuple(Drug(one.drug, one.name, one.dose, one.until_on) for one in drugs),
        no_medicine=row.no_medicine,
        review_on=row.review_on,
        follows=row.hospital_follows,
        followed_by=row.followed_by,
    )


def _write(row: ReferralHandover, part: HandoverPart, words: str) -> None:
    written = session().scalar(
        select(ReferralHandoverPart).where(
            ReferralHandoverPart.county_id == row.county_id,
            ReferralHandoverPart.handover_id == row.id,
            ReferralHandoverPart.code == part.code,
        )
    )
    if written is None:
        written = ReferralHandoverPart(
            county_id=row.county_id, handover_id=row.id, resident_id=row.resident_id, code=part.code
        )
        session().add(written)
        session().flush()
    vault().seal(written, "text", words)


def _text_part(county: Pack, code: str) -> HandoverPart:
    found = next((part for part in county.referral.handover.parts if part.code == code), None)
    if found is None or found.kind != "text":
        raise Invalid("no_part", "交接里没有这一项，请刷新后再写。")
    return found


def _replace_drugs(county: Pack, row: ReferralHandover, drugs: tuple[Drug, ...]) -> None:
    session().execute(
        delete(ReferralHandoverDrug).where(
            ReferralHandoverDrug.county_id == row.county_id, ReferralHandoverDrug.handover_id == row.id
        )
    )
    known = {drug.code: drug for drug in county.prescriptions.drugs}
    for place, drug in enumerate(drugs):
        if drug.code is not None and drug.code not in known:
            raise Invalid("no_drug", "药品目录里没有这个药，请从列表里选，或直接写药名。")
        name = f"{known[drug.code].name} {known[drug.code].spec}" if drug.code else drug.name.strip()
        if not name:
            raise Invalid("no_drug", "有一种药没有写名字。")
        session().add(
            ReferralHandoverDrug(
                county_id=row.county_id,
                handover_id=row.id,
                place=place,
                drug=drug.code,
                name=name,
                dose=drug.dose,
                until_on=drug.until_on,
            )
        )
    session().flush()


def _digest(package: Package) -> str:
    text = json.dumps(asdict(package), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
