"""A signature drawn with a finger: a real picture, small, with a stroke in it, made anew before it is kept."""

import base64
import binascii
import io
from uuid import UUID

from PIL import Image, UnidentifiedImageError

from backend.kernel.errors import Invalid
from backend.store import files
from backend.store.db import session

MOST_BYTES = 200 * 1024
WIDEST, SMALLEST = 2000, 40
LEAST_INK = 60
"""Dark pixels; fewer is an empty field or a slip of the finger."""
_PNG = b"\x89PNG\r\n\x1a\n"


def keep(county_id: str, resident_id: UUID, drawn: str, name: str) -> UUID:
    """Check a base64 PNG, draw it anew in grey and keep it sealed with the patient's key. Returns the file's id.

    Raises Invalid with what to do instead. What was hidden in the file besides the strokes does not survive.
    """
    content = _redrawn(_bytes(drawn))
    row = files.put(session(), county_id, name=name, media_type="image/png", content=content, resident_id=resident_id)
    session().flush()
    return row.id


def _bytes(drawn: str) -> bytes:
    text = drawn.removeprefix("data:image/png;base64,")
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise Invalid("signature_unreadable", "签名没有传上来，请重新签一次。") from error
    if len(raw) > MOST_BYTES:
        raise Invalid("signature_too_big", "签名图太大，请清掉重新签一次。")
    if not raw.startswith(_PNG):
        raise Invalid("signature_not_png", "签名的格式不对，请用手指在框里签。")
    return raw


def _redrawn(raw: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(raw), formats=["PNG"]) as picture:
            width, height = picture.size
            if not (SMALLEST <= width <= WIDEST and SMALLEST <= height <= WIDEST):
                raise Invalid("signature_size", "签名图的大小不对，请在框里重新签一次。")
            layer = Image.new("RGBA", picture.size, "white")
            layer.alpha_composite(picture.convert("RGBA"))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("signature_unreadable", "签名没有传上来，请重新签一次。") from error
    grey = layer.convert("L")
    if sum(grey.histogram()[:160]) < LEAST_INK:
        raise Invalid("signature_empty", "框里还没有签名，请用手指签上名字。")
    out = io.BytesIO()
    grey.save(out, format="PNG", optimize=True)
    return out.getvalue()
