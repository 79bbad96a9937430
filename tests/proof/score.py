"""What was tried and what came of it, one line a guarantee; `docs/proof.md` is written from it, never by hand."""

import json
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "proof.md"
KEPT = ROOT / ".report" / "proof.json"


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
    commit: str
    seeded: dict[str, bool] = field(default_factory=dict)


@dataclass
class Scoreboard:
    """Every line of this run."""

    seed: int = field(default_factory=lambda: int(os.environ.get("PROOF_SEED") or random.randrange(1, 10**6)))
    lines: list[Line] = field(default_factory=list)

    @contextmanager
    def line(self, invariant: str, says: str) -> Iterator[Line]:
        """A line that is kept whatever happens inside: a red run shows as red."""
        made, begun = Line(invariant, says, Tally(), self.seed, 0.0, _commit()), time.monotonic()
        self.lines.append(made)
        try:
            yield made
        except KeyboardInterrupt:  # broken off by a person: that says nothing
            self.lines.remove(made)
            raise
        finally:
            made.seconds = time.monotonic() - begun

    @property
    def caught(self) -> tuple[int, int]:
        """How many seeded faults were seen, of how many."""
        seen = [one for line in self.lines for one in line.seeded.values()]
        return sum(seen), len(seen)

    def publish(self, *, whole: bool) -> None:
        """Write the page. A part of the proofs renews its own lines, and leaves the others as they were."""
        kept = [] if whole or not KEPT.exists() else [_read(one) for one in json.loads(KEPT.read_text())]
        mine = {(line.invariant, line.says) for line in self.lines}
        every = [*self.lines, *(one for one in kept if (one.invariant, one.says) not in mine)]
        # A play that never got to its end tried nothing: its test is red, and the page says nothing of it.
        self.lines = sorted(
            (line for line in every if line.tally.attempts), key=lambda line: (line.invariant, line.says)
        )
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps([vars(line) for line in self.lines], default=vars, ensure_ascii=False, indent=1))
        seen, of = self.caught
        rows = "\n".join(_row(line) for line in self.lines)
        PAGE.write_text(_PAGE.format(seen=seen, of=of, rows=rows, bank=_bank(self.lines)), encoding="utf-8")


def _read(kept: dict[str, Any]) -> Line:
    tally = kept.pop("tally")
    return Line(tally=Tally(**{**tally, "faults": Counter(tally["faults"])}), **kept)


def _commit() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"


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
        f"{line.seed} at {line.commit}",
        f"{line.seconds:.0f}",
    ]
    return "| " + " | ".join(cells) + " |"


def _bank(lines: list[Line]) -> str:
    from tests.proof import bank, broken

    every = broken.FAULTS | bank.FAULTS
    named = sorted({name for line in lines for name in line.seeded})
    return "\n".join(f"- `{name}`: {every[name].says}" for name in named)


_PAGE = """# What is proved

Written by `make prove`, never by hand: each line is what that run did. Real PostgreSQL with fsync and
synchronous_commit on (the run refuses to begin otherwise), and where a line says so the real processes of the Procfile,
killed with -9.
`PROOF_SEED=<seed> make prove` does the same harm at the same steps.

**Seeded faults caught: {seen}/{of}.** Each is the product broken on purpose in one place; the same proof must then go
red.

| invariant | what it says | attempts | faults | violations | seeded fault | seed, commit | seconds |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

The invariants are those that an operator asks for with `flask check invariants`; the ids are the same.

## The seeded faults

{bank}

## What this does not show

A kill of processes is no loss of power: what a disk or an operating system loses after it said that it had written is
not tried here. A production database with fsync, full_page_writes or synchronous_commit off is refused by name.
"""
