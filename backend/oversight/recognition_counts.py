"""Results that were used and results that were made again, by institution and month, and what was saved. XM-5.3."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from backend.alliance.queries import pack as pack_of
from backend.oversight.months import within
from backend.records.models_recognition import RecognitionChoice
from backend.store.db import session


@dataclass(frozen=True, slots=True)
class RecognitionRow:
    """One institution's month: results used, what that saved, and examinations made again for a reason."""

    institution: str
    name: str
    used: int
    saved_fen: int
    repeated: int


def recognition_rows(county_id: str, month: date) -> list[RecognitionRow]:
    """Return each institution's choices of a month where a result counted."""
    rows = (
        session()
        .execute(
            select(
                RecognitionChoice.institution,
                RecognitionChoice.choice,
                func.count(),
                func.sum(RecognitionChoice.saved_fen),
            )
            .where(RecognitionChoice.county_id == county_id, within(RecognitionChoice.created_at, month))
            .group_by(RecognitionChoice.institution, RecognitionChoice.choice)
        )
        .all()
    )
    counts: dict[str, Counter[str]] = {}
    for institution, choice, number, saved in rows:
        found = counts.setdefault(institution, Counter())
        found[choice] += number
        found["saved"] += int(saved)
    return [
        RecognitionRow(
            one.code, one.short_name, counts[one.code]["used"], counts[one.code]["saved"], counts[one.code]["repeated"]
        )
        for one in pack_of(county_id).institutions.institutions
        if one.code in counts
    ]


def repeat_reasons(county_id: str, month: date) -> list[tuple[str, int]]:
    """Return why examinations were made again in a month, in the county's words, the most frequent first."""
    rows = session().execute(
        select(RecognitionChoice.reason, func.count())
        .where(
            RecognitionChoice.county_id == county_id,
            RecognitionChoice.choice == "repeated",
            within(RecognitionChoice.created_at, month),
        )
        .group_by(RecognitionChoice.reason)
    )
    counted: Counter[str | None] = Counter()
    for reason, number in rows:
        counted[reason] = number
    words = {one.code: one.text for one in pack_of(county_id).insurance.recognition.reasons}
    return [(words.get(code or "", code or ""), number) for code, number in counted.most_common()]
