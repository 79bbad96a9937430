"""What must hold in the data whatever died on the way: one query each, which finds nothing when all is well.

The ids are those of the list of guarantees, with a letter where one of them needs several looks. Every query gives
`county_id`, `what` (which row) and `detail` (codes and numbers only, no text about a person), and reads only.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Invariant:
    """A guarantee: its id, what it says, and the query for whatever breaks it."""

    id: str
    says: str
    query: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that breaks a guarantee."""

    invariant: str
    county_id: str
    what: str
    detail: str


def violations(current: Session, *ids: str) -> list[Violation]:
    """Return whatever breaks a guarantee now, in every county; of all guarantees, or of those named."""
    return [
        Violation(one.id, row.county_id, str(row.what), str(row.detail))
        for one in INVARIANTS
        if not ids or one.id in ids
        for row in current.execute(text(one.query))
    ]


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "I-01",
        "号源不超：一个时间约上的人不多于名额",
        """SELECT s.county_id, s.id AS what, format('%s of %s and %s', count(a.id), s.capacity, s.over) AS detail
            FROM slot s JOIN appointment a
              ON a.county_id = s.county_id AND a.slot_id = s.id
             AND a.status IN ('held', 'offered', 'pending', 'booked', 'arrived')
            GROUP BY s.county_id, s.id HAVING count(a.id) > s.capacity + s.over""",
    ),
    Invariant(
        "I-03",
        "同一个编号只办一次：没有办了一半留下的编号",
        """SELECT county_id, account_id AS what, 'a key without its answer' AS detail
           FROM idempotency WHERE status IS NULL OR answer_sealed IS NULL""",
    ),
    Invariant(
        "I-04a",
        "一次转诊只占一个号",
        """SELECT county_id, referral_id AS what, format('%s live', count(*)) AS detail FROM appointment
            WHERE status IN ('held', 'pending', 'booked', 'arrived') AND referral_id IS NOT NULL
            GROUP BY county_id, referral_id HAVING count(*) > 1""",
    ),
    Invariant(
        "I-04b",
        "一个人同一天同一科只占一个号",
        """SELECT county_id, resident_id AS what, format('%s on %s', count(*), day) AS detail FROM appointment
            WHERE status IN ('held', 'pending', 'booked', 'arrived') AND order_id IS NULL
            GROUP BY county_id, resident_id, institution, department, day HAVING count(*) > 1""",
    ),
    Invariant(
        "I-05",
        "号源记数与预约一致",
        """SELECT s.county_id, s.id AS what, format('counted %s, found %s', s.taken, count(a.id)) AS detail
           FROM slot s LEFT JOIN appointment a
             ON a.county_id = s.county_id AND a.slot_id = s.id AND a.status <> 'cancelled'
           GROUP BY s.county_id, s.id HAVING count(a.id) <> s.taken""",
    ),
    Invariant(
        "I-06",
        "转诊优先号只给这家医院收下、病人同意过的转诊",
        """SELECT a.county_id, a.id AS what, 'a priority place without its referral' AS detail FROM appointment a
            WHERE a.kind = 'referral_pool' AND a.status IN ('booked', 'arrived') AND NOT EXISTS (
              SELECT FROM referral r
              JOIN referral_answer w ON w.county_id = r.county_id AND w.referral_id = r.id
               AND w.institution = a.institution AND w.answered_at IS NOT NULL
              JOIN referral_consent c ON c.county_id = r.county_id AND c.referral_id = r.id AND c.given_at IS NOT NULL
              WHERE r.county_id = a.county_id AND r.id = a.referral_id AND r.resident_id = a.resident_id)""",
    ),
    Invariant(
        "I-07a",
        "一个人只有一份生效的签约",
        """SELECT county_id, resident_id AS what, format('%s active', count(*)) AS detail FROM contract
           WHERE status = 'active' GROUP BY county_id, resident_id HAVING count(*) > 1""",
    ),
    Invariant(
        "I-07b",
        "签约的起止日期不重叠",
        """SELECT a.county_id, a.resident_id AS what, format('%s and %s', a.from_on, b.from_on) AS detail
           FROM contract a JOIN contract b
             ON b.county_id = a.county_id AND b.resident_id = a.resident_id AND b.id > a.id
           WHERE a.status IN ('active', 'ended') AND b.status IN ('active', 'ended')
             AND daterange(a.from_on, a.until_on) && daterange(b.from_on, b.until_on)""",
    ),
    Invariant(
        "I-08a",
        "没有同意就没有转诊证明",
        """SELECT c.county_id, c.id AS what, 'issued without consent' AS detail FROM referral_certificate c
           WHERE NOT EXISTS (SELECT FROM referral_consent k WHERE k.county_id = c.county_id
             AND k.referral_id = c.referral_id AND k.covers_hash = c.content_hash AND k.given_at IS NOT NULL)""",
    ),
    Invariant(
        "I-08b",
        "证明上的每一步都签过这份内容；后补的另记",
        """SELECT c.county_id, c.id AS what, 'issued without its signatures' AS detail FROM referral_certificate c
           WHERE NOT EXISTS (
             SELECT FROM referral_signature s WHERE s.county_id = c.county_id AND s.referral_id = c.referral_id
             GROUP BY s.round
             HAVING bool_and(s.late OR c.late OR (s.content_hash = c.content_hash AND (s.status = 'signed'
               OR s.status = 'covered' AND EXISTS (SELECT FROM referral_signature g
                    WHERE g.county_id = s.county_id AND g.id = s.covered_by AND g.status = 'signed'
                      AND g.round = s.round
                      AND g.practitioner_id = s.practitioner_id AND g.content_hash = s.content_hash)))))""",
    ),
    Invariant(
        "I-08c",
        "签字按顺序，一人一步",
        """SELECT b.county_id, b.id AS what, format('step %s before step %s', b.step_order, a.step_order) AS detail
           FROM referral_signature a JOIN referral_signature b
             ON b.county_id = a.county_id AND b.referral_id = a.referral_id AND b.round = a.round
           WHERE b.status = 'signed' AND NOT a.late AND a.step_order <> b.step_order
             AND (a.practitioner_id = b.practitioner_id AND a.status = 'signed'
                  OR a.step_order < b.step_order AND (a.signed_at IS NULL OR a.signed_at > b.signed_at))""",
    ),
    Invariant(
        "I-13",
        "结果不明的微信提醒不再发第二次",
        """SELECT first.county_id, first.notice_id AS what,
                  format('try %s after %s of try %s', again.number, coalesce(first.outcome, 'no outcome'), first.number)
                    AS detail
           FROM notice_attempt first JOIN notice_attempt again
             ON again.county_id = first.county_id AND again.notice_id = first.notice_id
            AND again.account_id = first.account_id AND again.number > first.number
           WHERE first.outcome IS NULL OR first.outcome IN ('unknown', 'sent')""",
    ),
    Invariant(
        "I-14a",
        "没送到的提醒都落到一个人的任务上",
        """SELECT n.county_id, n.id AS what, n.status AS detail FROM notice n
           WHERE n.status IN ('tasked', 'unknown') AND NOT EXISTS (
             SELECT FROM task t WHERE t.county_id = n.county_id AND (t.dedupe_key = 'notice:' || n.id
               OR t.focus_id = n.focus_id AND t.detail -> 'notices' @> to_jsonb(n.id::text)))""",
    ),
    Invariant(
        "I-14b",
        "到了时间的提醒没有落下的（一天以内必有结果）",
        """SELECT county_id, id AS what, format('%s since %s', status, due_at) AS detail FROM notice
           WHERE status IN ('due', 'sending') AND due_at < liandong_now() - interval '1 day'
             AND (lease_until IS NULL OR lease_until < now() - interval '10 minutes')""",
    ),
    Invariant(
        "I-14c",
        "问过的随访都有一条提醒",
        """SELECT v.county_id, v.id AS what, 'asked and nobody told' AS detail FROM follow_up_visit v
           WHERE v.status = 'asked' AND v.asked_at IS NOT NULL AND NOT EXISTS (
             SELECT FROM notice n WHERE n.county_id = v.county_id AND n.dedupe_key = 'followup:' || v.id)""",
    ),
    Invariant(
        "I-14d",
        "医生停诊，约了的人都有别的号可选，或者有人打电话",
        """SELECT a.county_id, a.id AS what, 'in a stopped session, and nobody looks after them' AS detail
           FROM appointment a JOIN slot s ON s.county_id = a.county_id AND s.id = a.slot_id
           JOIN schedule_session h ON h.county_id = s.county_id AND h.id = s.session_id
           WHERE a.status IN ('pending', 'booked') AND h.stopped_at IS NOT NULL AND h.ends_at > liandong_now()
             AND NOT EXISTS (SELECT FROM appointment o WHERE o.county_id = a.county_id AND o.replaces_id = a.id
               AND o.status = 'offered')
             AND NOT EXISTS (SELECT FROM task t WHERE t.county_id = a.county_id AND t.focus_id = a.id
               AND t.kind = 'booking.displaced')""",
    ),
    Invariant(
        "I-15a",
        "后台要办的事没有办不成、没人管的",
        """SELECT county_id, id AS what, format('%s after %s tries', kind, attempts) AS detail FROM outbox
           WHERE status = 'dead' OR (status = 'leased' AND lease_until < now() - interval '10 minutes')""",
    ),
    Invariant(
        "I-15b",
        "约上的号都有后续通知要办",
        """SELECT a.county_id, a.id AS what, 'booked and nobody told' AS detail FROM appointment a
           WHERE a.kind = 'referral_pool' AND a.status IN ('booked', 'arrived', 'fulfilled', 'noshow')
             AND NOT EXISTS (
             SELECT FROM outbox o WHERE o.county_id = a.county_id AND o.kind LIKE 'event:AppointmentBooked:%'
               AND o.payload ->> 'appointment_id' = a.id::text)""",
    ),
    Invariant(
        "I-15c",
        "接下的下转病人都有随访方案",
        """SELECT r.county_id, r.id AS what, 'taken over without a plan' AS detail FROM referral r
           WHERE r.direction = 'down' AND r.status = 'arrived' AND NOT EXISTS (
             SELECT FROM follow_up_plan p WHERE p.county_id = r.county_id AND p.resident_id = r.resident_id)""",
    ),
    Invariant(
        "I-16",
        "对话里的消息编号不缺、不重",
        """SELECT c.county_id, c.id AS what, format('%s messages, the last is %s', count(m.id), c.last_seq) AS detail
           FROM conversation c LEFT JOIN message m ON m.county_id = c.county_id AND m.conversation_id = c.id
           GROUP BY c.county_id, c.id, c.last_seq
           HAVING count(m.id) <> c.last_seq OR count(DISTINCT m.seq) <> count(m.id)
               OR count(DISTINCT m.client_message_id) <> count(m.id)""",
    ),
    Invariant(
        "I-24",
        "现在的状态就是记录里的最后一步",
        """SELECT last.county_id, last.entity_id AS what,
                  format('%s, recorded %s', now_is.status, last.to_status) AS detail
           FROM (SELECT DISTINCT ON (county_id, entity, entity_id) county_id, entity, entity_id, to_status
                 FROM audit_event
                 WHERE entity IN ('referral', 'appointment', 'contract') AND to_status IS NOT NULL
                 ORDER BY county_id, entity, entity_id, sequence DESC) last
           JOIN (SELECT 'referral' AS entity, county_id, id, status FROM referral
                 UNION ALL SELECT 'appointment', county_id, id, status FROM appointment
                 UNION ALL SELECT 'contract', county_id, id, status FROM contract) now_is
             ON now_is.entity = last.entity AND now_is.county_id = last.county_id AND now_is.id = last.entity_id
           WHERE now_is.status <> last.to_status""",
    ),
)
