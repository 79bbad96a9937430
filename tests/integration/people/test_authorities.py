"""A written authority: registered by a doctor who saw it, for one person, one matter, until a day; and ended."""

import base64
import io
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from PIL import Image, ImageDraw
from sqlalchemy import select

from backend.kernel.clock import local_day
from backend.kernel.ids import new_id
from backend.kernel.roles import Role
from backend.people import authorities
from backend.people.events import ResidentDied
from backend.people.identity import check_digit
from backend.people.models import RelatedPerson, Resident
from backend.people.models_authority import WrittenAuthority
from backend.records.service import grant
from backend.store import clock, files
from backend.store.audit import AuditEvent
from backend.store.db import session, transaction
from tests import factories
from tests.factories import Person, resident_person, staff_person
from tests.integration.referrals.rig import PLACES, rules

COUNTIES = pytest.mark.parametrize("county", ["xinmi", "mangshi"])


def today() -> date:
    return local_day(clock.now(session()))


def number_of(born: date) -> str:
    first = f"410183{born:%Y%m%d}001"
    return first + check_digit(first)


def doctor_of(app: Flask, county: str, *patients: UUID) -> Person:
    """A family doctor who looks after these people."""
    doctor, practitioner = staff_person(app, PLACES[county].township, Role.FAMILY_DOCTOR, county_id=county)
    with app.app_context(), transaction():
        for one in patients:
            grant(county, one, "contract", new_id(), [f"practitioner:{practitioner}"])
    return doctor


def photo() -> str:
    """A photo of a paper with a note of the camera in it."""
    picture = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(picture).rectangle((50, 50, 550, 750), outline="black", width=3)
    note, out = Image.Exif(), io.BytesIO()
    note[0x010E] = "SECRET-PLACE"
    picture.save(out, format="JPEG", exif=note)
    return base64.b64encode(out.getvalue()).decode()


def paper(app: Flask, **changes: Any) -> dict[str, Any]:
    with app.app_context(), transaction():
        until = today() + timedelta(days=30)
    return {
        "holder_name": "岩保",
        "relation": "儿子",
        "holder_number": number_of(date(1980, 1, 1)),
        "papers_seen": True,
        "until_on": until.isoformat(),
        "witness": "月香",
    } | changes


def register(doctor: Person, patient: UUID, **changes: Any) -> Any:
    return doctor.post(f"/api/v1/residents/{patient}/written-authorities", paper(doctor.app, **changes))


def holds(app: Flask, county: str, patient: UUID, matter: str = "referral", focus: UUID | None = None) -> list[UUID]:
    """Whose paper would be taken today."""
    with app.app_context(), transaction() as current:
        resident = current.get_one(Resident, (county, patient))
        return [row.id for row in authorities.holding(resident, matter, focus)]


@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
def test_a_doctor_registers_a_paper_and_it_is_kept_sealed(app: Flask, county: str) -> None:
    mother, mother_id = resident_person(app, county, village=PLACES[county].village)
    doctor = doctor_of(app, county, mother_id)
    made = register(doctor, mother_id, photo=photo(), witness="")
    assert made.status_code == 201, made.json
    assert (made.json["state"], made.json["given_by"], made.json["photo"]) == ("holds", "self", True)
    assert made.json["holder_number"].endswith(number_of(date(1980, 1, 1))[-4:])
    assert number_of(date(1980, 1, 1)) not in made.get_data(as_text=True)
    with app.app_context(), transaction() as current:
        row = current.get_one(WrittenAuthority, (county, UUID(made.json["id"])))
        assert number_of(date(1980, 1, 1)).encode() not in row.holder_number_sealed
        stored, content = files.get(current, county, row.paper_file_id)
        assert b"SECRET-PLACE" not in content
        assert content not in stored.content_sealed
        trace = current.scalars(
            select(AuditEvent).where(AuditEvent.action == "authority.register", AuditEvent.resident_id == mother_id)
        ).all()
        assert [one.account_id for one in trace] == [doctor.account_id]
    seen = doctor.get(f"/api/v1/written-authorities/{made.json['id']}/photo")
    assert (seen.status_code, seen.mimetype) == (200, "image/jpeg")
    assert [one["holder_name"] for one in mother.get("/api/v1/written-authorities").json["items"]] == ["岩保"]


