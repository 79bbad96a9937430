"""Progress in plain words, one line a step, for a person at a terminal."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


def line(text: str = "") -> None:
    """Print a line at once."""
    print(text, flush=True)


def trouble(text: str) -> None:
    """Print why it cannot go on."""
    print(f"\n✗ {text}", file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Tell a step when it begins, and how long it took when it is done."""
    print(f"· {text} …", end="", flush=True)
    begun = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - begun:.1f} s", flush=True)
