"""The ticks of follow-up: set-based, over what is due by now, however late. Running one twice does nothing more."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from backend.alliance.queries import pack
from backend.followup.ladder import minutes_of, rungs

_ASK = text(
    """
    WITH due AS (
        UPDATE follow_up_visit v SET status = 'asked', asked_at = liandong_now(), version = v.version + 1
        FROM follow_up_plan p
        WHERE v.county_id = :county AND v.status = 'planned'
          AND v.due_on <= (liandong_now() AT TIME ZONE 'Asia/Shanghai')::date + CAST(:days AS int)
          AND p.county_id = v.county_id AND p.id = v.plan_id AND p.status = 'active'
        RETURNING v.id, v.resident_id, v.due_on, v.village_practitioner_id, p.practitioner_id, p.institution
    ), told AS (
        INSERT INTO notice (county_id, id, kind, dedupe_key, resident_id, due_at, page, focus_kind, focus_id, fallback)
        SELECT :county, gen_random_uuid(), 'follow_up_due', 'followup:' || id, resident_id, liandong_now(),
               'features/followup/pages/form?id=' || id, 'follow_up_visit', id,
               jsonb_build_object('practitioner_id', coalesce(village_practitioner_id, practitioner_id),
                                  'role', NULL, 'institution', NULL, 'minutes', CAST(:phone AS int),
                                  'ladder', jsonb_build_array(jsonb_build_object(
                                      'practitioner_id', practitioner_id, 'role', NULL, 'institution', institution,
                                      'minutes', CAST(:phone AS int))))
        FROM due
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM due
    """
)
"""Carries its own from and to (planned, asked): held against VISITS by a test."""

_OVERDUE = text(
    """
    WITH late AS (
        UPDATE follow_up_visit v SET overdue_told_at = liandong_now()
        FROM follow_up_plan p
        WHERE v.county_id = :county AND v.status IN ('planned', 'asked') AND v.overdue_told_at IS NULL
          AND v.due_on + CAST(:days AS int) < (liandong_now() AT TIME ZONE 'Asia/Shanghai')::date
          AND p.county_id = v.county_id AND p.id = v.plan_id AND p.status = 'active'
        RETURNING v.id, v.resident_id, v.village_practitioner_id, p.practitioner_id, p.institution
    ), tasked AS (
        INSERT INTO task (county_id, id, kind, dedupe_key, resident_id, focus_kind, focus_id, practitioner_id,
                          due_at, ladder)
        SELECT :county, gen_random_uuid(), 'follow_up_overdue', 'followup-overdue:' || id, resident_id,
               'follow_up_visit', id, coalesce(village_practitioner_id, practitioner_id),
               liandong_now() + make_interval(mins => CAST(:first AS int)),
               jsonb_build_array(
                   jsonb_build_object('practitioner_id', practitioner_id, 'role', NULL, 'institution', institution,
                                      'minutes', CAST(:second AS int)),
                   jsonb_build_object('practitioner_id', NULL, 'role', 'public_health', 'institution', institution,
                                      'minutes', CAST(:second AS int)))
        FROM late
        ON CONFLICT DO NOTHING
    )
    SELECT count(*) FROM late
    """
)


def ask_due(current: Session, county_id: str) -> int:
    """Ask for every visit that comes due: one notice each, with the village doctor to phone when it does not arrive."""
    asking = pack(county_id).followup.asking
    days = {"county": county_id, "days": asking.remind_days_before, "phone": minutes_of(8)}
    return int(current.scalar(_ASK, days) or 0)


def tell_overdue(current: Session, county_id: str) -> int:
    """Put every missed visit on the village doctor's list, then the township doctor's, then public health's."""
    followup = pack(county_id).followup
    steps = rungs(followup.ladder("missed_visit"))
    given = {
        "county": county_id,
        "days": followup.asking.overdue_after_days,
        "first": steps[0] or minutes_of(16),
        "second": steps[1] if len(steps) > 1 else minutes_of(16),
    }
    return int(current.scalar(_OVERDUE, given) or 0)
