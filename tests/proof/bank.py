"""Small faults of booking and referral, each with the test that has to go red when it is in.

As `broken`, this file is loaded by path into processes that are broken on purpose: nothing of ours is imported at the
top but the shape of a fault.
"""

from typing import Any

try:
    from tests.proof.broken import Fault, without
except ImportError:  # while a process starts there is no path to us yet
    from proof_broken import Fault, without  # type: ignore[import-not-found,no-redef]

_BOOKING = "tests/integration/booking"
_REFERRALS = "tests/integration/referrals"
_STATEMENTS = "backend.booking.statements"
_THAT_DAY = "AND live.department = session.department AND live.day = session.day"


def _both_ways(*pieces: str, instead: str = "") -> tuple[tuple[str, str, Any], ...]:
    """The same fault in the ordinary booking and in the quick one."""
    return tuple((_STATEMENTS, name, without(*pieces, instead=instead)) for name in ("BOOK", "BOOK_AND_KEEP"))


def _rule_dropped(code: str) -> Any:
    def change(rules: Any) -> Any:
        kept = tuple(rule for rule in rules if rule.code != code)
        if len(kept) == len(rules):
            raise LookupError(f"there is no rule {code} to drop")
        return kept

    return change


def _always(answer: Any) -> Any:
    return lambda _: lambda *_given, **_named: answer


