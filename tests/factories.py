"""Builders of valid people and things for integration tests. Each makes fresh rows, so that no test cleans up.

Everything is made in the county `xinmi` unless told otherwise; codes of institutions come from the county's pack.
"""

import itertools
import json
import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backend.kernel.clock import machine_now
from backend.kernel.roles import Actor, Role
from backend.people.models import (
    Account,
    Practitioner,
    PractitionerRole,
    RelatedPerson,
    Resident,
    SignInSession,
)
from backend.people.queries import actor_of
from backend.store.db import transaction
from backend.web.auth import new_token

_number = itertools.count(1)


def make_resident(current: Session, county_id: str = "xinmi", **values: Any) -> Resident:
    """A resident of 1958 with full capacity, unless told otherwise."""
    number = next(_number)
    given: dict[str, Any] = {
        "name": f"试验{number}",
        "name_folded": f"试验{number}",
        "name_pinyin": f"shiyan{number}",
        "sex": "female",
        "birth_on": date(1958, 3, 1),
        "record_number": f"{secrets.randbelow(10**17):017d}",
        "village": "v-test",
        "household": "1",
    }
    resident = Resident(county_id=county_id, **(given | values))
    current.add(resident)
    current.flush()
    return resident


def make_practitioner(
    current: Session, institution: str, *roles: Role, county_id: str = "xinmi", **values: Any
) -> Practitioner:
    """A clinician or clerk with roles at one institution of the pack."""
    department = values.pop("department", None)
    duty = values.pop("duty", None)
    practitioner = Practitioner(
        county_id=county_id, **({"name": f"医生{next(_number)}", "title": "attending"} | values)
    )
    current.add(practitioner)
    current.flush()
    for role in roles:
        current.add(
            PractitionerRole(
                county_id=county_id,
                practitioner_id=practitioner.id,
                role=role,
                institution=institution,
                department=department,
                duty=duty,
            )
        )
    current.flush()
    return practitioner


def make_account(
    current: Session,
    county_id: str = "xinmi",
    *,
    resident: Resident | None = None,
    practitioner: Practitioner | None = None,
) -> Account:
    """A signed-up account of a resident, of a clinician, or of both."""
    account = Account(
        county_id=county_id,
        openid_index=uuid4().bytes,
        resident_id=resident.id if resident else None,
        practitioner_id=practitioner.id if practitioner else None,
        assurance="phone" if resident else "staff",
    )
    current.add(account)
    current.flush()
    return account


def make_family(
    current: Session, resident: Resident, account: Account, kind: str = "proxy", relation: str = "女儿"
) -> None:
    """Let an account act for a resident as proxy or guardian."""
    current.add(
        RelatedPerson(
            county_id=resident.county_id,
            resident_id=resident.id,
            account_id=account.id,
            kind=kind,
            name="家人",
            relation=relation,
        )
    )
    current.flush()


@dataclass
class Person:
    """Somebody signed in: an HTTP client with their token, and their actor for service tests."""

    app: Flask
    county_id: str
    account_id: UUID
    token: str
    acting_for: UUID | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def actor(self) -> Actor:
        """The actor as of now; call inside an app context with an open transaction."""
        from backend.store.db import session

        account = session().get(Account, (self.county_id, self.account_id))
        assert account is not None
        return actor_of(session(), account, acting_for=self.acting_for)

    def request(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **extra: str
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", **self.headers, **extra}
        if self.acting_for:
            headers["X-Acting-For"] = str(self.acting_for)
        if method != "GET":
            headers.setdefault("Idempotency-Key", key or secrets.token_hex(8))
        data = None if body is None else json.dumps(body, default=str)
        return self.client.open(path, method=method, headers=headers, data=data, content_type="application/json")

    def get(self, path: str, **extra: str) -> TestResponse:
        return self.request("GET", path, **extra)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **extra: str) -> TestResponse:
        return self.request("POST", path, {} if body is None else body, key=key, **extra)


def sign_in(app: Flask, account: Account, *, acting_for: UUID | None = None, kind: str = "bearer") -> Person:
    """A live session of an account, in its own transaction."""
    token, token_hash = new_token()
    with app.app_context(), transaction() as current:
        current.add(
            SignInSession(
                county_id=account.county_id,
                account_id=account.id,
                kind=kind,
                token_hash=token_hash,
                expires_at=machine_now() + timedelta(days=1),
            )
        )
    return Person(app, account.county_id, account.id, token, acting_for)


def resident_person(app: Flask, county_id: str = "xinmi", **values: Any) -> tuple[Person, UUID]:
    """A fresh resident who signed in; returns the person and the resident's id."""
    with app.app_context(), transaction() as current:
        resident = make_resident(current, county_id, **values)
        account = make_account(current, county_id, resident=resident)
    return sign_in(app, account), resident.id


def staff_person(
    app: Flask, institution: str, *roles: Role, county_id: str = "xinmi", **values: Any
) -> tuple[Person, UUID]:
    """A fresh clinician who signed in; returns the person and the practitioner's id."""
    with app.app_context(), transaction() as current:
        practitioner = make_practitioner(current, institution, *roles, county_id=county_id, **values)
        account = make_account(current, county_id, practitioner=practitioner)
    return sign_in(app, account), practitioner.id
