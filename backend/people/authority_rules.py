"""May this paper be registered as an authority to sign for somebody? Civil Code art. 165, 1189. Pure."""

from dataclasses import dataclass

from backend.kernel.rules import Rule


@dataclass(frozen=True, slots=True)
class AuthorityFacts:
    """What is looked at when a doctor registers a paper."""

    patient: str
    papers_seen: bool
    grown_up: bool  # the holder, where the identity card says so
    proof: bool  # a photo of the paper, or a witness
    days: int  # from today to its last day
    most_days: int
    by_guardian: bool
    giver_named: bool
    givers: tuple[str, ...]  # how a guardian may stand
    holder_gives: bool  # the holder is the person, or the guardian who gives it
    registrar_is_party: bool  # who registers holds it, gives it, or is family
    witness_is_party: bool
    other_account: bool  # the family tie named is somebody else's


HOLDER_KNOWN: Rule[AuthorityFacts] = Rule(
    code="authority.holder_known",
    text="受托人的证件还没有看过。",
    instead="请当面看受托人的身份证，填上号码，再勾上“看过证件”。",
    holds=lambda facts: facts.papers_seen,
    pointer="/papers_seen",
)

HOLDER_GROWN_UP: Rule[AuthorityFacts] = Rule(
    code="authority.holder_grown_up",
    text="受托人不满 18 岁，不能替别人签字。",
    instead="请另委托一位成年人。",
    holds=lambda facts: facts.grown_up,
    pointer="/holder_number",
)

PROOF: Rule[AuthorityFacts] = Rule(
    code="authority.proof",
    text="要有委托书的照片，或者一位见证人。",
    instead="请拍下委托书；拍不了的，请写上看着本人签字或按手印的见证人。",
    holds=lambda facts: facts.proof,
    pointer="/photo",
)

TERM: Rule[AuthorityFacts] = Rule(
    code="authority.term",
    text=lambda facts: "到期的日子已经过了。" if facts.days < 0 else f"委托最长 {facts.most_days} 天。",
    instead=lambda facts: f"请写今天起 {facts.most_days} 天以内的日子；以后还要委托，可以再登记。",
    holds=lambda facts: 0 <= facts.days <= facts.most_days,
    pointer="/until_on",
)

GUARDIAN_GIVES: Rule[AuthorityFacts] = Rule(
    code="authority.guardian_gives",
    text=lambda facts: f"{facts.patient}不满 18 岁或不能自己做主，委托书要由监护人来写。",
    instead=lambda facts: f"请写上监护人的姓名和关系：{'、'.join(facts.givers)}。",
    holds=lambda facts: not facts.by_guardian or facts.giver_named,
    pointer="/giver_name",
)

OTHER_HAND: Rule[AuthorityFacts] = Rule(
    code="authority.other_hand",
    text="委托的人和受托的人不能是同一个人。",
    instead="本人或监护人自己签，不用委托书。",
    holds=lambda facts: not facts.holder_gives,
    pointer="/holder_name",
)

NO_PARTY_REGISTERS: Rule[AuthorityFacts] = Rule(
    code="authority.registrar",
    text="登记的医生不能是受托人、委托人，也不能给自家人登记。",
    instead="请换一位同事来登记。",
    holds=lambda facts: not facts.registrar_is_party,
)

OTHER_WITNESS: Rule[AuthorityFacts] = Rule(
    code="authority.witness",
    text="见证人要是另外一个人：不能是受托人、委托人，也不能是登记的医生。",
    instead="请写上另一位见证人的姓名，邻居、护士都行。",
    holds=lambda facts: not facts.witness_is_party,
    pointer="/witness",
)

SAME_ACCOUNT: Rule[AuthorityFacts] = Rule(
    code="authority.same_person",
    text="选的那位家人代办和受托人不是同一个人。",
    instead="请核对姓名；受托人没有登记家人代办的，先不选，签字时到医生手机上签。",
    holds=lambda facts: not facts.other_account,
    pointer="/related_id",
)

AUTHORITY_RULES = (
    HOLDER_KNOWN,
    HOLDER_GROWN_UP,
    PROOF,
    TERM,
    GUARDIAN_GIVES,
    OTHER_HAND,
    NO_PARTY_REGISTERS,
    OTHER_WITNESS,
    SAME_ACCOUNT,
)
