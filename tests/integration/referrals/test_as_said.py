"""What is strange and allowed comes back as it was said; what only resembles a number or a yes is refused."""

import pytest

from tests.integration.badinput.values import KEPT
from tests.integration.referrals.rig import Cast


@pytest.mark.parametrize("said", KEPT)
def test_free_text_comes_back_to_the_last_character(cast: Cast, said: str) -> None:
    made = cast.draft(summary=said)
    assert cast.read(made["id"])["summary"] == said


@pytest.mark.parametrize("wrong", [{"article": "3"}, {"article": 3.0}, {"article": True}, {"choice_by_patient": 1}])
def test_what_resembles_a_number_or_a_yes_is_refused(cast: Cast, wrong: dict[str, object]) -> None:
    refused = cast.doctor.post("/api/v1/referrals", cast.draft_body(**wrong))
    assert (refused.status_code, refused.json["code"]) == (422, "invalid"), refused.json


def test_a_choice_is_written_as_a_choice(cast: Cast) -> None:
    refused = cast.doctor.post("/api/v1/referrals", cast.draft_body(choice_by_patient="true"))
    assert (refused.status_code, refused.json["code"]) == (422, "invalid"), refused.json
