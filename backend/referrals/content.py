"""What is consented to and signed: the facts of a referral that must not change under a signature. Pure.

Change of diagnosis, indication, kind or place voids signatures; change of day, doctor or department inside the same
hospital does not, and so is no part of it (domain-review 2.2).
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields

from backend.referrals.models import Referral

OPERATION = frozenset({"surgery_grade", "technique"})


@dataclass(frozen=True, slots=True)
class Content:
    """The material facts, named as the columns of a referral."""

    resident_id: str
    direction: str
    category: str
    from_institution: str
    to_institution: str
    diagnosis_code: str | None
    diagnosis_text: str
    indication: str | None
    standard: str | None
    standard_version: str | None
    article: int | None
    skip_reason: str | None
    surgery_grade: int | None
    technique: str | None
    emergency: bool
    notes_hash: str | None
    package_hash: str | None
    pack_version: str

    @property
    def digest(self) -> str:
        """Return SHA-256 over the canonical JSON, in hex; without an operation as before one could be said."""
        said = {name: value for name, value in asdict(self).items() if value is not None or name not in OPERATION}
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


MATERIAL = frozenset(entry.name for entry in fields(Content))
JUDGED = frozenset({"standard_version", "emergency", "pack_version"})
"""What follows from the words and the rules in force when they were said."""


def content_of(referral: Referral) -> Content:
    """Return the material facts of a referral as it is now."""
    values = {name: getattr(referral, name) for name in MATERIAL}
    values["resident_id"] = str(referral.resident_id)
    return Content(**values)


def words_of(referral: Referral) -> dict[str, object]:
    """Return what people said of the material facts, without what the rules of the day made of it."""
    return {name: getattr(referral, name) for name in MATERIAL - JUDGED}
