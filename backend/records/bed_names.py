"""One name for one bed, however it was typed: two people must not be given "12床" and "１２ 号床"."""

import re
import unicodedata

_NUMBERED = re.compile(r"([^床]*[0-9A-Z])(?:号床|床位|床|号)?")
LONGEST = 20


def bed_name(said: str | None) -> str | None:
    """Return the name a bed goes by, "12 床" for 12, 12床 and １２号; None where nothing was said."""
    folded = "".join(unicodedata.normalize("NFKC", said or "").upper().split())
    numbered = _NUMBERED.fullmatch(folded)
    return f"{numbered[1]} 床" if numbered else folded or None
