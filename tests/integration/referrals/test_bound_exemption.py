"""The exemption of the law holds at the house the county designates for that disease, and nowhere else. MS-4.1b."""

from typing import Any

import pytest

from backend.alliance.queries import pack
from backend.kernel.errors import RuleBroken
from backend.kernel.roles import Role
from backend.records.exemptions import offered
from backend.records.stays import Admission, admit
from backend.store.db import transaction
from tests import factories
from tests.factories import Person
from tests.integration.desk.browser import browser_of
from tests.integration.referrals.rig import Cast, nothing_foreign, rules

CODE = "institute-by-law"
INSTITUTE = {"xinmi": "zz-infectious", "mangshi": "dh-infectious"}
SOURCE = {"xinmi": "S-verification", "mangshi": "MS-4.1b"}


def clerk_at_institute(cast: Cast) -> Person:
    return factories.staff_person(cast.app, INSTITUTE[cast.county], Role.DESK_CLERK, county_id=cast.county)[0]


def come(cast: Cast, who: Person, **said: Any) -> Any:
    body = {"category": "outpatient", "resident_id": str(cast.patient_id), "exemption": CODE} | said
    return who.post("/api/v1/arrivals", body)


@pytest.mark.clause("MS-4.1b")
def test_the_county_hospital_cannot_say_it_and_is_told_who_can(cast: Cast) -> None:
    answer = come(cast, cast.clerk, condition="tuberculosis")
    nothing_foreign(cast, answer)
    assert rules(answer) == {"records.exemption_fits": SOURCE[cast.county]}
    [violation] = answer.json["violations"]
    with cast.app.app_context(), transaction():
        institute = pack(cast.county).institutions.institution(INSTITUTE[cast.county]).name
    assert institute in violation["instead"]
    assert "照样收住" in violation["instead"], "nobody is turned away for it"
    plain = cast.clerk.post("/api/v1/arrivals", {"category": "outpatient", "resident_id": str(cast.patient_id)})
    assert (plain.status_code, plain.json["came_as"]) == (201, "not_referred")


@pytest.mark.clause("MS-4.1b")
def test_at_the_designated_house_it_holds_for_its_own_disease(cast: Cast) -> None:
    clerk = clerk_at_institute(cast)
    answer = come(cast, clerk, condition="tuberculosis")
    assert (answer.status_code, answer.json.get("came_as"), answer.json.get("exemption")) == (201, "special", CODE)
    for other in ({"condition": "mental"}, {"condition": "hypertension"}, {}):
        assert "records.exemption_fits" in rules(come(cast, clerk, **other)), other


def test_a_known_diagnosis_is_asked_and_not_the_clerk(cast: Cast) -> None:
    clerk = clerk_at_institute(cast)
    department = departments(cast)[0]
    said = {"came_as": "special", "exemption": CODE, "condition": "tuberculosis"}
    with cast.app.app_context(), transaction():
        for wrong in ("I10", "S52", "Z99.9"):
            with pytest.raises(RuleBroken):
                admit(clerk.actor(), Admission(cast.patient_id, department, diagnosis_code=wrong, **said))
        stay = admit(clerk.actor(), Admission(cast.patient_id, department, diagnosis_code="A15.0", **said))
        assert (stay.came_as, stay.exemption) == ("special", CODE)


def departments(cast: Cast) -> tuple[str, ...]:
    with cast.app.app_context(), transaction():
        return tuple(pack(cast.county).institutions.institution(INSTITUTE[cast.county]).departments)


def test_the_desk_offers_only_what_its_house_may_say(cast: Cast) -> None:
    def offers(who: Person) -> str:
        desk = browser_of(cast.app, who)
        page = desk.post("/desk/arrivals/look", q=f"{name(cast)}")
        return page.text

    with cast.app.app_context(), transaction():
        county = pack(cast.county)
        at_hospital = {one.exemption.code for one in offered(county, cast.places.hospital)}
        at_institute = {(one.exemption.code, one.condition) for one in offered(county, INSTITUTE[cast.county])}
    assert CODE not in at_hospital
    assert "emergency-transport" in at_hospital
    assert (CODE, "tuberculosis") in at_institute
    assert (CODE, "mental") not in at_institute
    assert CODE not in offers(cast.clerk)
    clerk = clerk_at_institute(cast)
    assert f"{CODE}/tuberculosis" in offers(clerk)
    done = browser_of(cast.app, clerk).post(
        "/desk/arrivals/register",
        category="stay",
        department=departments(cast)[0],
        resident_id=str(cast.patient_id),
        exemption=f"{CODE}/tuberculosis",
    )
    assert done.status_code == 200, done.text
    refused = browser_of(cast.app, cast.clerk).post(
        "/desk/arrivals/register",
        category="outpatient",
        department="cardiology",
        resident_id=str(cast.patient_id),
        exemption=f"{CODE}/tuberculosis",
    )
    assert refused.status_code == 422
    assert "定点" in refused.text


def name(cast: Cast) -> str:
    from backend.people.models import Resident

    with cast.app.app_context(), transaction() as current:
        return str(current.get_one(Resident, (cast.county, cast.patient_id)).record_number)
