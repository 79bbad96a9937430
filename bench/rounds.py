"""Interleaved rounds: the subject and its limit take turns, so that a noisy machine is noisy to both."""

import statistics
import time
from collections.abc import Callable

from bench.subjects import Bench, Subject

ROUNDS = 5
SECONDS = 1.0


def compare(bench: Bench, subject: Subject) -> str:
    """Return one line: medians of both and their ratio."""
    subject.prepare(bench)
    own, limit = [], []
    for _ in range(ROUNDS):
        limit.append(_rate(lambda: subject.limit(bench)))
        own.append(_rate(lambda: subject.run(bench)))
    mine, bare = statistics.median(own), statistics.median(limit)
    spread = (max(own) - min(own)) / mine if mine else 0.0
    return (
        f"{subject.name:<44} {mine:>10.0f}/s   limit {bare:>10.0f}/s ({subject.limit_name})"
        f"   ratio {mine / bare:.2f}   spread {spread:.0%}"
    )


def _rate(work: Callable[[], int]) -> float:
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        done += work()
    return done / (time.perf_counter() - began)