CAUGHT_BY: dict[str, tuple[Fault, str]] = {
    fault.name: (fault, test)
    for fault, test in (
        (
            Fault(
                "consent-not-asked-for-a-place",
                "a place is booked before the patient has said yes",
                _both_ways("AND consent.status = 'given' AND consent.covers_hash = referral.content_hash"),
            ),
            f"{_BOOKING}/test_at_once.py::test_both_ways_say_and_write_the_same[no consent]",
        ),
        (
            Fault(
                "old-consent-is-good-enough",
                "a place is booked on a consent to other words",
                _both_ways("AND consent.covers_hash = referral.content_hash"),
            ),
            f"{_BOOKING}/test_at_once.py::test_both_ways_say_and_write_the_same[consent to other words]",
        ),
        (
            Fault(
                "hospital-not-asked",
                "a place is booked although the hospital has not said yes",
                _both_ways("AND answer.status = 'accepted'"),
            ),
            f"{_BOOKING}/test_statements.py::test_the_statement_and_the_question_agree",
        ),
        (
            Fault(
                "withdrawal-not-waited-for",
                "a booking and a withdrawal pass each other by",
                _both_ways("FOR SHARE OF referral"),
            ),
            f"{_BOOKING}/test_race.py::test_a_withdrawal_and_a_booking_at_the_same_moment_leave_no_place_behind",
        ),
        (
            Fault(
                "one-a-day-only-in-words",
                "a second place of the department on the same day is given",
                # The quick way asks the index only.
                ((_STATEMENTS, "BOOK", without(_THAT_DAY, instead="AND false")),),
                ("DROP INDEX uq_appointment_live_day",),
            ),
            f"{_BOOKING}/test_statements.py::test_one_person_has_one_place_a_department_and_day",
        ),
        (
            Fault(
                "stopped-and-still-booked",
                "places of a session that does not take place are given",
                _both_ways("AND NOT slot.stopped", "AND session.stopped_at IS NULL"),
            ),
            f"{_BOOKING}/test_statements.py::test_what_is_over_stopped_or_elsewhere_is_not_booked",
        ),
        (
            Fault(
                "moved-onto-a-full-one",
                "a move looks for no room",
                ((_STATEMENTS, "MOVE", without("AND locked.taken < locked.capacity")),),
                ("ALTER TABLE slot DROP CONSTRAINT ck_slot_capacity",),
            ),
            f"{_BOOKING}/test_race.py::test_ten_people_moving_to_the_last_place_keep_their_old_ones",
        ),
        (
            Fault(
                "old-page-changes-all-the-same",
                "an appointment is ended by a page that is out of date",
                ((_STATEMENTS, "CANCEL", without("AND version = :version")),),
            ),
            f"{_BOOKING}/test_statements.py::test_an_old_page_changes_nothing",
        ),
        (
            Fault(
                "late-and-still-confirmed",
                "a hold that ran out is made sure",
                (
                    (
                        "backend.booking.statements_open",
                        "PROMOTE",
                        without("AND (held_until IS NULL OR held_until > liandong_now())"),
                    ),
                ),
            ),
            f"{_BOOKING}/test_open_places.py::test_a_hold_that_ran_out_is_not_sure_any_more_and_its_place_is_free_at_once",
        ),
        (
            Fault(
                "hold-index-dropped",
                "nothing but a look stops two holds of one person",
                sql=("DROP INDEX uq_appointment_hold", "DROP INDEX uq_appointment_seat"),
            ),
            f"{_BOOKING}/test_race_open.py::test_one_person_at_eight_screens_has_one_hold",
        ),
        (
            Fault(
                "given-back-twice",
                "of what goes to all, all get twice as much",
                (
                    (
                        "backend.booking.statements_open",
                        "GIVE_BACK",
                        without("'general', free FROM wanted", instead="'general', 2 * free FROM wanted"),
                    ),
                ),
            ),
            f"{_BOOKING}/test_open_places.py::test_what_referred_patients_do_not_take_goes_to_all_once",
        ),
        (
            Fault(
                "first-come-before-most-urgent",
                "the wait list forgets clinical priority",
                (
                    (
                        "backend.booking.statements_wait",
                        "OFFER",
                        without("array_position(ARRAY['stat', 'urgent', 'routine'], entry.priority),"),
                    ),
                ),
            ),
            f"{_BOOKING}/test_wait_list.py::test_clinical_priority_goes_before_time_and_only_a_doctor_says_it",
        ),
        (
            Fault(
                "any-number-of-extra-places",
                "staff add places without the county's limit",
                (("backend.booking.statements_staff", "OVERBOOK", without("AND slot.over < :most")),),
            ),
            f"{_BOOKING}/test_race_staff.py::test_eight_desks_add_no_more_than_the_countys_extra_places",
        ),
        (
            Fault(
                "place-kept-after-the-end",
                "a referral that ended keeps its place",
                (("backend.booking.service", "give_back", _always(None)),),
            ),
            f"{_BOOKING}/test_api.py::test_a_referral_that_ends_gives_its_place_back_in_the_same_transaction",
        ),
        (
            Fault(
                "one-signer-twice",
                "one person gives two signatures in a chain",
                (("backend.referrals.signing", "SIGNING_RULES", _rule_dropped("referral.signer_twice")),),
                ("DROP INDEX uq_referral_signature_person",),
            ),
            f"{_REFERRALS}/test_signing.py::test_nobody_signs_twice_in_one_chain",
        ),
        (
            Fault(
                "third-before-second",
                "signatures come in any order",
                (("backend.referrals.signing", "SIGNING_RULES", _rule_dropped("referral.signature_order")),),
            ),
            f"{_REFERRALS}/test_signing.py::test_the_third_cannot_sign_before_the_second",
        ),
        (
            Fault(
                "signatures-outlive-an-edit",
                "what was signed is changed under the signatures",
                (("backend.referrals.signing", "void", _always(None)),),
            ),
            f"{_REFERRALS}/test_signing.py::test_a_change_under_signatures_voids_them",
        ),
        (
            Fault(
                "clerk-declines",
                "a clerk turns a patient away",
                (("backend.referrals.replies", "DECLINE_RULES", _rule_dropped("referral.decline_role")),),
            ),
            f"{_REFERRALS}/test_hospital.py::test_a_clerk_never_declines_and_passes_on",
        ),
        (
            Fault(
                "anybody-consents",
                "a relative says yes for an adult who decides alone",
                (("backend.referrals.consents", "CONSENT_RULES", _rule_dropped("referral.consent_required")),),
            ),
            f"{_REFERRALS}/test_consent.py::test_a_proxy_signs_nothing_for_a_capable_adult_without_a_written_authority",
        ),
        (
            Fault(
                "own-wish-is-enough",
                "a certificate is drawn up on a wish alone",
                (
                    ("backend.referrals.drafts", "DRAFT_RULES", _rule_dropped("referral.own_wish")),
                    ("backend.referrals.facts", "UP_RULES", _rule_dropped("referral.own_wish")),
                ),
            ),
            f"{_REFERRALS}/test_upward.py::test_own_wish_alone_gets_no_certificate_and_the_way_is_open",
        ),
        (
            Fault(
                "name-before-consent",
                "the hospital reads whose case it is before the person has agreed",
                (("backend.referrals.sight", "may_name", _always(True)),),
            ),
            f"{_REFERRALS}/test_consent.py::test_the_hospital_sees_no_name_before_consent",
        ),
    )
}
FAULTS = {name: fault for name, (fault, _) in CAUGHT_BY.items()}
