"""Passwords and PINs: hashed with argon2id, compared in constant time."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_hasher = PasswordHasher()
# Verified against when there is no such person, so that a missing login takes as long as a wrong password.
_NOBODY = _hasher.hash("nobody has this password")


def hash_secret(secret: str) -> str:
    """Return the argon2id hash of a password or PIN."""
    return _hasher.hash(secret)


def matches(kept: str | None, secret: str) -> bool:
    """Say whether a secret is the one that was hashed; takes the same time when there is none."""
    try:
        _hasher.verify(kept or _NOBODY, secret)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None
