"""Every order of consent, the hospital's yes, signatures, a change and a withdrawal, against a model of what is lawful.

The orders are walked as a tree over HTTP on one connection: each act is a branch, undone by a savepoint, so that no two
orders disturb each other. MS-4.2.2u2, XM-5.4a.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from backend.kernel.roles import Role
from tests.integration.referrals.conftest import later_pack
from tests.integration.referrals.rig import PIN, Cast, make_cast, to_working_hour
from tests.integration.referrals.test_consent import relative
from tests.integration.referrals.test_one_for_two import holds_too
from tests.integration.walk.one_connection import one_connection
from tests.proof.score import Tally
from tests.proof.stage import Stage

pytestmark = pytest.mark.proof
Who = Callable[[Stage, str], AbstractContextManager[tuple[Cast, Any]]]
SIGNERS = {2: "head", 3: "third"}


@dataclass(frozen=True)
class Model:
    """What must be true after some acts: who has said yes to the present words, and who has signed them."""

    live: bool = True
    consented: bool = False
    accepted: bool = False
    signed: int = 1  # the treating doctor's own, with the submission
    one_for_two: bool = False  # at a small house the second's signature counts for the third step too

    @property
    def issued(self) -> bool:
        """Whether a certificate stands."""
        return self.live and self.consented and self.accepted and self.signed == len(SIGNERS) + 1

    def after(self, act: str) -> "Model | None":
        """What an act makes of it, or None where it is unlawful."""
        if not self.live:
            return None
        match act:
            case "consent":
                return None if self.consented else replace(self, consented=True)
            case "accept":
                return None if self.accepted else replace(self, accepted=True)
            case "sign 2" | "sign 3":
                turn = int(act[-1])
                counts_for = 3 if self.one_for_two else turn
                return replace(self, signed=counts_for) if self.signed == turn - 1 else None
            case "edit":
                # Other words: nobody has agreed to them, and nobody but their writer has signed them.
                return None if self.issued else replace(self, consented=False, accepted=False, signed=1)
            case "withdraw":
                return replace(self, live=False)
        raise KeyError(act)


ACTS = ("consent", "accept", "sign 2", "sign 3", "edit", "withdraw")


@dataclass
class Walk:
    """One county's referral, walked through every order."""

    cast: Cast
    referral: str
    connection: Connection
    tally: Tally
    who_consents: Any
    edits: int = 0

    def explore(self, model: Model, done: tuple[str, ...] = ()) -> None:
        """Try every act that was not tried yet, each in a branch of its own."""
        for act in ACTS:
            if act in done:
                continue
            with self._branch():
                wanted = model.after(act)
                status = self._do(act)
                self.tally.attempts += 1
                here = (*done, act)
                if (status < 300) != (wanted is not None):
                    self.tally.violations.append(f"{' → '.join(here)}: {status}, lawful {wanted is not None}")
                    continue
                self._compare(wanted or model, here)
                if wanted is not None:  # what was refused has changed nothing: the same tree again
                    self.explore(wanted, here)

    def _compare(self, model: Model, here: tuple[str, ...]) -> None:
        rows = self.connection.execute(
            text(
                "SELECT r.status, r.content_hash, c.id IS NOT NULL AS drawn_up, c.content_hash AS covers,"
                " EXISTS (SELECT FROM certificate_event e WHERE e.county_id = c.county_id AND e.certificate_id = c.id"
                "   AND e.kind IN ('voided', 'replaced')) AS ended"
                " FROM referral r"
                " LEFT JOIN referral_certificate c ON c.county_id = r.county_id AND c.referral_id = r.id"
                " WHERE r.id = :referral"
            ),
            {"referral": UUID(self.referral)},
        ).all()
        standing = [row for row in rows if row.drawn_up and not row.ended]
        way = " → ".join(here)
        if bool(standing) != model.issued:
            self.tally.violations.append(f"{way}: {len(standing)} certificates stand, lawful {int(model.issued)}")
        if any(row.covers != row.content_hash for row in standing):
            self.tally.violations.append(f"{way}: a certificate covers other words than were signed")
        self.tally.figures["certificates"] = int(str(self.tally.figures.get("certificates", 0))) + len(standing)

    def _do(self, act: str) -> int:
        cast = self.cast
        match act:
            case "consent":
                return int(cast.consent(self.referral, self.who_consents).status_code)
            case "accept":
                return int(cast.accept(self.referral).status_code)
            case "edit":
                self.edits += 1
                change = {"diagnosis_text": f"高血压 3 级（第 {self.edits} 次改）", "pin": PIN}
                return int(cast.doctor.request("PUT", f"/api/v1/referrals/{self.referral}", change).status_code)
            case "withdraw":
                body = {"reason": "不去了"}
                return int(self.who_consents.post(f"/api/v1/referrals/{self.referral}/withdraw", body).status_code)
        return self._sign(int(act[-1]))

    def _sign(self, turn: int) -> int:
        # By its id and with the words of now, also when it is nobody's turn: a list that hides it is no guard.
        row = self.connection.execute(
            text(
                "SELECT s.id, r.content_hash FROM referral_signature s JOIN referral r ON r.id = s.referral_id"
                " WHERE s.referral_id = :referral AND s.step_order = :turn AND s.round = r.round"
            ),
            {"referral": UUID(self.referral), "turn": turn},
        ).one()
        body = {"pin": PIN, "content_hash": row.content_hash}
        signer = getattr(self.cast, SIGNERS[turn])
        return int(signer.post(f"/api/v1/signatures/{row.id}/sign", body).status_code)

    @contextmanager
    def _branch(self) -> Iterator[None]:
        point = self.connection.begin_nested()
        try:
            yield
        finally:
            point.rollback()


