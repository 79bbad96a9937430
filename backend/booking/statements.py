"""The hot writes of booking, each one SQL statement: counter, row, audit and outbox move together or not at all.

Every guard stands in the statement itself, so nothing between a look and a write can go wrong, and a full
slot costs one round trip. None of them hides a conflict: beside a counter an ignored insert would leave the
counter wrong, so a unique index that says no undoes the whole statement. The statuses written here are held
against `states.APPOINTMENTS` by a test. Sources: speed.md §1, reliability-security I-01 to I-06.
"""

from sqlalchemy import text

from backend.referrals.awaited import AWAITED, FIRST_VISIT, WITHIN_CERTIFICATE

_ENTITLED_THERE = """EXISTS (
            SELECT FROM referral
            WHERE referral.county_id = :county AND referral.id = {{place}}.referral_id
              AND {awaited}
              AND referral.to_institution = {{place}}.institution
              AND {{place}}.department = referral.to_department
              AND EXISTS (
                SELECT FROM resident
                WHERE resident.county_id = referral.county_id AND resident.id = referral.resident_id
                  AND resident.died_on IS NULL))
          AND {within}"""
_WITHIN = WITHIN_CERTIFICATE.format(referral="{place}.referral_id", day="{day}")
STILL_ENTITLED = _ENTITLED_THERE.format(awaited=AWAITED, within=_WITHIN)
"""What BOOK asks, for a place got another way: alive, consent, the hospital's yes, that very department, a day within
the certificate."""

ENTITLED_TO_FIRST = _ENTITLED_THERE.format(awaited=FIRST_VISIT, within=_WITHIN)
"""The same of somebody who has not been there yet, for the quick way."""

NO_LIVE_PLACE = """NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.status IN ('held', 'pending', 'booked', 'arrived')
              AND live.referral_id = {referral})
          AND NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.status IN ('held', 'pending', 'booked', 'arrived')
              AND live.resident_id = {resident} AND live.institution = {on}.institution
              AND live.department = {on}.department AND live.day = {on}.day)"""
"""Neither this referral nor this person on that day in that department has a place: two looks, each by its index."""

_BOOKING = """
    WITH entitled AS MATERIALIZED (
        -- The shared lock makes a withdrawal wait for this booking, or this booking see the withdrawal.
        SELECT referral.id, referral.resident_id, referral.to_institution AS institution,
               referral.to_department AS department
        FROM referral
        WHERE referral.county_id = :county AND referral.id = :referral
          AND {awaited}
          AND EXISTS (
            SELECT FROM resident
            WHERE resident.county_id = referral.county_id AND resident.id = referral.resident_id
              AND resident.died_on IS NULL)
        FOR SHARE OF referral
    ), session AS MATERIALIZED (
        -- By the slot first: joined below, the planner went through every session of the house.
        SELECT session.institution, session.department, session.day
        FROM slot
        JOIN schedule_session AS session ON session.county_id = slot.county_id AND session.id = slot.session_id
        WHERE slot.county_id = :county AND slot.id = :slot
          AND session.stopped_at IS NULL AND session.kind <> 'examination'
    ), gained AS (
        UPDATE slot SET taken = taken + 1
        FROM session, entitled
        WHERE slot.county_id = :county AND slot.id = :slot AND slot.pool = 'referral'
          AND slot.taken < slot.capacity AND NOT slot.stopped AND slot.starts_at > liandong_now()
          AND (slot.opens_at IS NULL OR slot.opens_at <= liandong_now())
          AND session.institution = entitled.institution
          AND session.department = entitled.department
          AND {within}
          {alone}
        RETURNING slot.id, slot.starts_at, session.institution, session.department, session.day,
                  entitled.id AS referral_id, entitled.resident_id
    ), booked AS (
        INSERT INTO appointment (county_id, id, slot_id, resident_id, referral_id, institution, department, day,
                                 starts_at, kind, status, code, booked_by, by_doctor)
        SELECT :county, :appointment, id, resident_id, referral_id, institution, department, day,
               starts_at, 'referral_pool', 'booked', :code, :account, :by_doctor
        FROM gained
        RETURNING id, slot_id, resident_id, status, institution, starts_at
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.book', 'appointment', id, resident_id,
               status, jsonb_build_object('slot_id', slot_id)
        FROM booked
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM booked, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
    )"""

_IN_DAYS = WITHIN_CERTIFICATE.format(referral="entitled.id", day="session.day")
_ALONE = NO_LIVE_PLACE.format(referral="entitled.id", resident="entitled.resident_id", on="session")
_BOOK = _BOOKING.format(awaited=AWAITED, within=_IN_DAYS, alone=f"AND {_ALONE}")
BOOK = text(f"{_BOOK} SELECT id, institution, starts_at FROM booked")  # noqa: S608
"""Takes a place of the referral pool. No row: refused, and `refusals` says why."""

BOOK_AND_KEEP = text(
    f"""{_BOOKING.format(awaited=FIRST_VISIT, within=_IN_DAYS, alone="")}, kept AS (
        INSERT INTO idempotency (county_id, account_id, key, body_hash, status, answer_sealed, etag)
        SELECT :county, :account, :key, :body_hash, :answer_status, :answer_sealed, :etag FROM booked
    )
    SELECT id FROM booked"""  # noqa: S608
)
"""BOOK, and the answer kept under its key in the same breath. A key that is taken undoes it all.

So does a place that the referral or the person has already: here only the unique indexes are asked, which know it
anyway. A look beforehand is worth its sentence to people, but is planned once a connection, and a plan made while few
places were taken goes through every one of them.
"""

