"""What staff and time do to places: an extra place with a reason, a session stopped, coming, and not coming."""

from sqlalchemy import text

from backend.booking.statements import STILL_ENTITLED

OVERBOOK = text(
    f"""
    WITH entitled AS MATERIALIZED (
        SELECT resident.id AS resident_id, referral.id AS referral_id
        FROM resident
        LEFT JOIN referral ON referral.county_id = resident.county_id AND referral.id = CAST(:referral AS uuid)
         AND referral.resident_id = resident.id
        WHERE resident.county_id = :county AND resident.id = :resident AND resident.died_on IS NULL
          AND (CAST(:referral AS uuid) IS NULL OR referral.id IS NOT NULL)
    ), gained AS (
        UPDATE slot SET taken = taken + 1, over = greatest(over, taken + 1 - capacity)
        FROM schedule_session AS session, entitled
        WHERE slot.county_id = :county AND slot.id = :slot AND NOT slot.stopped
          AND slot.taken >= slot.capacity AND slot.over < :most
          AND session.county_id = slot.county_id AND session.id = slot.session_id AND session.ends_at > liandong_now()
          AND (CAST(:house AS text) IS NULL OR session.institution = :house)
          AND (entitled.referral_id IS NULL OR EXISTS (
            SELECT FROM (SELECT entitled.referral_id, session.institution, session.department, session.day) AS asked
            WHERE {STILL_ENTITLED.format(place="asked", day="asked.day")}))
          AND NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.status IN ('held', 'pending', 'booked', 'arrived')
              AND (live.referral_id = entitled.referral_id
                   OR (live.resident_id = entitled.resident_id AND live.institution = session.institution
                       AND live.department = session.department AND live.day = session.day)))
        RETURNING slot.id, slot.starts_at, session.institution, session.department, session.day,
                  entitled.resident_id, entitled.referral_id
    ), added AS (
        INSERT INTO appointment (county_id, id, slot_id, resident_id, referral_id, institution, department, day,
                                 starts_at, kind, status, code, booked_by, by_doctor, over_reason, confirm_by)
        SELECT :county, :appointment, id, resident_id, referral_id, institution, department, day, starts_at,
               'over_quota', :status, :code, :account, true, :reason, CAST(:confirm_by AS timestamptz)
        FROM gained
        RETURNING id, slot_id, resident_id, status, institution, over_reason
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.overbook', 'appointment', id, resident_id,
               status, jsonb_build_object('slot_id', slot_id, 'reason', over_reason)
        FROM added
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM added, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
    )
    SELECT id, institution FROM added
    """  # noqa: S608  the part put in is our own words
)
"""Adds a place by hand to a time that is full, and books it. No row: not full, enough added, or booked already."""

STOP = text(
    """
    WITH stopped AS (
        UPDATE schedule_session SET stopped_at = liandong_now(), stop_reason = :reason
        WHERE county_id = :county AND id = :session AND stopped_at IS NULL AND ends_at > liandong_now()
        RETURNING id
    ), locked AS MATERIALIZED (
        SELECT slot.id FROM slot JOIN stopped ON stopped.id = slot.session_id
        WHERE slot.county_id = :county
        ORDER BY slot.id
        FOR UPDATE OF slot
    ), closed AS (
        -- On the row itself: a booking that waits for it reads the stop when its turn comes.
        UPDATE slot SET stopped = true FROM locked
        WHERE slot.county_id = :county AND slot.id = locked.id
        RETURNING slot.id
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, detail)
        SELECT :county, :audit, :account, :acting_for, 'session.stop', 'schedule_session', id,
               jsonb_build_object('reason', CAST(:reason AS text))
        FROM stopped
    )
    SELECT stopped.id, (SELECT count(*) FROM closed) AS slots FROM stopped
    """
)
"""Closes a session to everything new. What is booked in it is looked for afterwards, in the same transaction."""

ARRIVE = text(
    """
    WITH was AS MATERIALIZED (
        SELECT appointment.id, appointment.status, slot.session_id
        FROM appointment
        JOIN slot ON slot.county_id = appointment.county_id AND slot.id = appointment.slot_id
        WHERE appointment.county_id = :county AND appointment.id = :appointment
          AND appointment.status IN ('pending', 'booked', 'noshow')
        FOR UPDATE OF appointment
    ), counted AS (
        UPDATE schedule_session SET arrived = arrived + 1
        FROM was
        WHERE schedule_session.county_id = :county AND schedule_session.id = was.session_id
        RETURNING schedule_session.arrived
    ), come AS (
        UPDATE appointment SET status = 'arrived', queue_number = counted.arrived, version = version + 1
        FROM was, counted
        WHERE appointment.county_id = :county AND appointment.id = was.id
        RETURNING appointment.id, appointment.resident_id, appointment.institution, appointment.queue_number,
                  was.status AS before, appointment.status
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.arrive', 'appointment', id, resident_id,
               before, status, jsonb_build_object('number', queue_number)
        FROM come
    )
    SELECT id, institution, queue_number FROM come
    """
)
"""Checks somebody in and gives them the session's next number; who comes late or unconfirmed is let in all the same."""

MISS = text(
    """
    WITH due AS MATERIALIZED (
        SELECT appointment.id FROM appointment
        JOIN slot ON slot.county_id = appointment.county_id AND slot.id = appointment.slot_id
        JOIN schedule_session AS session ON session.county_id = slot.county_id AND session.id = slot.session_id
        WHERE appointment.county_id = :county AND appointment.status = 'booked'
          AND appointment.starts_at > liandong_now() - interval '30 days'
          AND session.ends_at < liandong_now() - make_interval(mins => :late)
          AND session.stopped_at IS NULL AND session.arrived > 0
        ORDER BY appointment.id LIMIT 500
        FOR UPDATE OF appointment SKIP LOCKED
    ), missed AS (
        UPDATE appointment SET status = 'noshow', version = version + 1
        FROM due
        WHERE appointment.county_id = :county AND appointment.id = due.id
        RETURNING appointment.id, appointment.resident_id, appointment.referral_id, appointment.institution,
                  appointment.status
    ), audited AS (
        INSERT INTO audit_event (county_id, id, action, entity, entity_id, resident_id, from_status, to_status)
        SELECT :county, gen_random_uuid(), 'appointment.miss', 'appointment', id, resident_id, 'booked', status
        FROM missed
    )
    SELECT id, resident_id, referral_id, institution FROM missed
    """
)
"""Writes down who did not come, once a session is over in which somebody was checked in: else nobody looked."""
