"""The estimate for a stay, with sources resolved for the person who reads it."""

from dataclasses import dataclass

from backend.alliance.queries import pack
from backend.insurance.rules import Estimate, StayFacts, estimate_stay
from backend.kernel.sources import Source

EXAMPLES_FEN = (300_000, 800_000, 2_000_000)
"""Bills shown as examples: 3,000, 8,000 and 20,000 yuan of eligible cost."""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line with its source in full."""

    code: str
    text: str
    fen: int | None
    sample: bool
    source: Source


@dataclass(frozen=True, slots=True)
class Example:
    """For a bill of so much, the fund pays and the person pays."""

    eligible_fen: int
    fund_fen: int
    own_fen: int


@dataclass(frozen=True, slots=True)
class ExplainedEstimate:
    """What the screen shows before consent: what it covers, the lines, the examples, whom to ask."""

    applies: bool
    deductible_fen: int
    lines: tuple[ExplainedLine, ...]
    examples: tuple[Example, ...]
    covers: str
    agency_phone: str
    sample: bool


def explain_stay(county_id: str, facts: StayFacts) -> ExplainedEstimate:
    """Return the estimate of a stay as the county's pack in force has it (XM-5.6c, MS-4.7a)."""
    county = pack(county_id)
    section = county.insurance
    estimate = estimate_stay(section, facts)
    lines = tuple(
        ExplainedLine(line.code, line.text, line.fen, line.sample, county.source(line.source))
        for line in estimate.lines
    )
    return ExplainedEstimate(
        applies=estimate.applies,
        deductible_fen=estimate.deductible_fen,
        lines=lines,
        examples=_examples(estimate),
        covers=section.covers,
        agency_phone=section.agency_phone,
        sample=any(line.sample for line in lines),
    )


def _examples(estimate: Estimate) -> tuple[Example, ...]:
    if not estimate.applies:
        return ()
    return tuple(Example(bill, estimate.fund_pays(bill), bill - estimate.fund_pays(bill)) for bill in EXAMPLES_FEN)
