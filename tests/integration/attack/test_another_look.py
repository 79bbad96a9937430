"""A list that is asked in another way shows other people: it is another look, and leaves its own trace."""

from backend.kernel.roles import Role
from tests.integration.booking.test_open_places import make
from tests.integration.desk.test_pending import asked
from tests.integration.referrals.rig import Cast, signer
from tests.integration.web.test_list_traces import PENDING, traces


def test_who_looked_at_one_and_then_at_all_looked_twice(cast: Cast) -> None:
    cast.submitted()
    for address in (f"/api/v1/referrals?resident_id={cast.patient_id}", "/api/v1/referrals"):
        assert cast.doctor.get(address).get_json()["items"]
    assert [one["of"] for one in traces(cast.app, cast.doctor)] == [str(cast.patient_id), ""]


def test_a_longer_page_is_another_look(xinmi: Cast) -> None:

    clerk = signer(xinmi.app, "first-hospital", Role.DESK_CLERK, county="xinmi")
    for slot in make(xinmi.app, 2, in_days=5):
        asked(xinmi.app, slot)
    for limit in (1, 100, 100):
        assert clerk.get(f"{PENDING}?limit={limit}").get_json()["items"]
    first, second = (one["people"] for one in traces(xinmi.app, clerk))
    assert (first, second > 1) == (1, True)
