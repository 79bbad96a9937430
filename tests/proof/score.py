"""What was tried and what came of it, one line a guarantee; `docs/proof.md` is written from it, never by hand."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "proof.md"


@dataclass
class Tally:
    """One run of a proof: how often something was tried, what was done to the house, what broke."""

    attempts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)


@dataclass
class Line:
    """One guarantee on the page."""

    invariant: str
    says: str
    tally: Tally
    seed: int
    seconds: float
    seeded: dict[str, bool] = field(default_factory=dict)


@dataclass
class Scoreboard:
    """Every line of this run."""

    seed: int = field(default_factory=lambda: int(os.environ.get("PROOF_SEED") or random.randrange(1, 10**6)))
    lines: list[Line] = field(default_factory=list)

    @contextmanager
    def line(self, invariant: str, says: str) -> Iterator[Line]:
        """A line that is kept whatever happens inside: a red run shows as red."""
        made, begun = Line(invariant, says, Tally(), self.seed, 0.0), time.monotonic()
        self.lines.append(made)
        try:
            yield made
        finally:
            made.seconds = time.monotonic() - begun

    @property
    def caught(self) -> tuple[int, int]:
        """How many seeded faults were seen, of how many."""
        seen = [one for line in self.lines for one in line.seeded.values()]
        return sum(seen), len(seen)

    def page(self) -> str:
        """The page as it is published."""
        seen, of = self.caught
        rows = [_row(line) for line in self.lines]
        return _PAGE.format(seen=seen, of=of, seed=self.seed, rows="\n".join(rows), bank=_bank(self.lines))


def _row(line: Line) -> str:
    tally = line.tally
    faults = "、".join(f"{count} × {name}" for name, count in sorted(tally.faults.items())) or "many at once"
    figures = "".join(f"; {name} {value}" for name, value in tally.figures.items())
    seeded = ", ".join(f"{name} {'caught' if seen else 'NOT SEEN'}" for name, seen in line.seeded.items()) or "–"
    cells = [
        line.invariant,
        line.says,
        f"{tally.attempts:,}{figures}",
        faults,
        str(len(tally.violations)),
        seeded,
        str(line.seed),
        f"{line.seconds:.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def _bank(lines: list[Line]) -> str:
    from tests.proof.broken import FAULTS

    named = sorted({name for line in lines for name in line.seeded})
    return "\n".join(f"- `{name}`: {FAULTS[name].says}" for name in named)


_PAGE = """# What is proved

Written by `make prove`, never by hand: each line is what that run did. Real PostgreSQL with fsync and
synchronous_commit on (the run refuses to begin otherwise), and where a line says so the real processes of the Procfile,
killed with -9.
`PROOF_SEED={seed} make prove` does the same harm at the same steps.

**Seeded faults caught: {seen}/{of}.** Each is the product broken on purpose in one place; the same proof must then go
red.

| invariant | what it says | attempts | faults | violations | seeded fault | seed | seconds |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

The invariants are those that an operator asks for with `flask check invariants`; the ids are the same.

## The seeded faults

{bank}

## What this does not show

A kill of processes is no loss of power: what a disk or an operating system loses after it said that it had written is
not tried here. A production database with fsync, full_page_writes or synchronous_commit off is refused by name.
"""