@contextmanager
def grown_up(stage: Stage, county: str) -> Iterator[tuple[Cast, Any]]:
    """A patient who decides alone."""
    cast = make_cast(stage.app, county)
    yield cast, cast.patient


@contextmanager
def child(stage: Stage, county: str) -> Iterator[tuple[Cast, Any]]:
    """A child, for whom a guardian decides."""
    cast = make_cast(stage.app, county, birth_on=date(2022, 3, 1))
    yield cast, relative(cast, "guardian")


@contextmanager
def small_house(stage: Stage, county: str) -> Iterator[tuple[Cast, Any]]:
    """A grown-up at a house where the head's signature counts for the register's too."""
    cast = make_cast(stage.app, county)
    with TemporaryDirectory() as folder, later_pack(cast, Path(folder)) as write:
        write(("referral.toml", '"cc-qingpingjie", "th-niudian"', '"cc-qingpingjie", "th-yuanzhuang"'))()
        holds_too(cast, cast.head, Role.DESK_CLERK)
        yield cast, cast.patient


def play_all(prove: Any, whose: Who, county: str, model: Model, *faults: str) -> None:
    """Walk the tree for one county's chain, sound and with each fault."""

    def play(stage: Stage) -> Tally:
        tally = Tally()
        to_working_hour(stage.app, 10)
        with whose(stage, county) as (cast, who), one_connection(stage.app) as connection:
            Walk(cast, cast.submitted(), connection, tally, who).explore(model)
        return tally

    says = f"all orders of consent, yes, signatures, edit and withdrawal, {county}, {whose.__doc__ or ''}"
    prove("–", says.rstrip("."), play, *faults)


@pytest.mark.parametrize("whose", [grown_up, child])
@pytest.mark.parametrize("county", ["xinmi", "mangshi"])
def test_every_order_of_the_acts_is_lawful_or_refused(prove: Any, county: str, whose: Who) -> None:
    # A rule of the order that is dropped alone changes nothing here: the table of states refuses it as well.
    faults = ("signatures-outlive-an-edit",) if whose is grown_up else ()
    play_all(prove, whose, county, Model(), *faults)


def test_every_order_is_lawful_where_one_signature_counts_for_two(prove: Any) -> None:
    play_all(prove, small_house, "xinmi", Model(one_for_two=True))
