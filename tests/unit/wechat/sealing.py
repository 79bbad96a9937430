"""WeChat's side of a push, written apart from the code under test: seal, sign, query."""

import base64
import hashlib
import secrets
import struct
from datetime import datetime

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from backend.wechat.callback import CallbackKeys


def seal(keys: CallbackKeys, plain: bytes, app_id: str | None = None) -> str:
    """The cipher text of a push."""
    content = secrets.token_bytes(16) + struct.pack(">I", len(plain)) + plain + (app_id or keys.app_id).encode()
    padder = padding.PKCS7(256).padder()
    padded = padder.update(content) + padder.finalize()
    encryptor = Cipher(algorithms.AES(keys.aes_key), modes.CBC(keys.aes_key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def query(keys: CallbackKeys, now: datetime, cipher_text: str = "", nonce: str = "n1") -> dict[str, str]:
    """The signed query of a push, or of the greeting where there is no cipher text."""
    timestamp = str(int(now.timestamp()))
    parts = [keys.token, timestamp, nonce] + ([cipher_text] if cipher_text else [])
    signature = hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()
    name = "msg_signature" if cipher_text else "signature"
    return {"timestamp": timestamp, "nonce": nonce, name: signature}
