"""Identity numbers, record numbers and phones that are well-formed and invented."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from backend.people.identity import check_digit

PHONE_RANGE = "1990000"
"""Every phone of the demonstration begins so: a valid shape, obviously made up."""


@dataclass
class Numbers:
    """Hands out numbers, each once."""

    random: Random
    county_code: str
    phone_from: int
    used: set[str] = field(default_factory=set)
    records: dict[str, int] = field(default_factory=dict)

    def identity(self, birth_on: date, sex: str, area: str | None = None) -> str:
        """A valid 18-digit number (GB 11643): area, birth date, sequence (odd for men), check digit."""
        while True:
            sequence = self.random.randrange(1, 500) * 2 - (1 if sex == "male" else 0)
            first = f"{area or self.county_code}{birth_on:%Y%m%d}{sequence:03d}"
            number = first + check_digit(first)
            if number not in self.used:
                self.used.add(number)
                return number

    def record(self, town: str, village: str) -> str:
        """The next 17-digit health-record number of a village (ID-06)."""
        place = f"{self.county_code}{town}{village}"
        self.records[place] = self.records.get(place, 0) + 1
        return f"{place}{self.records[place]:05d}"

    def phone(self) -> str:
        """The next phone of the invented range."""
        self.phone_from += 1
        return f"{PHONE_RANGE}{self.phone_from:04d}"