@pytest.mark.clause("MS-4.2.2u2")
@COUNTIES
@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"papers_seen": False}, "authority.holder_known"),
        ({"holder_number": number_of(date(2024, 1, 1))}, "authority.holder_grown_up"),
        ({"witness": ""}, "authority.proof"),
        ({"witness": "岩 保"}, "authority.witness"),
        ({"until_on": "2020-01-01"}, "authority.term"),
        ({"until_on": "2031-01-01"}, "authority.term"),
        ({"related_id": str(uuid4())}, "authority.same_person"),
    ],
)
def test_what_a_paper_must_say(app: Flask, county: str, said: dict[str, Any], rule: str) -> None:
    _, mother_id = resident_person(app, county, village=PLACES[county].village)
    refused = register(doctor_of(app, county, mother_id), mother_id, **said)
    assert set(rules(refused)) == {rule}
    assert all(one["instead"] for one in refused.json["violations"])
    assert PLACES[county].foreign not in refused.get_data(as_text=True)
    assert holds(app, county, mother_id) == []


def test_who_registers_is_no_party_of_it(app: Flask) -> None:
    _, mother_id = resident_person(app, name="王桂兰", name_folded="王桂兰")
    doctor = doctor_of(app, "xinmi", mother_id)
    with app.app_context(), transaction():
        name = doctor.actor().name
    assert set(rules(register(doctor, mother_id, holder_name=name))) == {"authority.registrar"}
    assert set(rules(register(doctor, mother_id, witness=name))) == {"authority.witness"}
    assert set(rules(register(doctor, mother_id, holder_name="王桂兰"))) == {"authority.other_hand"}
    with app.app_context(), transaction() as current:
        current.add(
            RelatedPerson(county_id="xinmi", resident_id=mother_id, account_id=doctor.account_id, kind="proxy",
                          name=name, relation="女儿")
        )  # fmt: skip
    assert set(rules(register(doctor, mother_id))) == {"authority.registrar"}


def test_only_a_doctor_of_theirs_registers_it(app: Flask) -> None:
    mother, mother_id = resident_person(app, village=PLACES["xinmi"].village)
    stranger = doctor_of(app, "xinmi")
    assert register(stranger, mother_id).status_code == 404
    assert register(mother, mother_id).status_code == 403
    clerk, _ = staff_person(app, PLACES["xinmi"].hospital, Role.DESK_CLERK)
    assert register(clerk, mother_id).status_code == 403
    abroad = doctor_of(app, "mangshi")
    assert register(abroad, mother_id).status_code == 404
    village, _ = staff_person(app, PLACES["xinmi"].clinic, Role.VILLAGE_DOCTOR)
    assert register(village, mother_id).status_code == 201


def test_a_guardian_gives_it_for_a_child_and_it_ends_with_the_coming_of_age(app: Flask) -> None:
    with app.app_context(), transaction():
        birthday = today().replace(year=today().year - 18) + timedelta(days=3)
    _, child_id = resident_person(app, birth_on=birthday)
    doctor = doctor_of(app, "xinmi", child_id)
    alone = register(doctor, child_id, holder_name="李秀英", relation="奶奶")
    assert rules(alone) == {"authority.guardian_gives": "CC-1189"}
    assert set(rules(register(doctor, child_id, giver_name="张强", giver_relation="邻居"))) == {
        "authority.guardian_gives"
    }
    given = {"giver_name": "张强", "giver_relation": "父亲"}
    assert set(rules(register(doctor, child_id, **given, holder_name="张强"))) == {"authority.other_hand"}
    made = register(doctor, child_id, **given, holder_name="李秀英", relation="奶奶")
    assert made.json["given_by"] == "guardian"
    assert len(holds(app, "xinmi", child_id)) == 1
    with app.app_context(), transaction() as current:
        current.get_one(Resident, ("xinmi", child_id)).birth_on = birthday - timedelta(days=4)
    assert holds(app, "xinmi", child_id) == []
    assert doctor.get(f"/api/v1/residents/{child_id}/written-authorities").json["items"][0]["state"] == "overtaken"


