"""What must hold after every step, whatever the step was: seen before, seen after, and the papers as they must be."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from backend.booking.states import APPOINTMENTS, WAITLIST
from backend.kernel.states import Transitions
from backend.oversight.invariants import violations
from backend.referrals.states import REFERRALS
from tests.integration.walk.paper import Paper
from tests.integration.walk.seen import HOLDING, LIVE, Seen, eligible, turn_of

TABLES: dict[str, Transitions[Any, Any]] = {
    "appointment": APPOINTMENTS,
    "waitlist_entry": WAITLIST,
    "referral": REFERRALS,
}
ASKED = ("I-01", "I-03", "I-04a", "I-04b", "I-05", "I-06", "I-08a", "I-08b", "I-08c", "I-14d", "I-15b", "I-24")
"""The operator's own looks, those that are about referral and booking."""

_TRACKS = text(
    """
    SELECT r.status, r.to_department,
           (SELECT c.status FROM referral_consent c WHERE c.county_id = r.county_id AND c.referral_id = r.id
              AND c.status IN ('asked', 'given')) AS consent,
           (SELECT bool_and(c.covers_hash = r.content_hash) FROM referral_consent c WHERE c.county_id = r.county_id
              AND c.referral_id = r.id AND c.status IN ('asked', 'given')) AS covered,
           (SELECT a.status FROM referral_answer a WHERE a.county_id = r.county_id AND a.referral_id = r.id
              ORDER BY a.id DESC LIMIT 1) AS answer,
           (SELECT count(*) FROM referral_signature s WHERE s.county_id = r.county_id AND s.referral_id = r.id
              AND s.round = r.round AND s.status = 'signed') AS signed,
           (SELECT count(*) FROM referral_certificate c WHERE c.county_id = r.county_id AND c.referral_id = r.id
              AND NOT EXISTS (SELECT FROM certificate_event e WHERE e.county_id = c.county_id
                AND e.certificate_id = c.id AND e.kind IN ('voided', 'replaced'))) AS standing,
           (SELECT bool_and(c.content_hash = r.content_hash) FROM referral_certificate c
              WHERE c.county_id = r.county_id AND c.referral_id = r.id) AS same_words
    FROM referral r WHERE r.county_id = :county AND r.id = :referral
    """
)


def of_paper(connection: Connection, county: str, paper: Paper) -> list[str]:
    """A referral against its model: every track, and the certificate."""
    row = connection.execute(_TRACKS, {"county": county, "referral": UUID(paper.id)}).one()
    found = {
        "status": row.status,
        "department": row.to_department,
        "consent": row.consent,
        "answer": None if row.answer == "overtaken" else row.answer,
        "signed": row.signed,
        "standing": row.standing,
    }
    wanted = {
        "status": paper.status,
        "department": paper.department,
        "consent": paper.consent,
        "answer": paper.answer,
        "signed": paper.signed,
        "standing": int(paper.stands),
    }
    wrong = [f"{name} is {found[name]}, lawful {wanted[name]}" for name in wanted if found[name] != wanted[name]]
    if paper.open and row.covered is False:
        wrong.append("the consent that stands covers other words")
    if row.standing and row.same_words is False:
        wrong.append("a certificate covers other words than were signed")
    return wrong


def of_places(seen: Seen) -> list[str]:
    """Counters are the rows, no time and no session holds more than it has, and nobody has two places of a kind."""
    wrong, held, counted = [], Counter[UUID](), Counter[UUID]()
    for one in seen.places.values():
        counted[one.slot_id] += one.status != "cancelled"
        held[one.slot_id] += one.status in HOLDING
    for slot in seen.slots.values():
        if slot.taken != counted[slot.id]:
            wrong.append(f"I-05 a slot counts {slot.taken}, its rows are {counted[slot.id]}")
        if held[slot.id] > slot.capacity + slot.over:
            wrong.append(f"I-01 a slot of {slot.capacity} and {slot.over} holds {held[slot.id]}")
    for session in {slot.session_id for slot in seen.slots.values()}:
        mine = [slot for slot in seen.slots.values() if slot.session_id == session]
        if sum(held[slot.id] for slot in mine) > sum(slot.capacity + slot.over for slot in mine):
            wrong.append("I-01 a session holds more than it has")
    live = [one for one in seen.places.values() if one.status in LIVE]
    for what, count in Counter(one.referral_id for one in live if one.referral_id).items():
        wrong += [f"I-04a referral {what} has {count} places"] * (count > 1)
    for what, count in Counter((one.resident_id, one.department, one.day) for one in live).items():
        wrong += [f"I-04b {what} has {count} places"] * (count > 1)
    return wrong


