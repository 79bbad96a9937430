"""How many more notices WeChat will let us send to a person: the pure rules of the ledger.

WeChat never tells the number. The mini-program reports each accepted pop-up, and that adds one; WeChat's own
push about the same tap only confirms it and adds nothing. So the number is a belief: error 43101 ends it.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

# A belief beyond this is a mistake of some client; the next refusal of WeChat ends it anyway.
MOST = 1000


class Happening(StrEnum):
    """What can happen to a credit."""

    REPORTED_ACCEPT = "reported_accept"
    REPORTED_REJECT = "reported_reject"
    CONFIRMED_ACCEPT = "confirmed_accept"
    REVOKED = "revoked"
    SENT = "sent"
    NO_CREDIT = "no_credit"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Credit:
    """The belief about one person and one template. A long-term credit is not used up by sending."""

    remaining: int = 0
    long_term: bool = False
    confirmed: bool = False

    @property
    def usable(self) -> bool:
        """Whether a notice is worth trying."""
        return self.remaining > 0


def after(credit: Credit, happening: Happening) -> Credit:
    """The belief after something happened; never below nothing.

    An unknown outcome leaves the credit: should it be gone, 43101 will say so, and nobody was told twice.
    A refused pop-up leaves earlier acceptances, as WeChat does.
    """
    if happening is Happening.REPORTED_ACCEPT:
        return replace(credit, remaining=1 if credit.long_term else min(credit.remaining + 1, MOST))
    if happening is Happening.CONFIRMED_ACCEPT:
        return replace(credit, confirmed=True)
    if happening is Happening.SENT:
        return credit if credit.long_term else replace(credit, remaining=max(0, credit.remaining - 1))
    if happening in (Happening.NO_CREDIT, Happening.REVOKED):
        return replace(credit, remaining=0, confirmed=False)
    return credit
