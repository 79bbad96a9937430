"""From a page's input to what a doctor wants to write."""

from backend.prescriptions.facts import Drug, Wish
from backend.prescriptions.schemas import WritingIn

WRITING_ONLY = frozenset(
    {
        "prescriptions.eligibility",
        "prescriptions.first_assessment",
        "prescriptions.examine_in_person",
        "prescriptions.over_four_weeks",
    }
)
"""Rules that only the written form can answer: the check beforehand does not count them against the patient."""


def wish_of(body: WritingIn, condition: str) -> Wish:
    """Return the wish for a disease; a renewal takes the disease from what it goes on from."""
    return Wish(
        condition=condition,
        days=body.days,
        drugs=tuple(Drug(item.drug, item.per_time, item.times_a_day, item.how) for item in body.items),
        assessment=body.assessment.model_dump(),
        note=body.note,
        advice=body.advice,
        examined=body.examined,
        educated=body.educated,
        confirmation=body.confirmation,
        signature=body.signature,
        pickup_at=body.pickup_at,
        visit_id=body.visit_id,
        continues=body.continues,
        continues_id=body.continues_id,
    )
