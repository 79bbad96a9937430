"""The chain of signatures as the pack has it: who may sign a step, as what. Pure. MS-4.2.2u2, domain-review 2.2."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.referral import Chain, ChainStep
from backend.kernel.roles import Role

ANY_HOUR = "any_hour"
"""No office of a pack: whoever may sign after office hours has no hours, and their time runs at night too."""


@dataclass(frozen=True, slots=True)
class Post:
    """One role somebody holds at one institution; `duty` names whom they stand in for."""

    role: str
    institution: str
    department: str | None
    duty: str | None


@dataclass(frozen=True, slots=True)
class Signer:
    """Whoever wants to sign, with every post they hold today."""

    practitioner_id: UUID
    posts: tuple[Post, ...]
    day: date


class Step(Protocol):
    """What a step of a round says about who may sign it."""

    @property
    def step_order(self) -> int:
        """Return its place in the chain, from 1."""

    @property
    def title(self) -> str:
        """Return what the signer is called."""

    @property
    def roles(self) -> list[str]:
        """Return the roles that may sign."""

    @property
    def institution(self) -> str:
        """Return whose person it is."""

    @property
    def department(self) -> str | None:
        """Return the department whose head is meant, when it is a head's step."""

    @property
    def stand_ins(self) -> list[Any]:
        """Return who may sign instead."""

    @property
    def offices(self) -> list[Any]:
        """Return the offices that the agency authorised in writing."""


def right_to_sign(step: Step, signer: Signer, heads: Iterable[str | None] = ()) -> str | None:
    """Return as what somebody may sign a step ("科室负责人", "业务副院长代科室负责人"), or None.

    `heads` are the departments that have a head at the institution: where the step's own department has one, no other
    department's head signs for it; a small place has one head for all.
    """
    for post in signer.posts:
        if post.institution == step.institution and post.role in step.roles and _department_fits(step, post, heads):
            return step.title
    for post in signer.posts:
        for one in step.stand_ins:
            if (post.institution, post.role, post.duty) == (step.institution, one["role"], one["duty"]):
                return f"{one['name']}代{step.title}"
    for post in signer.posts:
        for one in step.offices:
            if (post.institution, post.department, post.role) == (
                one["institution"],
                one["department"],
                one["role"],
            ) and one["from_day"] <= signer.day.isoformat() <= one["until"]:
                return f"受{step.title}书面委托（{one['document']}）"
    return None


def _department_fits(step: Step, post: Post, heads: Iterable[str | None]) -> bool:
    if post.role != Role.DEPARTMENT_HEAD or step.department is None:
        return True
    return post.department in (None, step.department) or step.department not in set(heads)


def step_values(pack: Pack, chain: Chain, step: ChainStep, issuer: str, department: str | None) -> dict[str, Any]:
    """Return the columns of a step's row, as the pack has it on the day of signing."""
    institution, office = issuer, "referral_desk"
    if step.of == "insurance_agency":
        institution, office = _agency(pack), "insurance_agency"
    elif pack.institutions.institution(issuer).level == "township":
        office = "township"
    if step.may_sign_after_office_hours:
        office = ANY_HOUR
    return {
        "step_order": step.order,
        "code": step.code,
        "title": step.title,
        "act": step.act,
        "roles": [str(role) for role in step.roles],
        "institution": institution,
        "department": department if Role.DEPARTMENT_HEAD in step.roles else None,
        "stand_ins": [one.model_dump(mode="json") for one in step.stand_ins],
        "offices": [one.model_dump(mode="json") for one in step.authorised_offices],
        "office": office,
        "limit_minutes": step.limit_working_minutes,
        "late_working_days": step.late_working_days,
        "source": chain.source,
        **_cover(chain, step, issuer),
    }


def _cover(chain: Chain, step: ChainStep, issuer: str) -> dict[str, Any]:
    pairs = (one for one in chain.one_for_two if issuer in one.institutions and one.steps[0] == step.code)
    found = next(pairs, None)
    return {"may_cover": found.steps[1] if found else None, "covers_note": found.note if found else ""}


def informed_posts(pack: Pack, direction: str, issuer: str, day: date) -> tuple[tuple[Role, str], ...]:
    """Return who is told of an issued certificate and not asked: each role with the house where it sits."""
    chain = pack.referral.chain(direction, pack.institutions.institution(issuer).level, day)
    told = chain.informed if chain is not None else ()
    return tuple((role, _agency(pack) if role is Role.INSURANCE_AGENCY else issuer) for role in told)


def _agency(pack: Pack) -> str:
    found = pack.institutions.of_kind("insurance_agency")
    if not found:
        raise ValueError("a chain asks the insurance agency, and the pack has none")
    return found[0].code
