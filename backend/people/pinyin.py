"""Pinyin for search: the whole name and its initials, so that both wangguilan and wgl find 王桂兰."""

import re
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

# Characters that are read in another way when they begin a name.
_SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "任": "ren", "查": "zha", "盖": "ge",
    "朴": "piao", "尉": "yu", "乐": "yue", "翟": "zhai", "覃": "qin", "华": "hua", "卜": "bu", "冼": "xian",
}  # fmt: skip


@lru_cache(maxsize=4096)
def pinyin_of(name: str) -> str:
    """Return `wangguilan wgl` for 王桂兰; characters without a reading are left out."""
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors="ignore")
    if name[:1] in _SURNAMES and syllables:
        syllables[0] = _SURNAMES[name[0]]
    clean = [
        kept for kept in (re.sub(r"[^a-z]", "", syllable.lower().replace("ü", "v")) for syllable in syllables) if kept
    ]
    return f"{''.join(clean)} {''.join(syllable[0] for syllable in clean)}".strip()
