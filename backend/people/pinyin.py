"""Names as one types them to search: full pinyin and initials."""

from pypinyin import Style, lazy_pinyin


def pinyin_of(name: str) -> str:
    """`wangguilan wgl` for 王桂兰; characters no table knows are left out. For search only, never shown."""
    full = lazy_pinyin(name, errors="ignore")
    first = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return f"{''.join(full)} {''.join(first)}".strip().lower()
