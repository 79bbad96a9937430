"""A conversation has two sides; that it may be written to follows from the contract, not from a status."""

from enum import StrEnum


class Side(StrEnum):
    """Whose word it is: the resident's (or their family's), or the team's."""

    RESIDENT = "resident"
    TEAM = "team"
