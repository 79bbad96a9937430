"""The signing PIN, asked in one place."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from backend.kernel.errors import Forbidden
from backend.kernel.roles import Actor
from backend.people.models import Account
from backend.store.db import session

_hasher = PasswordHasher()


def require_pin(actor: Actor, pin: str) -> None:
    """Let nobody sign but whoever knows the account's PIN. Raises Forbidden."""
    account = session().get(Account, (actor.county_id, actor.account_id))
    if account is None or account.pin_hash is None:
        raise Forbidden("pin_not_set", "您还没有设签字密码，请先到“我的”里设好再签。")
    try:
        _hasher.verify(account.pin_hash, pin)
    except (VerifyMismatchError, InvalidHashError) as error:
        raise Forbidden("pin_wrong", "签字密码不对，请再输一次。") from error
