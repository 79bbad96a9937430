"""A photo of a paper: a real picture of a sane size, made anew before it is kept, so that nothing hides in it."""

import base64
import binascii
import io
import struct
from uuid import UUID

from PIL import Image, UnidentifiedImageError

from backend.kernel.errors import Invalid
from backend.store import files
from backend.store.db import session

MOST_BYTES = 4 * 1024 * 1024
MOST_TEXT = 5_700_000
"""Characters of a photo in base64, a little more than fits, so that too big is said in plain words."""
MOST_BODY = 6 * 1024 * 1024
"""Bytes of a request with one photo in it."""
LONGEST, SHORTEST, KEPT = 8000, 200, 2400
MOST_PIXELS = 40_000_000
"""Asked before a picture is unpacked: a small file may hold a sea of one colour."""
_HELD = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How the camera was held, by the number of the note that says so."""


def keep(county_id: str, resident_id: UUID, photo: str, name: str) -> UUID:
    """Check a base64 JPEG or PNG, redraw it without its metadata and keep it sealed. Raises Invalid in plain words."""
    try:
        raw = base64.b64decode(photo, validate=True)
    except (ValueError, binascii.Error) as error:
        raise Invalid("photo_unreadable", "照片没有传上来，请重新拍一张。") from error
    if len(raw) > MOST_BYTES:
        raise Invalid("photo_too_big", "照片太大，请拍小一点再传。")
    content = _redrawn(raw)
    row = files.put(session(), county_id, name=name, media_type="image/jpeg", content=content, resident_id=resident_id)
    session().flush()
    return row.id


def _redrawn(raw: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(raw), formats=["JPEG", "PNG"]) as picture:
            width, height = picture.size
            if not SHORTEST <= min(width, height) <= max(width, height) <= LONGEST or width * height > MOST_PIXELS:
                raise Invalid("photo_size", "照片太小或太大，看不清字，请对着纸重新拍一张。")
            picture.load()
            turn = _turn(picture.info.get("exif"))
            upright = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("photo_unreadable", "照片打不开，请重新拍一张。") from error
    if turn is not None:
        upright = upright.transpose(turn)
    upright.thumbnail((KEPT, KEPT))
    upright.info = {}  # a comment would be written into the new one
    out = io.BytesIO()
    upright.save(out, format="JPEG", quality=80, optimize=True)
    return out.getvalue()


def _turn(note: object) -> Image.Transpose | None:
    # Of all notes only this one is read. A broken one turns nothing: whoever looks turns the phone.
    if not isinstance(note, bytes):
        return None
    notes = Image.Exif()
    try:
        notes.load(note)
        held = notes.get(_HELD)
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, struct.error):
        return None
    return _TURNS.get(held) if isinstance(held, int) else None