_PAPER_OF_MINE = """coalesce(mine.referral_id, (
            SELECT ordered.referral_id FROM examination_order AS ordered
            WHERE locked.pool = 'referral' AND ordered.county_id = :county AND ordered.id = mine.order_id))"""
MOVE = text(
    f"""
    WITH held AS (
        SELECT id, slot_id, resident_id FROM appointment
        WHERE county_id = :county AND id = :appointment AND status IN ('booked', 'pending') AND version = :version
        FOR UPDATE
    ), locked AS MATERIALIZED (
        -- In order of id, so that two people who swap places never wait for each other.
        SELECT slot.id, slot.session_id, slot.starts_at, slot.capacity, slot.taken, slot.pool, slot.opens_at,
               slot.stopped
        FROM slot
        WHERE slot.county_id = :county
          AND slot.id IN (SELECT slot_id FROM held UNION SELECT CAST(:slot AS uuid) FROM held)
        ORDER BY slot.id
        FOR UPDATE
    ), wanted AS (
        SELECT locked.id, locked.starts_at, session.institution, session.department, session.day,
               held.slot_id AS old_slot
        FROM locked
        JOIN schedule_session AS session ON session.county_id = :county AND session.id = locked.session_id
        JOIN held ON held.slot_id <> locked.id
        JOIN appointment AS mine ON mine.county_id = :county AND mine.id = held.id
        JOIN locked AS old ON old.id = held.slot_id
        JOIN schedule_session AS before ON before.county_id = :county AND before.id = old.session_id
        WHERE locked.id = :slot AND locked.pool = old.pool AND locked.taken < locked.capacity
          AND locked.starts_at > liandong_now() AND NOT locked.stopped AND session.stopped_at IS NULL
          AND (locked.opens_at IS NULL OR locked.opens_at <= liandong_now())
          AND session.institution = mine.institution AND session.department = mine.department
          AND session.item IS NOT DISTINCT FROM before.item
          AND {WITHIN_CERTIFICATE.format(referral=_PAPER_OF_MINE, day="session.day")}
          AND NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.status IN ('held', 'pending', 'booked', 'arrived')
              AND mine.order_id IS NULL AND live.id <> held.id AND live.resident_id = held.resident_id
              AND live.institution = session.institution AND live.department = session.department
              AND live.day = session.day)
    ), counted AS (
        UPDATE slot SET taken = taken + CASE WHEN slot.id = wanted.id THEN 1 ELSE -1 END,
                        over = CASE WHEN slot.id = wanted.id THEN over
                                    ELSE greatest(0, least(over, taken - 1 - capacity)) END
        FROM wanted
        WHERE slot.county_id = :county AND slot.id IN (wanted.id, wanted.old_slot)
        RETURNING slot.id
    ), moved AS (
        UPDATE appointment SET slot_id = wanted.id, day = wanted.day, starts_at = wanted.starts_at,
                               version = version + 1
        FROM wanted
        WHERE appointment.county_id = :county AND appointment.id = :appointment
          AND (SELECT count(*) FROM counted) = 2
        RETURNING appointment.id, appointment.resident_id, appointment.institution, appointment.starts_at,
                  appointment.status, appointment.version, wanted.old_slot, wanted.id AS new_slot
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.move', 'appointment', id, resident_id,
               status, status, jsonb_build_object('from_slot', old_slot, 'to_slot', new_slot)
        FROM moved
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM moved, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
    )
    SELECT id, institution, starts_at, version, old_slot FROM moved
    """  # noqa: S608  the part put in is our own words
)
"""Keeps the old place until the new one is sure; both counters and the appointment change together."""

CANCEL = text(
    """
    WITH was AS (
        SELECT id, status FROM appointment
        WHERE county_id = :county AND id = :appointment AND status IN ('held', 'offered', 'pending', 'booked')
          AND version = :version
        FOR UPDATE
    ), ended AS (
        UPDATE appointment SET status = 'cancelled', ended_because = :because, end_reason = :reason,
                               end_instead = :instead, version = version + 1
        FROM was
        WHERE appointment.county_id = :county AND appointment.id = was.id
        RETURNING appointment.id, appointment.slot_id, appointment.resident_id, appointment.institution,
                  appointment.wait_id, appointment.end_reason, appointment.end_instead, was.status AS before,
                  appointment.status, appointment.version
    ), waits AS (
        -- Whoever declines an offer waits on; this place is not offered to them again.
        UPDATE waitlist_entry SET status = 'waiting', version = waitlist_entry.version + 1
        FROM ended
        WHERE waitlist_entry.county_id = :county AND waitlist_entry.id = ended.wait_id
          AND waitlist_entry.status = 'offered'
    ), released AS (
        -- A place that was added by hand goes with the person it was added for.
        UPDATE slot SET taken = taken - 1, over = greatest(0, least(over, taken - 1 - capacity)) FROM ended
        WHERE slot.county_id = :county AND slot.id = ended.slot_id
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.cancel', 'appointment', id, resident_id,
               before, status,
               jsonb_strip_nulls(jsonb_build_object('slot_id', slot_id, 'because', CAST(:because AS text),
                                                    'reason', end_reason, 'instead', end_instead))
        FROM ended
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM ended, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
    )
    SELECT id, slot_id, institution, version FROM ended
    """
)
"""Ends an appointment or a hold and gives its place back. No row: it had ended, or changed meanwhile."""
