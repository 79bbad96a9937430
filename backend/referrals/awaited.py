"""Does the hospital await this patient? One question in SQL, for whatever gives a priority place. XM-5.4b, MS-4.2.1.

Consent to the words as they are, the hospital's yes to them, and a journey that is under way; or one that was made
before, on a certificate that still holds. Each part speaks of the table `referral` of the statement it stands in.
"""

_CONSENTED = """EXISTS (
            SELECT FROM referral_consent AS consent
            WHERE consent.county_id = referral.county_id AND consent.referral_id = referral.id
              AND consent.status = 'given' AND consent.covers_hash = referral.content_hash)"""
_ACCEPTED = """EXISTS (
            SELECT FROM referral_answer AS answer
            WHERE answer.county_id = referral.county_id AND answer.referral_id = referral.id
              AND answer.status = 'accepted' AND answer.institution = referral.to_institution)"""
_UNDER_WAY = "referral.status IN ('submitted', 'returned', 'issued')"

ON_GOOD_PAPER = """(referral.status IN ('arrived', 'closed') AND referral.direction = 'up' AND EXISTS (
            SELECT FROM referral_certificate AS paper
            WHERE paper.county_id = referral.county_id AND paper.referral_id = referral.id
              AND paper.valid_until >= (liandong_now() AT TIME ZONE 'Asia/Shanghai')::date
              AND NOT EXISTS (
                SELECT FROM certificate_event AS ended
                WHERE ended.county_id = paper.county_id AND ended.certificate_id = paper.id
                  AND ended.kind IN ('voided', 'replaced'))
              AND (paper.uses = 0 OR paper.uses > (
                SELECT coalesce(max(spent.use_number), 0) FROM referral_certificate AS edition
                JOIN certificate_event AS spent
                  ON spent.county_id = edition.county_id AND spent.certificate_id = edition.id
                WHERE edition.county_id = referral.county_id AND edition.referral_id = referral.id
                  AND spent.kind = 'used'))))"""
"""Was there already, and the certificate has days and uses left: another visit is the same journey."""

FIRST_VISIT = f"{_UNDER_WAY} AND {_CONSENTED} AND {_ACCEPTED}"
"""The plainest case and nearly all of a rush: nobody has been there yet."""

WITHIN_CERTIFICATE = """NOT EXISTS (
            SELECT FROM referral_certificate AS paper
            WHERE paper.county_id = :county AND paper.referral_id = {referral} AND paper.valid_until < {day})"""
"""A day within the certificate: every edition lasts as long as the first, and what is not issued yet binds nobody."""

AWAITED = f"({_UNDER_WAY} OR {ON_GOOD_PAPER}) AND {_CONSENTED} AND {_ACCEPTED}"
"""The whole question."""
