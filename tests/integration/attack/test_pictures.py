"""Pictures that carry more than a picture: nothing of it is kept, and none of it breaks the page."""

import base64
import io
import struct

import pytest
from PIL import Image, PngImagePlugin

from tests.integration.referrals.rig import Cast
from tests.integration.referrals.test_along import send


def drawn_with(kind: str, **extra: object) -> str:
    out = io.BytesIO()
    Image.new("RGB", (900, 1200), "white").save(out, format=kind, **extra)
    return base64.b64encode(out.getvalue()).decode()


def noted(key: str, words: str) -> str:
    notes = PngImagePlugin.PngInfo()
    notes.add_text(key, words)
    return drawn_with("PNG", pnginfo=notes)


def held(*more: tuple[int, int, int, bytes]) -> bytes:
    """Return notes of a camera that was held sideways, and others as they stand on the wire."""
    notes = sorted([(0x0112, 3, 1, b"\x06\x00\x00\x00"), *more])
    lines = b"".join(struct.pack("<HHI4s", *one) for one in notes)
    return b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(notes)) + lines + bytes(4)


@pytest.mark.parametrize(
    "picture",
    [
        drawn_with("JPEG", comment=b"secret-place"),
        noted("comment", "secret-place"),
        noted("comment", "secret-place" * 7000),
        noted("xmp", "secret-place"),
    ],
    ids=["comment", "png-comment", "long-comment", "xmp"],
)
def test_a_note_in_a_picture_is_not_kept_and_breaks_nothing(xinmi: Cast, picture: str) -> None:
    assert b"secret-place" not in kept(xinmi, picture)


@pytest.mark.parametrize(
    "notes",
    [
        held(),
        held((0x0101, 2, 1, b"ab\x00\x00")),
        held((0x010E, 11, 1, b"ab\x00\x00")),
        held((0x0131, 11, 1, b"\xff\xfe\xfd\xfc")),
    ],
    ids=["whole", "height", "title", "program"],
)
def test_a_picture_held_sideways_is_turned_whatever_else_its_notes_say(xinmi: Cast, notes: bytes) -> None:
    with Image.open(io.BytesIO(kept(xinmi, drawn_with("JPEG", exif=notes)))) as picture:
        assert picture.size == (1200, 900)


def test_a_picture_whose_notes_are_broken_is_taken_as_it_is(xinmi: Cast) -> None:
    with Image.open(io.BytesIO(kept(xinmi, drawn_with("JPEG", exif=b"Exif\x00\x00II*\x00\xff")))) as picture:
        assert picture.size == (900, 1200)


def kept(cast: Cast, picture: str) -> bytes:
    """Return what is read of a picture that was put in."""
    made = send(cast, cast.draft()["id"], photo=picture)
    assert made.status_code == 201, made.json
    read = cast.doctor.get(f"/api/v1/referral-attachments/{made.json['pictures'][0]['id']}/picture")
    assert read.status_code == 200
    return read.data
