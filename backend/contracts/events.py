"""What happened around contracts."""

from dataclasses import dataclass
from uuid import UUID

from backend.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRequested(Event):
    """A resident asks a team; the team has a task."""

    contract_id: UUID
    resident_id: UUID
    team_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractActivated(Event):
    """The team accepted: the contract runs. `replaces_id` is the contract that ended for it."""

    contract_id: UUID
    resident_id: UUID
    team_id: UUID
    replaces_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractEnded(Event):
    """A contract ended; `next_team_id` is the team that goes on, or None when nobody does."""

    contract_id: UUID
    resident_id: UUID
    team_id: UUID
    reason: str
    next_team_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDelivered(Event):
    """A service was really done, by whom and for whom; points follow from the pack (XM-5.2c).

    `service` is a code of the pack's points; `focus_id` is the visit, prescription or message that shows it.
    """

    practitioner_id: UUID
    institution: str
    service: str
    focus_kind: str
    focus_id: UUID
    resident_id: UUID | None = None
