"""The list of what one is to sign holds what one may sign, however much else is open in the house."""

import pytest

from backend.referrals import signing
from tests.integration.referrals.rig import Cast, Person, make_cast


def listed(who: Person) -> list[str]:
    return [one["referral_id"] for one in who.get("/api/v1/signatures").json["items"]]


@pytest.mark.clause("MS-4.2.2u2")
def test_what_one_may_not_sign_pushes_nothing_off_the_list(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.doctor_is_head_too()
    monkeypatch.setattr(signing, "MOST_LISTED", 10_000)  # other tests leave much open in the house
    mine = cast.submitted()
    later = make_cast(cast.app, cast.county).submitted()
    whole = listed(cast.doctor)
    assert mine not in whole
    upto = whole.index(later) + 1  # what another test left may be due after both
    monkeypatch.setattr(signing, "MOST_LISTED", upto)
    assert listed(cast.doctor) == whole[:upto]
