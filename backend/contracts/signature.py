"""A drawn signature: a small PNG that is not empty."""

import base64
import binascii
import io

from PIL import Image, UnidentifiedImageError

from backend.kernel.errors import Invalid

MAX_BYTES = 200 * 1024
MAX_SIDE = 2000
MEDIA_TYPE = "image/png"
_PREFIX = "data:image/png;base64,"


def read_signature(text: str) -> bytes:
    """Return the PNG of base64, bare or as a data URL. Raises Invalid for anything else, too large or empty."""
    try:
        content = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (ValueError, binascii.Error) as error:
        raise Invalid("signature_format", "签名没有收全，请重新写一遍。") from error
    if len(content) > MAX_BYTES:
        raise Invalid("signature_too_large", "签名的图太大了，请重新写一遍。")
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            if max(image.size) > MAX_SIDE:
                raise Invalid("signature_too_large", "签名的图太大了，请重新写一遍。")
            drawn = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("signature_format", "签名的图打不开，请重新写一遍。") from error
    if len(set(drawn.resize((64, 32)).getdata())) < 2:
        raise Invalid("signature_empty", "还没有写名字，请在框里写上。")
    return content
