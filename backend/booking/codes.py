"""The check-in code: short enough to read aloud, with a last character that catches a slip."""

import re
import secrets
import unicodedata

# Without letters that a villager mistakes for a figure.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 7
_SCANNED = "LIANDONG:"  # how the QR of a booking begins


def new_code() -> str:
    """Return a fresh check-in code: seven random characters and a check character."""
    body = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in secrets.token_bytes(_LENGTH))  # 32 divides 256
    return body + _check(body)


def read_code(text: str) -> str | None:
    """Return the code in what was typed or scanned, or None when it cannot be one.

    The whole of it, or the last part of what our QR says: one certificate number or phone in dozens ends like a code.
    """
    # A Chinese keyboard writes full-width letters; they mean the same.
    typed = unicodedata.normalize("NFKC", text).upper()
    if typed.startswith(_SCANNED):
        typed = typed.rsplit(":", 1)[-1]
    code = re.sub(r"[\s\-—–]", "", typed)
    if len(code) != _LENGTH + 1 or any(character not in _ALPHABET for character in code):
        return None
    return code if _check(code[:-1]) == code[-1] else None


def _check(body: str) -> str:
    # Odd weights are coprime to 32: one wrong character always changes the sum.
    total = sum(_ALPHABET.index(character) * (2 * place + 1) for place, character in enumerate(body))
    return _ALPHABET[total % len(_ALPHABET)]
