"""Booking an examination: with a doctor's order and only with it, once. XM-5.4b."""

from sqlalchemy import text

from backend.referrals.awaited import AWAITED, WITHIN_CERTIFICATE

EXAMINE = text(
    f"""
    WITH entitled AS MATERIALIZED (
        SELECT ordered.id AS order_id, ordered.resident_id, ordered.item, ordered.referral_id,
               -- Where the referral leads: the patient is there, or agreed to go and is awaited.
               (SELECT referral.to_institution FROM referral
                WHERE referral.county_id = ordered.county_id AND referral.id = ordered.referral_id
                  AND (referral.status = 'arrived' OR {AWAITED})) AS referred_to
        FROM examination_order AS ordered
        JOIN resident ON resident.county_id = ordered.county_id AND resident.id = ordered.resident_id
         AND resident.died_on IS NULL
        WHERE ordered.county_id = :county AND ordered.id = :order AND ordered.status = 'active'
          AND ordered.until_on >= (liandong_now() AT TIME ZONE 'Asia/Shanghai')::date
        -- An order that is taken back at the same moment waits for this booking, or this booking sees it.
        FOR SHARE OF ordered
    ), gained AS (
        UPDATE slot SET taken = taken + 1
        FROM schedule_session AS session, entitled
        WHERE slot.county_id = :county AND slot.id = :slot
          AND (slot.pool = 'general' OR (slot.pool = 'referral' AND entitled.referred_to = session.institution
               AND {WITHIN_CERTIFICATE.format(referral="entitled.referral_id", day="session.day")}))
          AND slot.taken < slot.capacity AND NOT slot.stopped AND slot.starts_at > liandong_now()
          AND (slot.opens_at IS NULL OR slot.opens_at <= liandong_now())
          AND session.county_id = slot.county_id AND session.id = slot.session_id
          AND session.stopped_at IS NULL AND session.kind = 'examination' AND session.item = entitled.item
          AND NOT EXISTS (
            SELECT FROM appointment AS live
            WHERE live.county_id = :county AND live.order_id = entitled.order_id
              AND live.status IN ('held', 'pending', 'booked', 'arrived'))
        RETURNING slot.id, slot.starts_at, session.institution, session.department, session.day,
                  entitled.resident_id, entitled.order_id
    ), booked AS (
        INSERT INTO appointment (county_id, id, slot_id, resident_id, order_id, institution, department, day, starts_at,
                                 kind, status, code, booked_by, by_doctor, confirm_by)
        SELECT :county, :appointment, id, resident_id, order_id, institution, department, day, starts_at,
               'examination', :status, :code, :account, :by_doctor, CAST(:confirm_by AS timestamptz)
        FROM gained
        RETURNING id, slot_id, order_id, resident_id, status, institution
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 to_status, detail)
        SELECT :county, :audit, :account, :acting_for, 'appointment.examine', 'appointment', id, resident_id,
               status, jsonb_build_object('slot_id', slot_id, 'order_id', order_id)
        FROM booked
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM booked, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
    )
    SELECT id, institution FROM booked
    """  # noqa: S608  the part put in is our own words
)
"""Takes a time for an ordered examination. No row: refused, and `examinations` says why."""