def of_sessions(before: Seen, after: Seen) -> list[str]:
    """What is given back is given once: the places of a session stay as many as they were."""

    def sizes(seen: Seen) -> Counter[UUID]:
        whole = Counter[UUID]()
        for slot in seen.slots.values():
            whole[slot.session_id] += slot.capacity
        return whole

    return ["a session has more or fewer places than before"] * (sizes(before) != sizes(after))


def of_entitlement(before: Seen, after: Seen, papers: Iterable[Paper], was: dict[str, Paper]) -> list[str]:
    """No place for a referral without the patient's yes and the hospital's: when it is got, and after a no."""
    wrong = []
    for paper in papers:
        for one in after.places.values():
            if str(one.referral_id) != paper.id or one.status not in LIVE:
                continue
            old = before.places.get(one.id)
            got = old is None or old.status == "offered"
            known = was.get(paper.id, paper)
            if got and not (known.entitled and known.department == one.department):
                wrong.append("a place is got for a referral that has not both yeses to these words")
            if one.status != "arrived" and not (paper.open or paper.status == "arrived"):
                wrong.append(f"a place is kept for a referral that is {paper.status}")
            if one.status != "arrived" and paper.answer == "declined":
                wrong.append("a place is kept at a hospital that has said no")
    return wrong


def of_writing(before: Seen, after: Seen) -> list[str]:
    """Each change has its audit lines, they begin and end where the rows do, and no status moves off the table."""
    wrong = []
    steps: dict[tuple[str, UUID], list[Any]] = {}
    for line in after.written:
        if line.to_status is not None:
            steps.setdefault((line.entity, line.entity_id), []).append(line)
            if not _on_the_table(line.entity, line.from_status, line.to_status):
                wrong.append(
                    f"{line.entity} moves {line.from_status} → {line.to_status} by {line.action}, off the table"
                )
    for key, new in after.places.items():
        old, lines = before.places.get(key), steps.get(("appointment", key), [])
        if old is not None and old.version == new.version and not lines:
            continue
        chain = [old.status if old else None, *(line.to_status for line in lines)]
        if not lines or [line.from_status for line in lines] != chain[:-1] or chain[-1] != new.status:
            wrong.append(f"a place goes {chain[0]} → {new.status}, written down as {chain}")
    for key, entry in after.waits.items():
        # Passed on and offered again in one step is two: offered → waiting → offered shows as none.
        if key in before.waits and before.waits[key].status != entry.status:
            pair = (before.waits[key].status, entry.status)
            wrong += [f"a wait moves {pair}"] * (not _on_the_table("waitlist_entry", *pair))
    return wrong


def _on_the_table(entity: str, before: str | None, after: str) -> bool:
    table = TABLES[entity]
    if before is None:
        return after in {str(one) for one in table.start}
    return (before, after) in {(str(start), str(move.to)) for (start, _), move in table.moves.items()}


def of_offers(before: Seen, after: Seen, papers: list[Paper], notice: timedelta) -> list[str]:
    """A freed place was offered to whoever stood first; none is free while somebody in line could have it."""
    wrong = []
    for offer in after.places.values():
        if offer.id in before.places or offer.wait_id is None or offer.wait_id not in before.waits:
            continue
        slot, to = after.slots[offer.slot_id], before.waits[offer.wait_id]
        for other in before.waits.values():
            still = after.waits[other.id]
            same = (still.status, still.version) == (other.status, other.version)
            if other.id == to.id or not same or turn_of(other) >= turn_of(to) or slot.id not in before.slots:
                continue
            open_slot = slot._replace(taken=0, capacity=max(1, slot.capacity))  # as it was for a moment
            if eligible(before, other, open_slot, papers, notice) and eligible(after, other, open_slot, papers, notice):
                wrong.append(f"a place was offered past somebody who stands before ({other.priority})")
    freed = {
        old.slot_id
        for key, old in before.places.items()
        if old.status in HOLDING
        and (after.places[key].status == "cancelled" or after.places[key].slot_id != old.slot_id)
    }
    return wrong + waited_for(after, papers, notice, freed)


def waited_for(seen: Seen, papers: list[Paper], notice: timedelta, slots: Iterable[UUID]) -> list[str]:
    """No place is left free while somebody waits for one like it."""
    return [
        f"a place of the {seen.slots[slot].pool} pool is free, and somebody waits for it"
        for slot in slots
        for entry in seen.waits.values()
        if eligible(seen, entry, seen.slots[slot], papers, notice)
    ]


def of_operator(current: Any, seen: Seen, papers: list[Paper]) -> list[str]:
    """What `flask check invariants` says about what this walk made."""
    mine = {*map(str, (*seen.slots, *seen.places, *seen.waits)), *(paper.id for paper in papers)}
    return [f"{one.invariant} {one.detail}" for one in violations(current, *ASKED) if one.what in mine]
