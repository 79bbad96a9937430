"""A picture that says it is enormous is refused before it is drawn."""

import base64
import struct
import zlib

import pytest

from backend.contracts.signature import read_signature
from backend.kernel.errors import Invalid


def bomb(side: int) -> str:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    raw = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(raw).decode()


@pytest.mark.parametrize("side", [5_000, 100_000])
def test_a_picture_that_says_it_is_enormous(side: int) -> None:
    with pytest.raises(Invalid):
        read_signature(bomb(side))
