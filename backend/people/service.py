"""What other rooms ask of people: the desk's sign-in, and the PIN behind a signature."""

from uuid import UUID

from flask import request

from backend.kernel.errors import Forbidden
from backend.kernel.roles import Actor
from backend.people import sessions
from backend.people.credentials import PIN_TRIES, forget_tries, take_try, verified_staff
from backend.people.models import Account
from backend.people.secrets import matches
from backend.store.db import session
from backend.web import rates


def desk_sign_in(
    login: str, password: str, totp: str, *, county_id: str | None = None, replaces: str | None = None
) -> str:
    """Return the token for the desk's cookie; `replaces` is the token that came along, which ends.

    Call inside a transaction of a request. Raises Unauthenticated, TooMany, or Invalid where the county must be named.
    """
    # Hashing is slow on purpose: a flood of wrong logins must not take every thread. A hospital's desks fit in.
    rates.hit("desk-sign-in", request.remote_addr or "", most=60, seconds=60)
    account = verified_staff(login, password, totp, county_id)
    if replaces:
        sessions.end_token(account, replaces)
    token, _ = sessions.open_session(account, "desk", "服务台电脑")
    return token


def desk_sign_out(actor: Actor) -> None:
    """End the desk session the request came with."""
    sessions.end_session(actor, actor.session_id)


def check_pin(actor: Actor, pin: str) -> None:
    """Make sure that the actor signs with their own PIN.

    Raises Forbidden for a wrong or missing PIN, TooMany while it is locked. A wrong try is counted even though the
    request is refused, and after five each locks longer, up to a quarter of an hour; never for good. Do not call it
    after having changed the actor's account row in the same transaction.
    """
    account = session().get(Account, (actor.county_id, _own(actor)))
    if account is None or account.pin_hash is None or actor.practitioner_id is None:
        raise Forbidden("pin_not_set", "您还没有设签字密码。请先在“我的”里绑定工作身份。")
    left = take_try(PIN_TRIES, actor.county_id, account.id)
    if not matches(account.pin_hash, pin):
        more = f"还能试 {left} 次。" if left else "请稍等再试，忘了请找管理员重设。"
        raise Forbidden("pin_wrong", f"签字密码不对，{more}")
    forget_tries(PIN_TRIES, actor.county_id, account.id)


def _own(actor: Actor) -> UUID:
    assert actor.account_id is not None
    return actor.account_id
