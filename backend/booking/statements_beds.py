"""Every move of a bed request: one statement with its guards, its audit and, where somebody is told, its outbox rows.

The person in a bed is the stay's; a bed is promised to one at a time, which unique indexes have the last word on.
"""

from sqlalchemy import text

_AUDITED = """
    ), audited AS (
        INSERT INTO audit_event (county_id, id, account_id, acting_for, action, entity, entity_id, resident_id,
                                 from_status, to_status, detail)
        SELECT :county, :audit, :account, :acting_for, {action}, 'bed_request', id, resident_id, before, status,
               jsonb_strip_nulls(jsonb_build_object('bed', bed, 'reason', reason, 'expected_on', expected_on,
                                                    'free_on', free_on, 'needed_by', needed_by))
        FROM moved
"""
_TOLD = """
    ), told AS (
        INSERT INTO outbox (county_id, id, kind, dedupe_key, payload)
        SELECT :county, message.id, message.kind, message.dedupe_key, message.payload
        FROM moved, jsonb_to_recordset(CAST(:messages AS jsonb))
             AS message(id uuid, kind text, dedupe_key text, payload jsonb)
"""
_BACK = """
    RETURNING bed_request.id, bed_request.resident_id, bed_request.institution, mine.department, mine.bed AS had,
              mine.status AS before, bed_request.status, bed_request.bed, bed_request.reason, bed_request.expected_on,
              bed_request.free_on, bed_request.needed_by
"""
_DONE = "    )\n    SELECT id, resident_id, institution, department, had, before, status, bed FROM moved\n"

# Somebody lies there: the stay's own word, in the same ward. Who is admitted is never asked about a promise.
_LAIN_IN = """EXISTS (
            SELECT FROM stay
            WHERE stay.county_id = :county AND stay.institution = mine.institution
              AND stay.department = mine.department AND stay.bed = :bed AND stay.status <> 'discharged'
              AND stay.resident_id <> mine.resident_id)"""

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
"""One at a time about one bed, before any row: a promise sees who lies there, an admission whom it was promised to."""

HOLD = text(
    f"""
    WITH mine AS MATERIALIZED (
        SELECT id, resident_id, institution, department, bed, status FROM bed_request
        WHERE county_id = :county AND id = :bed_request AND status = :from AND version = :version
        FOR UPDATE
    ), place AS (
        SELECT (SELECT min(number) FROM generate_series(1, CAST(:most AS integer)) AS number
                WHERE NOT EXISTS (
                    SELECT FROM bed_request AS kept
                    WHERE kept.county_id = :county AND kept.institution = mine.institution
                      AND kept.department = mine.department AND kept.status = 'held'
                      AND kept.kept_place = number)) AS number
        FROM mine
    ), moved AS (
        UPDATE bed_request SET status = :to, bed = :bed, kept_place = place.number, expected_on = NULL,
                               answered_by = :practitioner, answered_at = liandong_now(), version = version + 1
        FROM mine, place
        WHERE bed_request.county_id = :county AND bed_request.id = mine.id
          AND (place.number IS NOT NULL OR CAST(:most AS integer) IS NULL OR CAST(:beyond AS boolean))
          AND NOT {_LAIN_IN}
    {_BACK}
    {_AUDITED.format(action="'bed.hold'")}
    {_TOLD}
    {_DONE}
    """  # noqa: S608  the parts put in are our own words
)
"""Keeps a bed by name. No row: answered before, somebody lies in it, or the pack's kept beds are all given.

A bed that another was promised in the same moment is the unique index's to refuse.
"""

ANSWER = text(
    f"""
    WITH mine AS MATERIALIZED (
        SELECT id, resident_id, institution, department, bed, status FROM bed_request
        WHERE county_id = :county AND id = :bed_request AND status = :from AND version = :version
        FOR UPDATE
    ), moved AS (
        UPDATE bed_request SET status = :to, bed = NULL, kept_place = NULL, expected_on = CAST(:expected_on AS date),
                               reason = :reason, free_on = CAST(:free_on AS date), instead = :instead,
                               answered_by = :practitioner, answered_at = liandong_now(), version = version + 1
        FROM mine
        WHERE bed_request.county_id = :county AND bed_request.id = mine.id
    {_BACK}
    {_AUDITED.format(action="'bed.' || CAST(:action AS text)")}
    {_TOLD}
    {_DONE}
    """  # noqa: S608  the parts put in are our own words
)
"""Passes on, says by when there is a bed, or that there is none. No row: it was answered before."""

