"""The model of a referral: who has said yes to which words, who has signed them, and whether a certificate stands.

Pure, and written from the papers and the decisions (0013), not from the product: MS-4.2.2u2, XM-5.4a.
"""

from collections.abc import Callable
from dataclasses import dataclass

OPEN = ("submitted", "returned", "issued")
SIGNERS = {2: "head", 3: "third"}
WHOLE = len(SIGNERS) + 1


@dataclass
class Paper:
    """One referral as it has to be. `sent` are the words that everybody was asked about."""

    id: str
    patient: int
    department: str
    status: str = "draft"
    words: int = 0
    sent: int | None = None
    consent: str | None = None  # asked, given
    answer: str | None = None  # asked, passed_on, accepted, declined
    asked_department: str = ""
    signed: int = 0  # steps of the present round; none while it is returned
    stands: bool = False

    @property
    def open(self) -> bool:
        """Say whether it is under way."""
        return self.status in OPEN

    @property
    def entitled(self) -> bool:
        """Say whether a place may be taken for it: patient and hospital have said yes to the words that were sent.

        Who was there may go again while the certificate stands (0016); nobody here stays long enough to outlast it.
        """
        again = self.status == "arrived" and self.stands
        return (self.open or again) and self.entitled_but_for_status

    def may(self, act: str) -> bool:
        """Say whether an act is lawful now."""
        what, _, turn = act.partition(" ")
        if turn in ("2", "3") and what in ("sign", "return"):
            return self.status == "submitted" and self.signed == int(turn) - 1
        return _LAWFUL[act](self)

    def do(self, act: str, department: str = "") -> None:
        """Carry out a lawful act."""
        if act in ("edit day", "edit department"):
            self._turn(department or self.department)
        else:
            _DONE[act](self)
        if self.status in ("submitted", "arrived") and self.entitled_but_for_status and self.signed == WHOLE:
            self.stands = True
            self.status = "issued" if self.status == "submitted" else self.status

    def next_act(self) -> str | None:
        """Return what brings it nearer to its certificate."""
        wanted = ("submit", "consent", "accept", "sign 2", "sign 3")
        return next((act for act in wanted if self.may(act)), None)

    def send(self) -> None:
        """Everybody is asked about the present words, unless they have said yes to just these."""
        changed, self.status = self.sent not in (None, self.words), "submitted"
        self.sent, self.signed = self.words, 1
        if changed or self.consent is None:
            self.consent = "asked"
        if changed or self.answer in (None, "declined") or self.asked_department != self.department:
            self._ask()

    def _turn(self, department: str) -> None:
        self.department = department
        turned = self.asked_department != department
        if self.status in ("submitted", "issued"):
            if turned or self.answer in (None, "declined"):
                self._ask()
        elif self.status == "returned" and turned and self.answer != "declined":
            self.answer = None

    def _ask(self) -> None:
        self.answer, self.asked_department = "asked", self.department

    def reword(self) -> None:
        """Other words; where the old ones were sent, the new ones are."""
        self.words += 1
        if self.status == "submitted":
            self.send()

    def end(self, status: str) -> None:
        """Nobody goes."""
        self.status, self.consent, self.signed, self.stands = status, None, 0, False
        self.answer = "declined" if self.answer == "declined" else None  # a no stays on file

    @property
    def entitled_but_for_status(self) -> bool:
        """Say whether patient and hospital have said yes."""
        return self.consent == "given" and self.answer == "accepted"


_UNDER_WAY = ("draft", "returned", "submitted")
_LAWFUL: dict[str, Callable[[Paper], bool]] = {
    "submit": lambda one: one.status in ("draft", "returned"),
    "edit words": lambda one: one.status in _UNDER_WAY,
    # A new edition of the certificate needs the yes that the old one had.
    "edit day": lambda one: one.status in _UNDER_WAY or (one.status == "issued" and one.answer == "accepted"),
    "edit department": lambda one: one.status in _UNDER_WAY or (one.status == "issued" and one.answer == "accepted"),
    "consent": lambda one: one.consent == "asked",
    "proxy consents": lambda _: False,
    "decline consent": lambda one: one.open and one.consent == "asked",
    "withdraw": lambda one: one.open,
    "give up": lambda one: one.status in _UNDER_WAY,
    "accept": lambda one: one.answer in ("asked", "passed_on"),
    "decline": lambda one: one.answer in ("asked", "passed_on"),
    "clerk declines": lambda _: False,
    "pass on": lambda one: one.answer == "asked",
    "arrive": lambda one: one.open,
}
_DONE: dict[str, Callable[[Paper], None]] = {
    "submit": Paper.send,
    "edit words": Paper.reword,
    "consent": lambda one: vars(one).update(consent="given"),
    "decline consent": lambda one: one.end("withdrawn"),
    "withdraw": lambda one: one.end("withdrawn"),
    "give up": lambda one: one.end("refused"),
    "accept": lambda one: vars(one).update(answer="accepted"),
    "decline": lambda one: vars(one).update(answer="declined"),
    "pass on": lambda one: vars(one).update(answer="passed_on"),
    "sign 2": lambda one: vars(one).update(signed=2),
    "sign 3": lambda one: vars(one).update(signed=3),
    "return 2": lambda one: vars(one).update(status="returned", signed=0),
    "return 3": lambda one: vars(one).update(status="returned", signed=0),
    "arrive": lambda one: vars(one).update(status="arrived"),
}
