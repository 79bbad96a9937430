"""The hot writes of places without a referral: hold, confirm, run out; and what is not used goes to all.

As in `statements`: every guard in the statement, counter, row, audit and outbox together or not at all. The limits
of a person and of a proxy are numbered seats under a unique index: two attempts at the same moment want the same
seat, and the second is undone as a whole.
"""

from sqlalchemy import text

TAKE = text(
    """
    WITH entitled AS MATERIALIZED (
        SELECT resident.id AS resident_id,
               EXISTS (
                SELECT FROM contract
                WHERE contract.county_id = resident.county_id AND contract.resident_id = resident.id
                  AND contract.status = 'active') AS contracted,
               (SELECT min(number) FROM generate_series(1, :most) AS number
                WHERE NOT EXISTS (
                    SELECT FROM appointment AS ahead
                    WHERE ahead.county_id = :county AND ahead.resident_id = resident.id AND ahead.seat = number
                      AND ahead.status IN ('held', 'pending', 'booked'))) AS seat,
               (SELECT min(number) FROM generate_series(1, :most_by_proxy) AS number
                WHERE CAST(:proxy AS boolean) AND NOT EXISTS (
                    SELECT FROM appointment AS ahead
                    WHERE ahead.county_id = :county AND ahead.booked_by = CAST(:account AS uuid)
                      AND ahead.proxy_seat = number
                      AND ahead.status IN ('held', 'pending', 'booked'))) AS proxy_seat
        FROM resident
        WHERE resident.county_id = :county AND resident.id = :resident AND resident.died_on IS NULL
          AND NOT EXISTS (
            SELECT FROM appointment AS holding
            WHERE holding.county_id = :county AND holding.resident_id = resident.id AND holding.status = 'held')
    ), gained AS (
        UPDATE slot SET taken = taken + 1
        FROM schedule_session AS session, entitled
        WHERE slot.county_id = :county AND slot.id = :slot
          AND (slot.pool = 'general' OR (slot.pool = 'contract' AND entitled.contracted))
          AND slot.taken < slot.capacity AND NOT slot.stopped AND slot.starts_at > liandong_now()
          AND (slot.opens_at IS NULL OR slot.opens_at <= liandong_now())
          AND session.county_id = slot.county_id AND session.id = slot.session_id
          AND session.stopped_at IS NULL AND session.kind <> 'examination'
          AND (CAST(:house AS text) IS NULL OR session.institution = :house)
          AND entitled.seat IS NOT NULL AND (entitled.proxy_seat IS NOT NULL OR NOT CAST(:proxy AS boolean))
          AND NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.status IN ('held', 'pending', 'booked', 'arrived')
              AND live.resident_id = entitled.resident_id AND live.institution = session.institution
              AND live.department = session.department AND live.day = session.day)
        RETURNING slot.id, slot.starts_at, session.institution, session.department, session.day,
                  CASE WHEN session.kind = 'outreach' THEN 'outreach' WHEN slot.pool = 'contract' THEN 'contract'
                       ELSE 'public' END AS kind,
                  entitled.resident_id, entitled.seat, entitled.proxy_seat
    ), held AS (
        INSERT INTO appointment (county_id, id, slot_id, resident_id, institution, department, day, starts_at, kind,
                                 status, code, booked_by, by_doctor, seat, proxy_seat, held_until)
        SELECT :county, :appointment, id, resident_id, institution, department, day, starts_at, kind,
               'held', :code, :account, :by_doctor, seat, proxy_seat,
               liandong_now() + make_interval(mins => :minutes)
        FROM gained
        RETURNING id, slot_id, resident_id, status, institution
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.hold', 'appointment', id, resident_id,
               status, jsonb_build_object('slot_id', slot_id)
        FROM held
    )
    SELECT id, institution FROM held
    """
)
"""Keeps a place of the contract or general pool for the checkout's minutes. No row: `refusals_open` says why."""

PROMOTE = text(
    """
    WITH promoted AS (
        UPDATE appointment SET status = :to, held_until = NULL, confirm_by = CAST(:confirm_by AS timestamptz),
                               version = version + 1
        WHERE county_id = :county AND id = :appointment AND status = :from AND version = :version
          AND (held_until IS NULL OR held_until > liandong_now())
          AND (status <> 'pending' OR starts_at > liandong_now())
        RETURNING id, resident_id, status, institution, version
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status)
        SELECT :county, :audit, :account, :acting_for, 'appointment.' || CAST(:action AS text), 'appointment', id,
               resident_id, :from, status
        FROM promoted
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM promoted, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
    )
    SELECT id, institution, version FROM promoted
    """
)
"""Makes a hold or a place that waited for the desk sure. No row: it ran out, is past, or was changed or answered."""

