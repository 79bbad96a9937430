"""The two authenticated ciphers a county may choose: AES-256-GCM, or SM4-GCM where 密评 asks."""

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4


class Sealer(Protocol):
    """Seals bytes with a 32-byte key, bound to a place."""

    def seal(self, key: bytes, value: bytes, bound: bytes) -> bytes:
        """Return tag, nonce and cipher text."""

    def open(self, key: bytes, blob: bytes, bound: bytes) -> bytes:
        """Return the bytes. Raises ValueError when key, place or bytes were changed."""


class _Aes:
    def seal(self, key: bytes, value: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(12)
        return b"\x01" + nonce + AESGCM(key).encrypt(nonce, value, bound)

    def open(self, key: bytes, blob: bytes, bound: bytes) -> bytes:
        if blob[:1] == b"\x02":
            return _Sm4().open(key, blob, bound)
        try:
            return AESGCM(key).decrypt(blob[1:13], blob[13:], bound)
        except InvalidTag as error:
            raise ValueError("sealed value does not belong here or was changed") from error


class _Sm4:
    def seal(self, key: bytes, value: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(12)
        encryptor = Cipher(SM4(key[:16]), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        sealed = encryptor.update(value) + encryptor.finalize()
        return b"\x02" + nonce + encryptor.tag + sealed

    def open(self, key: bytes, blob: bytes, bound: bytes) -> bytes:
        if blob[:1] == b"\x01":
            return _Aes().open(key, blob, bound)
        decryptor = Cipher(SM4(key[:16]), modes.GCM(blob[1:13], blob[13:29])).decryptor()
        decryptor.authenticate_additional_data(bound)
        try:
            return decryptor.update(blob[29:]) + decryptor.finalize()
        except InvalidTag as error:
            raise ValueError("sealed value does not belong here or was changed") from error


def sealer_named(name: str) -> Sealer:
    """Return the sealer for new values; both open either. Raises ValueError for others."""
    if name == "AES-256-GCM":
        return _Aes()
    if name == "SM4-GCM":
        return _Sm4()
    raise ValueError(f"unknown cipher {name}: AES-256-GCM or SM4-GCM")
