"""The walk goes on through booking: places with a referral and without, the wait list, the desk, and time."""

import copy
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from backend.kernel.clock import local_day
from tests.integration.walk import asking, checks
from tests.integration.walk.machine import API, CHOICE, Walk
from tests.integration.walk.paper import Paper
from tests.integration.walk.world import DEPARTMENTS, LAST_MINUTE, World, local

PRESSED = ("held", "offered", "pending", "booked")


class WholeWalk(Walk):
    """Everything that a resident, a doctor below and a desk can press."""

    @precondition(lambda self: self.papers)
    @rule(choice=CHOICE)
    def book(self, choice: int) -> None:
        """A place of the referral pool, by the person, for a child, or by the doctor beside them."""
        entitled = [one for one in self.papers if one.entitled]
        if not entitled and choice % 4:
            return  # now and then is enough to see that it is refused
        entitled = entitled or self.papers
        paper = entitled[choice % len(entitled)]
        fitting = [one for one in self._slots() if one.pool == "referral" and self.seen.free(one)]
        slot = self._slot(choice // 8) if choice % 5 == 0 or not fitting else fitting[choice // 8 % len(fitting)]
        patient = self.world.patients[paper.patient]
        lawful, was = asking.may_book(self.seen, paper, patient.id, slot), self._was()
        who = patient.cast.doctor if choice % 3 == 0 and paper.open else patient.decides
        answer = who.post(f"{API}/referrals/{paper.id}/appointment", {"slot_id": str(slot.id)})
        self._done(f"book: {paper.patient}", answer, lawful, was)
        self._own(answer, "booked", slot.id, "book")

    @precondition(lambda self: self._with_place())
    @rule(choice=CHOICE, act=st.sampled_from(("withdraw", "give up", "edit words", "edit department")))
    def change_with_place(self, choice: int, act: str) -> None:
        """A place hangs on what is changed or ended: now and then, or no place would live long."""
        kept = self._with_place()
        if choice % 3 == 0:
            self._act(kept[choice // 3 % len(kept)], act)

    @precondition(lambda self: self._half_signed())
    @rule(choice=CHOICE)
    def reword_half_signed(self, choice: int) -> None:
        """Other words under a second signature that was given, before the third is."""
        signed = self._half_signed()
        self._act(signed[choice % len(signed)], "edit words")

    def _with_place(self) -> list[Paper]:
        booked = {str(one.referral_id) for one in self.seen.places.values() if one.status in PRESSED}
        return [one for one in self.papers if one.open and one.id in booked]

    def _half_signed(self) -> list[Paper]:
        return [one for one in self.papers if one.status == "submitted" and one.signed > 1]

    @rule(patient=st.integers(0, 3), choice=CHOICE, sure=st.booleans())
    def take(self, patient: int, choice: int, sure: bool) -> None:
        """A place without a referral: kept for a checkout, or confirmed in one go."""
        one, slot = self.world.patients[patient], self._slot(choice, full=False)
        lawful, was = asking.may_take(self.seen, one.id, slot, contracted=one.contracted), self._was()
        who = self._presser(one.id, choice)
        answer = who.post(f"{API}/appointments", {"slot_id": str(slot.id), "confirm": sure, "resident_id": str(one.id)})
        self._done(f"take: {patient}", answer, lawful, was)
        self._own(answer, "booked" if sure else "held", slot.id, "take")

    @precondition(lambda self: self.seen.places)
    @rule(choice=CHOICE)
    def confirm(self, choice: int) -> None:
        one = self._place(choice, "held")
        self._press(
            one, "confirm", self._presser(one.resident_id, choice), asking.may_confirm(self.seen, one), "booked"
        )

    @precondition(lambda self: any(one.status == "pending" for one in self.seen.places.values()))
    @rule(choice=CHOICE)
    def grant(self, choice: int) -> None:
        one = self._place(choice, "pending")
        self._press(one, "grant", self.world.cast.clerk, one.status == "pending", "booked")

    @precondition(lambda self: self.seen.places)
    @rule(choice=CHOICE)
    def cancel(self, choice: int) -> None:
        """By the person until the county's hour, by the desk at any time."""
        one, alone = self._place(choice, *PRESSED), bool(choice % 3)
        who = self._presser(one.resident_id, choice) if alone else self.world.cast.clerk
        lawful = asking.may_cancel(self.seen, one, self.hours if alone else None)
        self._press(one, "cancel", who, lawful, "cancelled")

    @precondition(lambda self: self.seen.places)
    @rule(choice=CHOICE)
    def move(self, choice: int) -> None:
        one = self._place(choice, "booked", "pending")
        close = [slot for slot in self._slots() if asking.would_fit(self.seen, one, slot, self.hours)]
        full = [slot for slot in close if slot.taken >= slot.capacity]
        # Most go through; of the others, half to a place where nothing but its being full says no.
        wanted = full if choice % 4 == 1 else [slot for slot in close if self.seen.free(slot)]
        slot = wanted[choice // 4 % len(wanted)] if wanted and choice % 4 else self._slot(choice // 4)
        lawful, was = asking.may_move(self.seen, one, slot, self.hours), self._was()
        who = self._presser(one.resident_id, choice)
        answer = who.post(f"{API}/appointments/{one.id}/move", {"slot_id": str(slot.id)})
        self._done("move", answer, lawful, was)
        self._own(answer, one.status, slot.id, "move")

    @precondition(lambda self: any(one.status == "offered" for one in self.seen.places.values()))
    @rule(choice=CHOICE)
    def accept_offer(self, choice: int) -> None:
        one = self._place(choice, "offered")
        lawful, was = asking.may_accept(self.seen, one, self.papers), self._was()
        answer = self._presser(one.resident_id, choice).post(f"{API}/appointments/{one.id}/accept")
        self._done("accept offer", answer, lawful, was)
        if one.replaces_id is None:
            self._own(answer, "booked", one.slot_id, "accept")

    @precondition(lambda self: any(one.taken >= one.capacity for one in self.seen.slots.values()))
    @rule(patient=st.integers(0, 3), choice=CHOICE)
    def add(self, patient: int, choice: int) -> None:
        """An extra place by hand: sure where the house adds it, waiting for its desk where a doctor below asks."""
        one, slot = self.world.patients[patient], self._slot(choice, full=True)
        at_desk = bool(choice % 3) or self.world.cast.doctor not in one.presses
        who = self.world.cast.clerk if at_desk else self.world.cast.doctor
        lawful, was = asking.may_add(self.seen, one.id, slot), self._was()
        body = {"slot_id": str(slot.id), "resident_id": str(one.id), "reason": "far"}
        answer = who.post(f"{API}/appointments/overbook", body)
        self._done("add", answer, lawful, was)
        self._own(answer, "booked" if at_desk else "pending", slot.id, "add")

    @precondition(lambda self: self.seen.places)
    @rule(choice=CHOICE)
    def check_in(self, choice: int) -> None:
        one = self._place(choice, "booked", "pending", "noshow")
        self._press(one, "check-in", self.world.cast.clerk, asking.may_check_in(self.seen, one), "arrived")

    @precondition(lambda self: any(one.status == "arrived" for one in self.seen.places.values()))
    @rule(choice=CHOICE)
    def finish(self, choice: int) -> None:
        one = self._place(choice, "arrived")
        self._press(one, "finish", self.world.cast.clerk, one.status == "arrived", "fulfilled")

    @rule(patient=st.integers(0, 3), choice=CHOICE, priority=st.sampled_from(("routine", "routine", "urgent", "stat")))
    def wait(self, patient: int, choice: int, priority: str) -> None:
        """Join the wait list: how urgent it is, only a doctor says."""
        one, paper = self.world.patients[patient], asking.latest(self.papers, patient) if choice % 2 else None
        if paper is not None and paper.status == "draft":
            paper = None  # nobody but its writer sees it
        department, first = DEPARTMENTS[choice // 2 % 8 == 0], local_day(self.seen.now)
        last = first + timedelta(days=5)
        lawful = asking.may_wait(self.seen, one.id, department, paper, contracted=one.contracted, days=(first, last))
        who = self.world.office if priority != "routine" else self._presser(one.id, choice)
        body = {
            "institution": self.world.cast.places.hospital,
            "department": department,
            "from_on": str(first),
            "until_on": str(last),
            "resident_id": str(one.id),
            "priority": priority,
            "referral_id": paper.id if paper else None,
        }
        was = self._was()
        self._done("wait", who.post(f"{API}/waitlist", body), lawful, was)

    @precondition(lambda self: self.seen.waits)
    @rule(choice=CHOICE)
    def leave(self, choice: int) -> None:
        every = self._in_order(self.seen.waits)
        one, was = every[choice % len(every)], self._was()
        answer = self._presser(one.resident_id, choice).post(f"{API}/waitlist/{one.id}/leave")
        self._done("leave", answer, one.status in ("waiting", "offered"), was)

    @rule(choice=CHOICE)
    def stop(self, choice: int) -> None:
        """The doctor is away: seldom, or nothing would be left to book."""
        if choice % 4:
            return
        session = self.stage.sessions[choice // 4 % len(self.stage.sessions)]
        lawful, was = asking.may_stop(self.seen, session), self._was()
        answer = self.world.office.post(f"{API}/schedule-sessions/{session}/stop", {"reason": "ill"})
        self._done("stop", answer, lawful, was)

    @precondition(lambda self: self.seen.places and local(self.seen.now).time() < LAST_MINUTE)
    @rule()
    def minutes(self) -> None:
        """Long enough for a checkout of either county to run out."""
        self.stage.pass_minutes(16)
        self._passed("16 minutes")

    @precondition(lambda self: self.seen.places or self.seen.waits)
    @rule(choice=CHOICE)
    def night(self, choice: int) -> None:
        if choice % 3 == 0:
            self.stage.pass_night()
            self._passed("a night")

    @precondition(lambda self: self.seen.places or self.seen.waits)
    @rule()
    def tick(self) -> None:
        """What the clock's process does; after it nothing that is due is left, and nothing free that is waited for."""
        self.stage.tick()
        self._passed("tick")
        now = self.seen.now
        left = [one for one in self.seen.places.values() if one.status in ("held", "offered") and one.held_until <= now]
        kept = [
            one
            for one in self.seen.slots.values()
            if one.pool != "general" and self.seen.free(one) and one.gives_back_at <= now
        ]
        self._hold(["a checkout or an offer outlived its time"] * bool(left))
        self._hold(["what goes to all was not given back"] * bool(kept))
        self._hold(checks.waited_for(self.seen, self.papers, self.notice, self.seen.slots))

    def _press(self, one: Any, what: str, who: Any, lawful: bool, status: str) -> None:
        was, answer = self._was(), who.post(f"{API}/appointments/{one.id}/{what}")
        self._done(what, answer, lawful, was)
        self._own(answer, status, one.slot_id, what)

    def _passed(self, what: str) -> None:
        self.trail.append(what)
        self.tally[f"{what} passed"] += 1
        self._step({one.id: copy.copy(one) for one in self.papers})


def walk(world: World, walks: int, steps: int, chosen: int) -> tuple[Counter[str], str | None]:
    """Walk so often; returns what was done how often, and what went wrong first, or None."""
    tally: Counter[str] = Counter()

    class Here(WholeWalk):
        pass

    Here.world, Here.tally, Here.found = world, tally, []
    how = settings(
        max_examples=walks,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # the trail tells enough; to shorten it takes minutes
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(seed(chosen)(Here), settings=how)
    except Exception:
        # Played again to be sure, a walk may not come the same way twice: the first word counts.
        if not Here.found:
            raise
    return tally, next(iter(Here.found), None)