SETTLE = text(
    f"""
    WITH mine AS MATERIALIZED (
        SELECT id, resident_id, institution, department, bed, status FROM bed_request
        WHERE county_id = :county AND referral_id = :referral
          AND status IN ('asked', 'passed_on', 'waiting', 'proposed', 'held')
          AND (CAST(:unless AS text) IS NULL OR institution <> :unless)
        FOR UPDATE
    ), moved AS (
        UPDATE bed_request SET status = CASE WHEN CAST(:lies AS boolean) AND mine.status = 'held' THEN 'used'
                                             ELSE 'released' END,
                               kept_place = NULL, expected_on = NULL, version = version + 1
        FROM mine
        WHERE bed_request.county_id = :county AND bed_request.id = mine.id
    {_BACK}
    {_AUDITED.format(action="CASE WHEN status = 'used' THEN 'bed.use' ELSE 'bed.release' END")}
    {_DONE}
    """  # noqa: S608  the parts put in are our own words
)
"""Ends the question of a referral that ended, went elsewhere, or whose patient lies in a bed now."""

FOLLOW = text(
    f"""
    WITH mine AS MATERIALIZED (
        SELECT id, resident_id, institution, department, bed, status, kept_place, expected_on, answered_by, answered_at,
               department IS DISTINCT FROM :department AS elsewhere,
               needed_by IS DISTINCT FROM CAST(:needed_by AS date) AS another_day
        FROM bed_request
        WHERE county_id = :county AND referral_id = :referral
          AND status IN ('asked', 'passed_on', 'waiting', 'proposed', 'held')
          AND (department, needed_by, priority)
              IS DISTINCT FROM (CAST(:department AS text), CAST(:needed_by AS date), CAST(:priority AS text))
        FOR UPDATE
    ), put AS (
        SELECT mine.*, CASE WHEN elsewhere AND status IN ('held', 'proposed') THEN 'lose'
                            WHEN (elsewhere OR another_day) AND status IN ('held', 'waiting') THEN 'reask'
                            ELSE 'follow' END AS action
        FROM mine
    ), moved AS (
        UPDATE bed_request SET department = :department, needed_by = CAST(:needed_by AS date), priority = :priority,
                               status = CASE WHEN mine.action = 'lose' THEN 'asked'
                                             WHEN mine.action = 'reask' AND mine.status = 'held' THEN 'proposed'
                                             WHEN mine.action = 'reask' THEN 'asked' ELSE mine.status END,
                               bed = CASE WHEN mine.action = 'lose' THEN NULL ELSE mine.bed END,
                               kept_place = CASE WHEN mine.action = 'follow' THEN mine.kept_place END,
                               expected_on = CASE WHEN mine.action = 'follow' THEN mine.expected_on END,
                               answered_by = CASE WHEN mine.action = 'follow' THEN mine.answered_by END,
                               answered_at = CASE WHEN mine.action = 'follow' THEN mine.answered_at END,
                               version = version + 1
        FROM put AS mine
        WHERE bed_request.county_id = :county AND bed_request.id = mine.id
    {_BACK}, mine.action
    {_AUDITED.format(action="'bed.' || action")}
    )
    SELECT id, resident_id, institution, department, had, before, status, bed, action FROM moved
    """  # noqa: S608  the parts put in are our own words
)
"""Moves a question with its referral's day, department and priority; what was kept for another day is asked again."""

LOSE = text(
    f"""
    WITH mine AS MATERIALIZED (
        SELECT id, resident_id, institution, department, bed, status FROM bed_request
        WHERE county_id = :county AND institution = :institution AND department = :department AND bed = :bed
          AND status IN ('proposed', 'held') AND resident_id <> :lies
        FOR UPDATE
    ), moved AS (
        UPDATE bed_request SET status = 'asked', bed = NULL, kept_place = NULL, answered_by = NULL, answered_at = NULL,
                               version = version + 1
        FROM mine
        WHERE bed_request.county_id = :county AND bed_request.id = mine.id
    {_BACK}
    {_AUDITED.format(action="'bed.lose'")}
    {_DONE}
    """  # noqa: S608  the parts put in are our own words
)
"""Asks anew for whoever was promised a bed that somebody else was just admitted to: nobody is barred from one."""

PROPOSE = text(
    f"""
    WITH mine AS MATERIALIZED (
        SELECT id, resident_id, institution, department, bed, status FROM bed_request
        WHERE county_id = :county AND institution = :institution AND department = :department
          AND status IN ('asked', 'passed_on', 'waiting') AND needed_by <= CAST(:by AS date)
          AND NOT EXISTS (
            SELECT FROM bed_request AS promised
            WHERE promised.county_id = :county AND promised.institution = :institution
              AND promised.department = :department AND promised.bed = :bed
              AND promised.status IN ('proposed', 'held'))
        ORDER BY array_position(ARRAY['stat', 'urgent', 'routine'], priority), created_at, id
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    ), moved AS (
        UPDATE bed_request SET status = 'proposed', bed = :bed, kept_place = NULL, version = version + 1
        FROM mine
        WHERE bed_request.county_id = :county AND bed_request.id = mine.id AND NOT {_LAIN_IN}
    {_BACK}
    {_AUDITED.format(action="'bed.propose'")}
    {_DONE}
    """  # noqa: S608  the parts put in are our own words
)
"""Proposes a bed that was freed to the first in order. No row: nobody waits, or it is promised or lain in again."""
