"""Who may stand for somebody by kinship, in the words people use. Civil Code art. 27, 28 and 1045. Pure."""

PUBLIC_BODY = "村委会或民政"
"""Where no kin is able: the village, the residents' committee or the civil affairs office (art. 27, 28, 32)."""

_PARENTS = ("父亲", "母亲")
_SPOUSE = ("丈夫", "妻子")
_CHILDREN = ("儿子", "女儿")
_GRANDPARENTS = ("爷爷", "奶奶", "外公", "外婆")
_ELDER = ("哥哥", "姐姐")
_YOUNGER = ("弟弟", "妹妹")
_GRANDCHILDREN = ("孙子", "孙女", "外孙", "外孙女")

NEAREST_KIN = (*_SPOUSE, *_CHILDREN, *_PARENTS, *_ELDER, *_YOUNGER, *_GRANDPARENTS, *_GRANDCHILDREN)
"""Near relatives: spouse, children, parents, brothers and sisters, grandparents, grandchildren (art. 1045)."""

GUARDIANS_OF_A_CHILD = (*_PARENTS, *_GRANDPARENTS, *_ELDER, PUBLIC_BODY)
GUARDIANS_OF_AN_ADULT = (*NEAREST_KIN, PUBLIC_BODY)


def guardians_of(*, grown_up: bool) -> tuple[str, ...]:
    """Return how a guardian may stand to a child, or to an adult whom a court found unable to decide."""
    return GUARDIANS_OF_AN_ADULT if grown_up else GUARDIANS_OF_A_CHILD
