"""A walk through a referral: anybody presses anything at any time, and a small model knows better.

Each act is lawful or not by the model, and the product has to agree; what was refused has changed nothing; after each
step the tracks are the model's, and the books are right. Each walk is undone, so that the next begins anew.
"""

import copy
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from backend.alliance.queries import pack
from backend.store.db import transaction
from tests.factories import Person
from tests.integration.referrals.rig import PIN, drawn
from tests.integration.walk import asking, checks
from tests.integration.walk.paper import SIGNERS, Paper
from tests.integration.walk.seen import Seen, look
from tests.integration.walk.world import DEPARTMENTS, Stage, World, local

API = "/api/v1"
DRAWN = drawn()
CHOICE = st.integers(0, 2**16)
ACTS = (
    "submit", "edit words", "edit day", "edit department", "consent", "proxy consents", "decline consent", "withdraw",
    "give up", "accept", "decline", "clerk declines", "pass on", "sign 2", "sign 3", "return 2", "return 3", "arrive",
)  # fmt: skip


class Walk(RuleBasedStateMachine):
    """One walk; `world` and `tally` are set on a class of its own by `walking`."""

    world: World
    tally: Counter[str]
    found: list[str]

    def __init__(self) -> None:
        super().__init__()
        self._open = self.world.stage()
        self.stage: Stage = self._open.__enter__()
        self.papers: list[Paper] = []
        self.trail: list[str] = []
        self.order: dict[UUID, int] = {}
        self.edits = 0
        with self.world.app.app_context():
            booking = pack(self.world.county).booking
        self.hours = booking.cancel.until_hours_before
        self.notice = timedelta(minutes=booking.waitlist.notice_minutes)
        self.seen: Seen = self._look(0)

    def teardown(self) -> None:
        """What an operator would ask at the end; then all of it is undone."""
        try:
            if not self.found:
                with self.world.app.app_context(), transaction() as current:
                    self._hold(checks.of_operator(current, self.seen, self.papers))
        finally:
            self._open.__exit__(None, None, None)

    # What is asked of the product, and what has to come of it.

    def _look(self, after: int) -> Seen:
        return look(self.stage.connection, self.world.county, self.stage.sessions, self.world.people, after)

    def _hold(self, wrong: list[str]) -> None:
        if wrong:
            self.found.append(f"{'; '.join(dict.fromkeys(wrong))}: {' → '.join(self.trail[-14:])}")
            raise AssertionError(self.found[-1])

    def _done(self, what: str, answer: Any, lawful: bool | None, was: dict[str, Paper]) -> None:
        """Compare an answer with the model, and everything that stands with what has to."""
        ok = answer.status_code < 300
        self.trail.append(what if ok else f"{what} (refused)")
        self.tally[f"{what.split(':', maxsplit=1)[0]} {'done' if ok else 'refused'}"] += 1
        code = (answer.json or {}).get("code")
        self._hold([f"{answer.status_code} {code}, lawful {lawful}"] * (answer.status_code >= 500))
        self._hold([f"{answer.status_code} {code}, lawful {lawful}"] * (lawful is not None and ok != lawful))
        before = self._step(was)
        self._hold(["what was refused has changed something"] * (not ok and before.rows != self.seen.rows))

    def _step(self, was: dict[str, Paper]) -> Seen:
        before, self.seen = self.seen, self._look(self.seen.last)
        self._in_order(self.seen.places)
        self._in_order(self.seen.waits)
        self._hold(
            [
                *checks.of_places(self.seen),
                *checks.of_sessions(before, self.seen),
                *checks.of_entitlement(before, self.seen, self.papers, was),
                *checks.of_writing(before, self.seen),
                *checks.of_offers(before, self.seen, self.papers, self.notice),
            ]
        )
        for paper in self.papers:
            self._hold(checks.of_paper(self.stage.connection, self.world.county, paper))
        return before

    def _was(self) -> dict[str, Paper]:
        return {one.id: copy.copy(one) for one in self.papers}

    def _place(self, choice: int, *statuses: str) -> Any:
        """One of the places in these statuses, or any where there is none."""
        every = self._in_order(self.seen.places)
        fitting = [one for one in every if one.status in statuses] or every
        return fitting[choice % len(fitting)]

    def _in_order(self, rows: dict[UUID, Any]) -> list[Any]:
        """As they were made: ids are drawn by lot, and the same choice has to mean the same row again."""
        new = [row for key, row in rows.items() if key not in self.order]
        for row in sorted(new, key=lambda row: (self.world.people.index(row.resident_id), str(row.department))):
            self.order[row.id] = len(self.order)
        return sorted(rows.values(), key=lambda row: self.order[row.id])

    def _slots(self) -> list[Any]:
        return sorted(self.seen.slots.values(), key=lambda one: (one.starts_at, one.department, one.pool))

    def _slot(self, choice: int, *, full: bool | None = None) -> Any:
        every = self._slots()
        if full is not None and choice % 4:
            every = [one for one in every if self.seen.free(one) != full] or every
        return every[choice // 4 % len(every)]

    def _patient(self, person: UUID) -> Any:
        return self.world.patients[self.world.people.index(person)]

    def _presser(self, person: UUID, choice: int) -> Person:
        pressers = [one for one in self._patient(person).presses if one is not self.world.cast.doctor]
        return pressers[choice % len(pressers)]

    def _own(self, answer: Any, status: str, slot: UUID, what: str) -> None:
        """What was said to be done is what stands."""
        if answer.status_code < 300:
            row = self.seen.places[UUID(answer.json["id"])]
            wrong = (row.status, row.slot_id) != (status, slot) or answer.json["status"] != status
            self._hold([f"{what}: it stands as {row.status}, said {answer.json['status']}"] * wrong)

    # Referral.

    @initialize(choice=CHOICE)
    def begin(self, choice: int) -> None:
        """Somebody is half-way there already: from nothing, most walks would end before a place is booked."""
        self.draft(choice % 4)
        for _ in range(choice // 4 % 6):
            self.go_on(0)

    @rule(patient=st.integers(0, 3))
    def draft(self, patient: int) -> None:
        paper = asking.latest(self.papers, patient)
        if paper is not None and (paper.open or paper.status == "draft"):
            if paper.next_act():
                self._act(paper, paper.next_act() or "")
            return
        cast = self.world.patients[patient].cast
        was, answer = self._was(), cast.doctor.post(f"{API}/referrals", cast.draft_body())
        if answer.status_code == 201:
            self.papers.append(Paper(answer.json["id"], patient, DEPARTMENTS[0]))
        self._done("draft", answer, True, was)

    @precondition(lambda self: any(one.next_act() for one in self.papers))
    @rule(choice=CHOICE)
    def go_on(self, choice: int) -> None:
        """The next act towards a certificate, as on an ordinary day."""
        going = [one for one in self.papers if one.next_act()]
        paper = going[choice % len(going)]
        self._act(paper, paper.next_act() or "")

    @precondition(lambda self: self.papers)
    @rule(choice=CHOICE, act=st.sampled_from(ACTS))
    def act(self, choice: int, act: str) -> None:
        """Any act at any time."""
        paper = self.papers[choice % len(self.papers)]
        if paper.status != "arrived" and (paper.open or act != "arrive"):
            self._act(paper, act)

    def _act(self, paper: Paper, act: str) -> None:
        was, lawful = self._was(), paper.may(act)
        department = DEPARTMENTS[self.edits % 2] if act == "edit department" else ""
        answer = self._ask(paper, act, department)
        if lawful and answer.status_code < 300:
            paper.do(act, department)
        self._done(f"{act}: {paper.patient}", answer, lawful, was)

    def _ask(self, paper: Paper, act: str, department: str) -> Any:
        patient, at = self.world.patients[paper.patient], f"{API}/referrals/{paper.id}"
        cast = patient.cast
        match act:
            case "submit":
                return cast.submit(paper.id)
            case "edit words" | "edit day" | "edit department":
                self.edits += 1
                change = {
                    "edit words": {"diagnosis_text": f"高血压 3 级（第 {self.edits} 次改）", "pin": PIN},
                    "edit day": {"wanted_on": str(local(self.seen.now).date() + timedelta(days=1 + self.edits % 5))},
                    "edit department": {"to_department": department},
                }[act]
                return cast.doctor.request("PUT", at, change)
            case "consent" | "proxy consents":
                who = patient.decides if act == "consent" else self.world.proxy
                text = cast.doctor.get(f"{at}/consent-text").json
                return who.post(
                    f"{at}/consent",
                    {"content_hash": text.get("content_hash", "0" * 64), "drawn": DRAWN, "language": "普通话"},
                )
            case "decline consent":
                return patient.decides.post(f"{at}/decline")
            case "withdraw":
                return patient.decides.post(f"{at}/withdraw", {"reason": "不去了"})
            case "give up":
                return cast.doctor.post(f"{at}/give-up")
            case "accept":
                return cast.accept(paper.id)
            case "decline" | "clerk declines":
                no = {"accept": False, "reason": "other-department", "alternative_department": "endocrinology"}
                who = cast.hospital_head if act == "decline" else cast.clerk
                return who.post(f"{at}/answer", no)
            case "pass on":
                return cast.clerk.post(f"{at}/pass-on", {"role": "medical_office"})
            case "arrive":
                return cast.clerk.post(f"{API}/arrivals", {"category": "outpatient", "referral_id": paper.id})
        return self._sign(paper, act)

    def _sign(self, paper: Paper, act: str) -> Any:
        what, turn = act.split()
        step, words = self.stage.signature(paper.id, int(turn))
        signer = getattr(self.world.cast, SIGNERS[int(turn)])
        if what == "return":
            return signer.post(f"{API}/signatures/{step}/return", {"reason": "请补一张心电图"})
        return signer.post(f"{API}/signatures/{step}/sign", {"pin": PIN, "content_hash": words})
