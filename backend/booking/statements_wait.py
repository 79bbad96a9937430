"""Offers: a freed place to whoever waits longest of the most urgent, and another place to whose doctor is away.

An offer takes the place off the counter at once, so that there are never two holders; it has an answer deadline.
As in `statements`, each is one statement with its guards, its counter, its audit and its outbox rows.
"""

from sqlalchemy import text

from backend.booking.statements import STILL_ENTITLED
from backend.referrals.awaited import WITHIN_CERTIFICATE

_OFFERED = """
    ), offered AS (
        INSERT INTO appointment (county_id, id, slot_id, resident_id, referral_id, institution, department, day,
                                 starts_at, kind, over_reason, status, code, by_doctor, wait_id, replaces_id,
                                 held_until)
        SELECT :county, :appointment, id, resident_id, referral_id, institution, department, day, starts_at, kind,
               over_reason, 'offered', :code, false, wait_id, replaces_id,
               least(CAST(:until AS timestamptz), starts_at)
        FROM gained
        RETURNING id, slot_id, resident_id, institution, status, wait_id
    ), marked AS (
        UPDATE waitlist_entry SET status = 'offered', version = version + 1
        FROM offered
        WHERE waitlist_entry.county_id = :county AND waitlist_entry.id = offered.wait_id
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.offer', 'appointment', id, resident_id, status,
               jsonb_build_object('slot_id', slot_id, 'wait_id', wait_id)
        FROM offered
    )
    SELECT id, resident_id, institution FROM offered
"""

_OFFER = f"""
    WITH place AS MATERIALIZED (
        SELECT slot.id, slot.pool, slot.starts_at, session.institution, session.department, session.day, session.kind
        FROM slot
        JOIN schedule_session AS session ON session.county_id = slot.county_id AND session.id = slot.session_id
        WHERE slot.county_id = :county AND slot.id = :slot AND slot.taken < slot.capacity AND NOT slot.stopped
          AND session.kind <> 'examination'
          AND slot.starts_at > liandong_now() + make_interval(mins => :notice)
          AND (slot.opens_at IS NULL OR slot.opens_at <= liandong_now())
        FOR UPDATE OF slot
    ), next AS MATERIALIZED (
        SELECT entry.id, entry.resident_id, entry.referral_id, entry.appointment_id
        FROM waitlist_entry AS entry, place
        WHERE entry.county_id = :county AND entry.status = 'waiting' AND entry.institution = place.institution
          AND entry.department = place.department
          AND (entry.pool = place.pool OR (entry.pool = 'contract' AND place.pool = 'general'))
          AND place.day BETWEEN entry.from_on AND entry.until_on
          AND (entry.referral_id IS NULL OR {STILL_ENTITLED.format(place="entry", day="place.day")})
          AND NOT EXISTS (
            SELECT FROM appointment AS before
            WHERE before.county_id = :county AND before.wait_id = entry.id AND before.slot_id = place.id)
          AND NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.resident_id = entry.resident_id
              AND live.status IN ('held', 'pending', 'booked', 'arrived')
              AND live.id IS DISTINCT FROM entry.appointment_id
              AND ((live.institution = place.institution AND live.department = place.department
                    AND live.day = place.day) OR live.referral_id = entry.referral_id))
          AND (entry.appointment_id IS NULL OR EXISTS (
            SELECT FROM appointment AS mine
            WHERE mine.county_id = :county AND mine.id = entry.appointment_id AND mine.status = 'booked'
              AND mine.starts_at > place.starts_at))
          -- One offer in the stead of a place: whoever has one, as of a stopped session, answers that first.
          AND NOT EXISTS (
            SELECT FROM appointment AS running
            WHERE running.county_id = :county AND running.replaces_id = entry.appointment_id
              AND running.status = 'offered')
        ORDER BY array_position(ARRAY['stat', 'urgent', 'routine'], entry.priority), entry.missed, entry.created_at,
                 entry.id
        LIMIT 1
        FOR UPDATE OF entry SKIP LOCKED
    ), gained AS (
        UPDATE slot SET taken = slot.taken + 1
        FROM place, next
        WHERE slot.county_id = :county AND slot.id = place.id AND slot.taken < slot.capacity
        RETURNING slot.id, place.starts_at, place.institution, place.department, place.day,
                  CASE WHEN place.pool = 'referral' THEN 'referral_pool' WHEN place.kind = 'outreach' THEN 'outreach'
                       WHEN place.pool = 'contract' THEN 'contract' ELSE 'public' END AS kind,
                  CAST(NULL AS text) AS over_reason,
                  next.resident_id, next.referral_id, next.id AS wait_id, next.appointment_id AS replaces_id
"""  # noqa: S608  the part put in is our own words
OFFER = text(_OFFER + _OFFERED)
"""Offers a free place to the next who waits for one like it. No row: nobody does, or the place is gone."""

