"""Who is asking: a bearer token (mini-program) or a cookie (desk) becomes an Actor."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import request

from backend.kernel.errors import Malformed, Unauthenticated
from backend.kernel.roles import Actor, Role

DESK_COOKIE = "liandong_desk"

TokenKind = str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with the request: the token's hash, its kind, and whom it acts for."""

    token_hash: bytes
    kind: TokenKind
    acting_for: UUID | None


Loader = Callable[[Credentials], Actor | None]
_loader: Loader | None = None


def register_loader(loader: Loader) -> None:
    """Let `people` say how credentials become an actor; the web knows no tables of people."""
    global _loader  # noqa: PLW0603  one loader a process
    _loader = loader


def new_token() -> tuple[str, bytes]:
    """Return a fresh opaque token of 256 bits and the hash that is stored."""
    token = secrets.token_urlsafe(32)
    return token, hash_token(token)


def hash_token(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()


def anonymous(county_id: str = "") -> Actor:
    """Return the actor of someone who has not signed in."""
    return Actor(county_id=county_id, account_id=None, roles=frozenset({Role.ANONYMOUS}))


def bearer_credentials() -> Credentials:
    """Return what the Authorization header says, looked up nowhere yet. Raises Unauthenticated or Malformed."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(token) <= 200:
        raise Unauthenticated("not_signed_in", "请先登录。")
    return Credentials(hash_token(token), "bearer", _acting_for())


def bearer_actor() -> Actor:
    """Return the actor of the Authorization header. Raises Unauthenticated."""
    return _load(bearer_credentials())


def cookie_actor() -> Actor:
    """Return the actor of the desk's cookie. Raises Unauthenticated."""
    token = request.cookies.get(DESK_COOKIE, "")
    if not token:
        raise Unauthenticated("not_signed_in", "请先登录。")
    return _load(Credentials(hash_token(token), "desk", None))


def _load(credentials: Credentials) -> Actor:
    if _loader is None:
        raise RuntimeError("no actor loader is registered")
    actor = _loader(credentials)
    if actor is None:
        raise Unauthenticated("signed_out", "登录已过期，请重新登录。")
    return actor


def _acting_for() -> UUID | None:
    value = request.headers.get("X-Acting-For", "")
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError as error:
        raise Malformed("acting_for", "替谁办的编号不对，请重新选择家人。") from error