def test_it_is_for_one_person_one_matter_one_referral_and_its_days(app: Flask) -> None:
    _, mother_id = resident_person(app)
    _, other_id = resident_person(app)
    doctor = doctor_of(app, "xinmi", mother_id, other_id)
    one, another = new_id(), new_id()
    assert register(doctor, mother_id, referral_id=str(one)).status_code == 201
    assert len(holds(app, "xinmi", mother_id, focus=one)) == 1
    assert holds(app, "xinmi", mother_id, focus=another) == []
    assert holds(app, "xinmi", mother_id, "contract") == []
    assert holds(app, "xinmi", other_id, focus=one) == []
    with app.app_context(), transaction() as current:
        [row] = current.scalars(select(WrittenAuthority).where(WrittenAuthority.resident_id == mother_id)).all()
        row.from_on, row.until_on = today() - timedelta(days=9), today() - timedelta(days=1)
    assert holds(app, "xinmi", mother_id, focus=one) == []
    assert doctor.get(f"/api/v1/residents/{mother_id}/written-authorities").json["items"][0]["state"] == "expired"


def test_it_ends_at_the_persons_word_and_with_their_death(app: Flask) -> None:
    mother, mother_id = resident_person(app)
    doctor = doctor_of(app, "xinmi", mother_id)
    first, second, third = (register(doctor, mother_id).json["id"] for _ in range(3))
    assert mother.post(f"/api/v1/written-authorities/{first}/end", {}).status_code == 200
    unheard = doctor.post(f"/api/v1/written-authorities/{second}/end", {})
    assert (unheard.status_code, unheard.json["code"]) == (422, "witness_missing")
    ended = doctor.post(f"/api/v1/written-authorities/{second}/end", {"witness": "月香"})
    assert (ended.status_code, ended.json["state"]) == (200, "ended")
    assert doctor.post(f"/api/v1/written-authorities/{second}/end", {"witness": "月香"}).status_code == 409
    stranger, _ = resident_person(app)
    assert stranger.post(f"/api/v1/written-authorities/{third}/end", {}).status_code == 404
    assert holds(app, "xinmi", mother_id) == [UUID(third)]
    with app.app_context(), transaction() as current:
        authorities.on_died(ResidentDied(county_id="xinmi", resident_id=mother_id))
        current.expire_all()
        row = current.get_one(WrittenAuthority, ("xinmi", UUID(third)))
        assert row.end_reason == "died"
    assert holds(app, "xinmi", mother_id) == []


def test_a_phone_signs_by_it_only_while_the_family_tie_lives(app: Flask) -> None:
    _, mother_id = resident_person(app)
    doctor = doctor_of(app, "xinmi", mother_id)
    with app.app_context(), transaction() as current:
        resident = current.get_one(Resident, ("xinmi", mother_id))
        account = factories.make_account(current, "xinmi")
        factories.make_family(current, resident, account, kind="proxy", relation="儿子")
        current.flush()
        tie = current.scalars(select(RelatedPerson).where(RelatedPerson.account_id == account.id)).one()
        tie.name = "岩保"
        tie_id, account_id = tie.id, account.id
    assert set(rules(register(doctor, mother_id, related_id=str(tie_id), holder_name="别人"))) == {
        "authority.same_person"
    }
    assert register(doctor, mother_id, related_id=str(tie_id)).status_code == 201
    with app.app_context(), transaction() as current:
        resident = current.get_one(Resident, ("xinmi", mother_id))
        assert authorities.of_account(resident, account_id, "referral") is not None
        assert authorities.of_account(resident, doctor.account_id, "referral") is None
        current.get_one(RelatedPerson, ("xinmi", tie_id)).revoked_at = clock.now(current)
    with app.app_context(), transaction() as current:
        resident = current.get_one(Resident, ("xinmi", mother_id))
        assert authorities.of_account(resident, account_id, "referral") is None


def test_a_number_that_cannot_be_is_refused(app: Flask) -> None:
    _, mother_id = resident_person(app)
    doctor = doctor_of(app, "xinmi", mother_id)
    assert register(doctor, mother_id, holder_number="410183198001010019").json["code"] == "id_number"
    assert register(doctor, mother_id, holder_number="MM-778", holder_paper="other").status_code == 201