_OFFER_INSTEAD = f"""
    WITH affected AS MATERIALIZED (
        SELECT id, resident_id, referral_id, institution, department, kind, over_reason FROM appointment
        WHERE county_id = :county AND id = :replaces AND status IN ('booked', 'pending')
        FOR UPDATE
    ), gained AS (
        UPDATE slot SET taken = slot.taken + 1
        FROM schedule_session AS session, affected
        WHERE slot.county_id = :county AND slot.id = :slot AND slot.taken < slot.capacity AND NOT slot.stopped
          AND slot.starts_at > liandong_now() + make_interval(mins => :notice)
          AND session.county_id = slot.county_id AND session.id = slot.session_id
          AND session.institution = affected.institution AND session.department = affected.department
          AND session.kind <> 'examination' AND affected.kind <> 'examination'
          AND {WITHIN_CERTIFICATE.format(referral="affected.referral_id", day="session.day")}
          AND NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.resident_id = affected.resident_id
              AND live.status IN ('held', 'pending', 'booked', 'arrived')
              AND live.id <> affected.id AND live.institution = session.institution
              AND live.department = session.department AND live.day = session.day)
        RETURNING slot.id, slot.starts_at, session.institution, session.department, session.day, affected.kind,
                  affected.over_reason, affected.resident_id, affected.referral_id, CAST(NULL AS uuid) AS wait_id,
                  affected.id AS replaces_id
"""  # noqa: S608  the part put in is our own words
OFFER_INSTEAD = text(_OFFER_INSTEAD + _OFFERED)
"""Offers another place to somebody whose session was stopped; theirs stays on paper until they answer."""

_TOLD = """
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM sure, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
    )
    SELECT id, institution, old_slot FROM sure
"""

