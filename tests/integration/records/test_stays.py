"""Admission: nobody is refused for a paper, and how they came is written down."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from backend.kernel.errors import Forbidden, Invalid
from backend.kernel.roles import Role
from backend.people.models import Resident
from backend.records.stays import Admission, admit
from backend.store import access
from backend.store.db import transaction
from tests import factories
from tests.factories import Person


@pytest.fixture
def ward(app: Flask) -> tuple[Person, UUID]:
    """A desk clerk of the county hospital, and somebody at the door."""
    clerk, _ = factories.staff_person(app, "people-hospital", Role.DESK_CLERK, county_id="mangshi")
    _, resident_id = factories.resident_person(app, "mangshi")
    return clerk, resident_id


@pytest.mark.parametrize(
    "how",
    [
        {"came_as": "not_referred"},
        {"came_as": "referred", "certificate_number": "X1"},
        {"came_as": "emergency", "exemption": "emergency-transport"},
        {"came_as": "special", "exemption": "delivery"},
    ],
)
@pytest.mark.clause("MS-4.1b")
def test_whoever_comes_is_admitted_and_registered_as_they_came(
    app: Flask, ward: tuple[Person, UUID], how: dict[str, Any]
) -> None:
    clerk, resident_id = ward
    doctor, _ = factories.staff_person(app, "people-hospital", Role.WARD_DOCTOR, county_id="mangshi")
    with app.app_context(), transaction():
        row = admit(clerk.actor(), Admission(resident_id, "cardiology", bed="3 床", **how))
        assert (row.status, row.came_as, row.exemption) == ("admitted", how["came_as"], how.get("exemption"))
        assert access.authorize(Resident, resident_id, doctor.actor(), "record.read").id == resident_id


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"came_as": "emergency"}, "exemption"),
        ({"came_as": "special", "exemption": "emergency-transport"}, "exemption"),
        ({"came_as": "not_referred", "exemption": "delivery"}, "exemption"),
        ({"came_as": "referred"}, "certificate_missing"),
        ({"came_as": "guest"}, "came_as"),
    ],
)
def test_what_cannot_be_registered_so_says_how_to_register_it(
    app: Flask, ward: tuple[Person, UUID], how: dict[str, Any], code: str
) -> None:
    clerk, resident_id = ward
    with app.app_context(), transaction():
        with pytest.raises(Invalid) as caught:
            admit(clerk.actor(), Admission(resident_id, "cardiology", **how))
        assert caught.value.code == code
        with pytest.raises(Invalid):
            admit(clerk.actor(), Admission(resident_id, "no-such", "not_referred"))


def test_one_person_lies_once_in_one_house(app: Flask, ward: tuple[Person, UUID]) -> None:
    clerk, resident_id = ward
    with app.app_context():
        with transaction():
            admit(clerk.actor(), Admission(resident_id, "cardiology", "not_referred"))
        with pytest.raises(IntegrityError, match="uq_stay_live"), transaction():
            admit(clerk.actor(), Admission(resident_id, "neurology", "not_referred", referral_id=None))


def test_a_resident_admits_nobody(app: Flask) -> None:
    patient, resident_id = factories.resident_person(app, "mangshi")
    with app.app_context(), transaction(), pytest.raises(Forbidden):
        admit(patient.actor(), Admission(resident_id, "cardiology", "not_referred", referral_id=uuid4()))