EXPIRE = text(
    """
    WITH due AS (
        SELECT id, slot_id, status FROM appointment
        WHERE county_id = :county AND status IN ('held', 'offered') AND held_until <= liandong_now()
          AND (CAST(:slot AS uuid) IS NULL OR slot_id = :slot)
        ORDER BY id LIMIT 200
        FOR UPDATE SKIP LOCKED
    ), locked AS MATERIALIZED (
        -- In order of id, as MOVE does: nobody waits for each other in a circle.
        SELECT slot.id FROM slot
        WHERE slot.county_id = :county AND slot.id IN (SELECT slot_id FROM due)
        ORDER BY slot.id
        FOR UPDATE
    ), ended AS (
        UPDATE appointment SET status = 'cancelled', version = version + 1,
                               ended_because = CASE due.status WHEN 'held' THEN 'hold_expired' ELSE 'offer_expired' END
        FROM due, locked
        WHERE appointment.county_id = :county AND appointment.id = due.id AND locked.id = due.slot_id
        RETURNING appointment.id, appointment.slot_id, appointment.resident_id, appointment.institution,
                  due.status AS before, appointment.wait_id, appointment.replaces_id
    ), waits AS (
        UPDATE waitlist_entry SET status = 'waiting', missed = missed + 1, version = waitlist_entry.version + 1
        FROM ended
        WHERE waitlist_entry.county_id = :county AND waitlist_entry.id = ended.wait_id
          AND waitlist_entry.status = 'offered'
    ), freed AS (
        SELECT slot_id, count(*)::int AS places FROM ended GROUP BY slot_id
    ), released AS (
        UPDATE slot SET taken = slot.taken - freed.places,
                        over = greatest(0, least(slot.over, slot.taken - freed.places - slot.capacity))
        FROM freed
        WHERE slot.county_id = :county AND slot.id = freed.slot_id
    ), audited AS (
        INSERT INTO audit_event (county_id, id, action, entity, entity_id, resident_id, from_status, to_status, detail)
        SELECT :county, gen_random_uuid(), 'appointment.expire', 'appointment', id, resident_id, before, 'cancelled',
               jsonb_build_object('slot_id', slot_id)
        FROM ended
    )
    SELECT id, slot_id, resident_id, institution, before, replaces_id FROM ended
    """
)
"""Gives back the places whose checkout or offer ran out, of one slot or of the county, at most 200 at a time."""

GIVE_BACK = text(
    """
    WITH due AS MATERIALIZED (
        -- A slot that somebody is booking now is left for the next look.
        SELECT id, session_id, starts_at, capacity - taken AS free FROM slot
        WHERE county_id = :county AND pool <> 'general' AND starts_at > liandong_now()
          AND gives_back_at <= liandong_now() AND taken < capacity AND NOT stopped
        ORDER BY id LIMIT 500
        FOR UPDATE SKIP LOCKED
    ), shrunk AS (
        UPDATE slot SET capacity = slot.capacity - due.free, given_back = slot.given_back + due.free
        FROM due
        WHERE slot.county_id = :county AND slot.id = due.id
        RETURNING slot.id, slot.session_id, slot.starts_at, due.free
    ), ready AS MATERIALIZED (
        -- In order of id, as MOVE does.
        SELECT general.id FROM slot AS general
        WHERE general.county_id = :county AND general.pool = 'general'
          AND (general.session_id, general.starts_at) IN (SELECT session_id, starts_at FROM due)
        ORDER BY general.id
        FOR UPDATE
    ), wanted AS (
        SELECT session_id, starts_at, sum(free)::int AS free FROM shrunk
        WHERE (SELECT count(*) FROM ready) >= 0
        GROUP BY session_id, starts_at ORDER BY session_id, starts_at
    ), grown AS (
        INSERT INTO slot (county_id, id, session_id, starts_at, pool, capacity)
        SELECT :county, gen_random_uuid(), session_id, starts_at, 'general', free FROM wanted
        ON CONFLICT (county_id, session_id, starts_at, pool) DO UPDATE SET capacity = slot.capacity + EXCLUDED.capacity
        RETURNING id
    ), audited AS (
        INSERT INTO audit_event (county_id, id, action, entity, entity_id, detail)
        SELECT :county, gen_random_uuid(), 'slot.give_back', 'slot', id, jsonb_build_object('places', free) FROM shrunk
    )
    SELECT id AS slot_id FROM grown
    """
)
"""Moves what referred patients and contract patients have not taken to the general pool; each place once."""
