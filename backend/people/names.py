"""Names: kept as they are written, folded for comparison only. Never NFKC, never split into parts."""

import unicodedata

from backend.people.identity import IdentityRefused

DOT = "\u00b7"
_DOTS = {ord(dot): DOT for dot in "•‧・⋅∙･"}
_MAYBE_DOTS = {ord(dot): DOT for dot in ".．"}
_LONGEST = 60
_MOST_MARKS = 4  # Myanmar and Tai scripts stack a few; a pile of them is a joke
_SIGNS = frozenset(" -'’()（）" + DOT)


def stored_name(text: str) -> str:
    """Return a name as it is stored: trimmed, its dots written U+00B7. Raises IdentityRefused with a reason.

    Characters beyond the common tables and private ones of old hospital systems are kept, never dropped.
    """
    name = _with_dots(text.strip().strip("\u3000"))
    if not name:
        raise IdentityRefused("请填姓名。")
    if len(name) > _LONGEST:
        raise IdentityRefused(f"姓名太长了，最多 {_LONGEST} 个字。")
    marks = 0
    for character in name:
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if marks > _MOST_MARKS or not _may_stand(character, category):
            raise IdentityRefused("姓名里有不能用的符号，请只填证件上的字。")
    if not any(unicodedata.category(character)[0] in "LC" for character in name):
        raise IdentityRefused("姓名里没有字，请照证件填。")
    return name


def folded_name(text: str) -> str:
    """Return a name for comparison and search: one kind of dot, no gaps, Latin letters small."""
    dotted = text.translate(_DOTS).translate(_MAYBE_DOTS)
    return "".join(
        character.lower() if character.isascii() else character
        for character in dotted
        if not character.isspace() and unicodedata.category(character) != "Cf"
    )


def _with_dots(text: str) -> str:
    # A full stop is a dot only between characters that are not Latin: J. Roi keeps hers.
    written = text.translate(_DOTS)
    last = len(written) - 1
    return "".join(
        DOT if ord(c) in _MAYBE_DOTS and 0 < i < last and not written[i - 1].isascii() else c
        for i, c in enumerate(written)
    )


def _may_stand(character: str, category: str) -> bool:
    if 0x20000 <= ord(character) <= 0x3FFFF:
        return True  # newer ideographs than this Python knows are still names
    return category[0] in "LMN" or category == "Co" or character in _SIGNS or ord(character) in _MAYBE_DOTS


def same_person(name: str, *others: str) -> bool:
    """Compare names by the letters alone: a space or a dot makes nobody another person."""
    return _letters(name) in {_letters(one) for one in others} - {""}


def _letters(name: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", name) if one.isalnum())