_ACCEPT = f"""
    WITH mine AS MATERIALIZED (
        SELECT id, slot_id, resident_id, referral_id, wait_id,
               (SELECT min(number) FROM generate_series(1, :most) AS number
                WHERE NOT EXISTS (
                    SELECT FROM appointment AS ahead
                    WHERE ahead.county_id = :county AND ahead.resident_id = appointment.resident_id
                      AND ahead.seat = number AND ahead.status IN ('held', 'pending', 'booked'))) AS seat,
               (SELECT min(number) FROM generate_series(1, :most_by_proxy) AS number
                WHERE CAST(:proxy AS boolean) AND NOT EXISTS (
                    SELECT FROM appointment AS ahead
                    WHERE ahead.county_id = :county AND ahead.booked_by = CAST(:account AS uuid)
                      AND ahead.proxy_seat = number
                      AND ahead.status IN ('held', 'pending', 'booked'))) AS proxy_seat
        FROM appointment
        WHERE county_id = :county AND id = :appointment AND status = 'offered' AND version = :version
          AND held_until > liandong_now() AND replaces_id IS NULL
          AND (referral_id IS NULL OR {STILL_ENTITLED.format(place="appointment", day="appointment.day")})
        FOR UPDATE
    ), sure AS (
        UPDATE appointment SET status = 'booked', held_until = NULL, booked_by = :account, version = version + 1,
                               seat = CASE WHEN mine.referral_id IS NULL THEN mine.seat END,
                               proxy_seat = CASE WHEN mine.referral_id IS NULL THEN mine.proxy_seat END
        FROM mine
        WHERE appointment.county_id = :county AND appointment.id = mine.id
          AND (mine.referral_id IS NOT NULL
               OR (mine.seat IS NOT NULL AND (mine.proxy_seat IS NOT NULL OR NOT CAST(:proxy AS boolean))))
        RETURNING appointment.id, appointment.resident_id, appointment.institution, appointment.status,
                  appointment.wait_id, CAST(NULL AS uuid) AS old_slot
    ), served AS (
        UPDATE waitlist_entry SET status = 'served', version = version + 1
        FROM sure
        WHERE waitlist_entry.county_id = :county AND waitlist_entry.id = sure.wait_id
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status)
        SELECT :county, :audit, :account, :acting_for, 'appointment.accept', 'appointment', id, resident_id,
               'offered', status
        FROM sure
"""  # noqa: S608  the part put in is our own words
ACCEPT = text(_ACCEPT + _TOLD)
"""Makes an offered place the person's own. No row: its time was over, or it was answered before."""

_ACCEPT_INSTEAD = f"""
    WITH mine AS MATERIALIZED (
        SELECT id, slot_id, day, starts_at, resident_id, wait_id, replaces_id FROM appointment
        WHERE county_id = :county AND id = :appointment AND status = 'offered' AND version = :version
          AND held_until > liandong_now() AND replaces_id IS NOT NULL
          AND {WITHIN_CERTIFICATE.format(referral="appointment.referral_id", day="appointment.day")}
        FOR UPDATE
    ), old AS MATERIALIZED (
        SELECT appointment.id, appointment.slot_id, appointment.status FROM appointment
        JOIN mine ON mine.replaces_id = appointment.id
        WHERE appointment.county_id = :county AND appointment.status IN ('booked', 'pending')
        FOR UPDATE OF appointment
    ), sure AS (
        UPDATE appointment SET slot_id = mine.slot_id, day = mine.day, starts_at = mine.starts_at,
                               version = version + 1
        FROM mine, old
        WHERE appointment.county_id = :county AND appointment.id = old.id
        RETURNING appointment.id, appointment.resident_id, appointment.institution, old.status AS before,
                  appointment.status, old.slot_id AS old_slot, mine.slot_id AS new_slot, mine.id AS offer_id,
                  mine.wait_id
    ), ended AS (
        UPDATE appointment SET status = 'cancelled', ended_because = 'accepted', version = version + 1
        FROM sure
        WHERE appointment.county_id = :county AND appointment.id = sure.offer_id
        RETURNING appointment.id, appointment.resident_id, appointment.status, sure.id AS moved
    ), closed AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status, detail)
        SELECT :county, gen_random_uuid(), :account, :acting_for, 'appointment.accept', 'appointment', id, resident_id,
               'offered', status, jsonb_build_object('moved', moved)
        FROM ended
    ), released AS (
        UPDATE slot SET taken = taken - 1, over = greatest(0, least(over, taken - 1 - capacity))
        FROM sure
        WHERE slot.county_id = :county AND slot.id = sure.old_slot
    ), served AS (
        UPDATE waitlist_entry SET status = 'served', version = version + 1
        FROM sure
        WHERE waitlist_entry.county_id = :county AND waitlist_entry.id = sure.wait_id
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.move', 'appointment', id, resident_id,
               before, status, jsonb_build_object('from_slot', old_slot, 'to_slot', new_slot, 'offer', offer_id)
        FROM sure
"""  # noqa: S608  the part put in is our own words
ACCEPT_INSTEAD = text(_ACCEPT_INSTEAD + _TOLD)
"""Moves a person's own place to the offered one, in one stroke; the old one is kept until then."""
