"""Staff: accounts from the console, sign-in at the desk, binding WeChat once, and the PIN behind a signature."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask

from backend.kernel.clock import machine_now
from backend.kernel.errors import Forbidden, Invalid, TooMany, Unauthenticated
from backend.kernel.roles import Role
from backend.people import credentials, service, staff
from backend.people.commands import GROUPS
from backend.people.models import Account, SignInSession
from backend.people.secrets import matches
from backend.store.db import session, transaction
from backend.web import live
from backend.web.auth import Credentials, hash_token
from tests.factories import Person
from tests.integration.people.conftest import Door, fresh_phone, newcomer, resident_with_phone

DESK_AT = "desk_clerk@first-hospital/referral_office"
DOCTOR_AT = "village_doctor@vc-dongling"
PIN = "260718"
_count = iter(range(1000, 9999))


@pytest.fixture(autouse=True)
def fresh_rates(app: Flask) -> Iterator[None]:
    for name in live.valkey().scan_iter("liandong:rate:*"):
        live.valkey().delete(name)
    yield


class Made:
    """An account from the console, with what was printed."""

    def __init__(self, app: Flask, at: str = DESK_AT, county: str = "xinmi") -> None:
        self.app, self.county = app, county
        self.login = f"tester-{next(_count)}"
        shown = console(app, "staff", "create", county, self.login, "试验员", "--at", at)
        self.password, self.totp = _read(shown)
        self.later = 0

    def code(self) -> str:
        """A code that was not used before: this half minute's, then the next one's, which is taken too.

        The one before would be taken as well, until the half minute is over: now and then that is now.
        """
        moment = machine_now() + timedelta(seconds=30 * self.later)
        self.later += 1
        return pyotp.TOTP(self.totp).at(moment)


def _read(shown: str) -> tuple[str, str]:
    password = re.search(r"密码   (\S+)", shown)
    totp = re.search(r"动态码 ([A-Z2-7]+)", shown)
    assert password is not None
    assert totp is not None
    return password[1], totp[1]


def console(app: Flask, *words: str, fails: bool = False) -> str:
    for group in GROUPS:
        app.cli.add_command(group)
    result = app.test_cli_runner().invoke(args=list(words))
    assert (result.exit_code != 0) == fails, result.output
    return str(result.output)


@contextmanager
def request_of(app: Flask) -> Iterator[None]:
    with app.test_request_context("/desk/"), transaction():
        yield


def desk(app: Flask, login: str, password: str, totp: str, **more: Any) -> str:
    with request_of(app):
        return service.desk_sign_in(login, password, totp, **more)


def desk_actor(app: Flask, token: str) -> Any:
    from backend.people.queries import load_actor

    with app.app_context(), transaction():
        return load_actor(Credentials(hash_token(token), "desk", None))


def test_a_clerk_signs_in_at_the_desk_with_password_and_code(app: Flask) -> None:
    made = Made(app)
    actor = desk_actor(app, desk(app, made.login, made.password, made.code()))
    assert (actor.name, actor.institution, actor.roles) == ("试验员", "first-hospital", {Role.DESK_CLERK})


def test_a_desk_token_is_no_bearer_token(app: Flask) -> None:
    made = Made(app)
    token = desk(app, made.login, made.password, made.code())
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize("wrong", ["login", "password", "totp", "both", "county", "empty"])
def test_what_was_wrong_is_not_told(app: Flask, wrong: str) -> None:
    made = Made(app)
    login, password, code = made.login, made.password, made.code()
    more = {}
    match wrong:
        case "login":
            login = "nobody-here"
        case "password":
            password += "x"
        case "totp":
            code = "000000" if code != "000000" else "111111"
        case "both":
            password, code = "", ""
        case "county":
            more = {"county_id": "mangshi"}
        case "empty":
            login, password, code = "", "", "１２３４５６"
    with pytest.raises(Unauthenticated) as refusal:
        desk(app, login, password, code, **more)
    assert refusal.value.code == "login_refused"


def test_a_code_is_good_once(app: Flask) -> None:
    made = Made(app)
    code = made.code()
    desk(app, made.login, made.password, code)
    with pytest.raises(Unauthenticated) as refusal:
        desk(app, made.login, made.password, code)
    assert refusal.value.code == "code_used"


def test_of_ten_with_one_code_at_once_one_gets_in(app: Flask) -> None:
    made = Made(app)
    code = made.code()

    def go(_: int) -> bool:
        try:
            return bool(desk(app, made.login, made.password, code))
        except (Unauthenticated, TooMany):
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(go, range(10))) == 1


def test_five_wrong_ones_lock_for_a_while_even_for_the_right_one(app: Flask) -> None:
    made = Made(app)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            desk(app, made.login, "wrong", made.totp[:6])
    with pytest.raises(TooMany):
        desk(app, made.login, made.password, made.code())
    unlock(app, made.login)
    assert desk(app, made.login, made.password, made.code())


def unlock(app: Flask, login: str) -> None:
    with app.app_context(), transaction() as current:
        row = staff.find(current, "xinmi", login)
        assert row.locked_until is not None
        minutes = (row.locked_until - machine_now()).total_seconds() / 60
        assert 0 < minutes <= credentials.LONGEST_LOCK_MINUTES
        row.locked_until = machine_now()


def test_locks_grow_but_never_beyond_a_quarter_of_an_hour(app: Flask) -> None:
    made = Made(app)
    locks = []
    for _ in range(14):
        with pytest.raises((Unauthenticated, TooMany)):
            desk(app, made.login, "wrong", "000000")
        with app.app_context(), transaction() as current:
            row = staff.find(current, "xinmi", made.login)
            if row.locked_until is not None:
                locks.append(round((row.locked_until - machine_now()).total_seconds() / 60))
                row.locked_until = machine_now() - timedelta(seconds=1)
    assert locks == [1, 2, 4, 8, 15, 15, 15, 15, 15, 15]


def test_parallel_guesses_are_all_counted(app: Flask) -> None:
    made = Made(app)

    def go(_: int) -> str:
        try:
            desk(app, made.login, "wrong", "000000")
        except (Unauthenticated, TooMany) as refusal:
            return refusal.code
        return "in"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(go, range(12)))
    assert answers.count("login_refused") == 5
    assert answers.count("locked") == 7


def test_reset_ends_sessions_and_old_secrets(app: Flask) -> None:
    made = Made(app)
    token = desk(app, made.login, made.password, made.code())
    old = made.password
    made.password, made.totp = _read(console(app, "staff", "reset", "xinmi", made.login))
    assert desk_actor(app, token) is None
    made.later = 0
    with pytest.raises(Unauthenticated):
        desk(app, made.login, old, made.code())
    assert desk(app, made.login, made.password, made.code())


def test_disabled_is_out_at_once_and_enabled_is_back(app: Flask) -> None:
    made = Made(app)
    token = desk(app, made.login, made.password, made.code())
    console(app, "staff", "disable", "xinmi", made.login)
    assert desk_actor(app, token) is None
    code = made.code()
    with pytest.raises(Unauthenticated):
        desk(app, made.login, made.password, code)
    console(app, "staff", "enable", "xinmi", made.login)
    assert desk(app, made.login, made.password, code)


def test_roles_are_added_and_ended_at_once(app: Flask) -> None:
    made = Made(app)
    token = desk(app, made.login, made.password, made.code())
    console(
        app, "staff", "roles", "xinmi", made.login, "--add", "medical_office@first-hospital/medical_office:duty-chief"
    )
    assert desk_actor(app, token).roles == {Role.DESK_CLERK, Role.MEDICAL_OFFICE}
    console(app, "staff", "roles", "xinmi", made.login, "--end", "desk_clerk@first-hospital")
    assert desk_actor(app, token).roles == {Role.MEDICAL_OFFICE}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "xinmi", "x-bad", "王", "--at", "king@first-hospital"), "岗位"),
        (("create", "xinmi", "x-bad", "王", "--at", "desk_clerk@nowhere"), "什么都没有改"),
        (("create", "nowhere", "x-bad", "王", "--at", DESK_AT), "什么都没有改"),
        (("create", "xinmi", "x", "王", "--at", DESK_AT), "工作账号"),
        (("create", "xinmi", "x-bad", "<b>", "--at", DESK_AT), "姓名"),
        (("reset", "xinmi", "nobody"), "没有工作账号"),
        (("roles", "xinmi", "nobody"), "没有工作账号"),
    ],
)
def test_the_console_says_what_was_wrong_and_changes_nothing(app: Flask, words: tuple[str, ...], said: str) -> None:
    assert said in console(app, "staff", *words, fails=True)
    assert "x-bad" not in console(app, "staff", "list", "xinmi")


def test_a_login_is_taken_once_in_a_county_and_asks_which_county(app: Flask) -> None:
    made = Made(app)
    assert "工作账号已经有人用了" in console(
        app, "staff", "create", "xinmi", made.login, "另一个", "--at", DESK_AT, fails=True
    )
    console(app, "staff", "create", "mangshi", made.login, "芒市的", "--at", "insurance_agency@insurance-agency")
    with pytest.raises(Invalid) as refusal:
        desk(app, made.login, made.password, made.code())
    assert refusal.value.code == "which_county"
    assert desk(app, made.login, made.password, made.code(), county_id="xinmi")


def test_the_list_shows_no_secret(app: Flask) -> None:
    made = Made(app)
    listed = console(app, "staff", "list", "xinmi")
    assert made.login in listed
    assert made.password not in listed
    assert made.totp not in listed


def bound(app: Flask, made: Made, person: Person) -> Any:
    body = {"login": made.login, "password": made.password, "totp": made.code(), "pin": PIN}
    return person.post("/api/v1/staff-binding", body)


def test_a_doctor_binds_wechat_once_and_keeps_what_they_are_as_a_resident(app: Flask, door: Door) -> None:
    made, person, phone = Made(app, DOCTOR_AT), newcomer(app), fresh_phone()
    resident_with_phone(app, phone, name="樊大川")
    person.post("/api/v1/claims", {"phone_code": phone})
    answer = bound(app, made, person)
    assert answer.status_code == 201, answer.text
    assert answer.get_json()["staff"]["roles"] == ["village_doctor"]
    me = person.get("/api/v1/me").get_json()
    assert me["staff"]["institution"] == {"id": "vc-dongling", "name": me["staff"]["institution"]["name"]}
    assert me["residents"][0]["name"] == "樊大川"
    assert me["residents"][0]["assurance"] == "phone"
    # The same password and codes now open the desk with the same account.
    actor = desk_actor(app, desk(app, made.login, made.password, made.code()))
    assert actor.account_id == person.account_id


def test_a_bound_staff_account_is_not_bound_again(app: Flask, door: Door) -> None:
    made, first = Made(app, DOCTOR_AT), newcomer(app)
    bound(app, made, first)
    other = newcomer(app)
    answer = bound(app, made, other)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "bound_elsewhere")
    another = Made(app, DOCTOR_AT)
    answer = bound(app, another, first)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "already_bound")
    assert other.get("/api/v1/me").get_json()["staff"] is None


def test_a_new_phone_is_bound_by_the_operators_code(app: Flask, door: Door) -> None:
    made, old = Made(app, DOCTOR_AT), newcomer(app)
    bound(app, made, old)
    code = re.search(r"绑定码 (\w+)", console(app, "staff", "bind-code", "xinmi", made.login))
    assert code is not None
    assert old.get("/api/v1/me").status_code == 401  # its sessions ended with the binding
    new = newcomer(app)
    assert new.post("/api/v1/staff-binding", {"bind_code": code[1], "pin": PIN}).status_code == 201
    assert new.get("/api/v1/me").get_json()["staff"]["name"] == "试验员"
    again = newcomer(app).post("/api/v1/staff-binding", {"bind_code": code[1], "pin": PIN})
    assert (again.status_code, again.get_json()["code"]) == (422, "code_wrong")
    assert desk(app, made.login, made.password, made.code())


def test_an_old_bind_code_and_one_of_another_county_are_refused(app: Flask, door: Door) -> None:
    made = Made(app, DOCTOR_AT)
    code = re.search(r"绑定码 (\w+)", console(app, "staff", "bind-code", "xinmi", made.login))
    assert code is not None
    elsewhere = newcomer(app, county="mangshi").post("/api/v1/staff-binding", {"bind_code": code[1], "pin": PIN})
    assert elsewhere.status_code == 422
    with app.app_context(), transaction() as current:
        staff.find(current, "xinmi", made.login).bind_code_until = machine_now()
    late = newcomer(app).post("/api/v1/staff-binding", {"bind_code": code[1], "pin": PIN})
    assert late.status_code == 422


@pytest.mark.parametrize(
    "pin", ["", "12345", "1234567", "123456", "654321", "111111", "121212", "２６０７１８", "26o718"]
)
def test_a_pin_is_six_digits_and_not_the_first_to_try(app: Flask, door: Door, pin: str) -> None:
    made, person = Made(app, DOCTOR_AT), newcomer(app)
    body = {"login": made.login, "password": made.password, "totp": made.code(), "pin": pin}
    assert person.post("/api/v1/staff-binding", body).status_code == 422
    assert person.get("/api/v1/me").get_json()["staff"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"pin": PIN},
        {"pin": PIN, "login": "a", "password": "b"},
        {"pin": PIN, "login": "a", "password": "b", "totp": "1", "bind_code": "c"},
        {"pin": PIN, "bind_code": "c", "practitioner_id": "x"},
    ],
)
def test_half_a_binding_is_none(app: Flask, door: Door, body: dict[str, str]) -> None:
    assert newcomer(app).post("/api/v1/staff-binding", body).status_code == 422


def with_pin(app: Flask) -> tuple[Made, Person]:
    made, person = Made(app, DOCTOR_AT), newcomer(app)
    assert bound(app, made, person).status_code == 201
    return made, person


def signs(person: Person, pin: str) -> str:
    with person.app.app_context():
        try:
            with transaction():
                service.check_pin(person.actor(), pin)
        except (Forbidden, TooMany) as refusal:
            return refusal.code
    return "signed"


def test_the_pin_signs_and_a_wrong_one_does_not(app: Flask, door: Door) -> None:
    _, person = with_pin(app)
    assert signs(person, PIN) == "signed"
    assert signs(person, "999999") == "pin_wrong"
    assert signs(person, PIN) == "signed"


def test_wrong_pins_stay_counted_though_the_request_is_rolled_back(app: Flask, door: Door) -> None:
    _, person = with_pin(app)
    answers = [signs(person, "999998") for _ in range(6)]
    assert answers == ["pin_wrong"] * 5 + ["locked"]
    assert signs(person, PIN) == "locked"
    with app.app_context(), transaction() as current:
        row = current.get_one(Account, ("xinmi", person.account_id))
        assert row.failures == 0  # the password is not locked by the PIN
        row.pin_locked_until = machine_now()
    assert signs(person, PIN) == "signed"
    assert signs(person, "999998") == "pin_wrong"


def test_whoever_has_no_work_identity_signs_nothing(app: Flask, door: Door) -> None:
    assert signs(newcomer(app), PIN) == "pin_not_set"


def test_reset_takes_the_pin_away(app: Flask, door: Door) -> None:
    made, person = with_pin(app)
    console(app, "staff", "reset", "xinmi", made.login)
    assert signs(person, PIN) == "pin_not_set"


def test_secrets_are_not_kept_in_clear(app: Flask, door: Door) -> None:
    made, person = with_pin(app)
    with app.app_context(), transaction() as current:
        row = current.get_one(Account, ("xinmi", person.account_id))
        assert matches(row.password_hash, made.password)
        assert not matches(row.password_hash, PIN)
        assert made.totp.encode() not in (row.totp_sealed or b"")
        assert row.pin_hash is not None
        assert PIN not in row.pin_hash
        assert current.query(SignInSession).filter_by(account_id=row.id, kind="bearer").count() >= 1


def test_the_house_stays_usable_while_many_check_pins(app: Flask, door: Door) -> None:
    """Each check needs a second connection for a moment; the pool must not be starved by it."""
    people = [with_pin(app)[1] for _ in range(4)]
    work: Callable[[Person], str] = lambda person: signs(person, PIN)  # noqa: E731
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, people * 4)) == ["signed"] * 16
    with app.app_context():
        assert session().execute(staff.select(1)).scalar() == 1
