"""Breaks a process on purpose while it imports: what PROOF_FAULTS names is applied to each module as it is loaded.

Python reads a module of this name at its start when this folder is on PYTHONPATH, as only the proofs put it.
"""

import importlib.util
import os
import sys
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path


def _faults() -> dict:
    found = {}
    for name in ("broken", "bank"):
        spec = importlib.util.spec_from_file_location(f"proof_{name}", Path(__file__).parents[1] / f"{name}.py")
        bank = importlib.util.module_from_spec(spec)
        sys.modules[f"proof_{name}"] = bank
        spec.loader.exec_module(bank)
        found |= bank.FAULTS
    return found


class Breaker(MetaPathFinder):
    """Finds a module as usual, and breaks it once it is there."""

    def __init__(self, names: list[str]) -> None:
        self.patches: dict[str, list] = {}
        faults = _faults()
        for name in names:
            for module, attribute, change in faults[name].patches:
                self.patches.setdefault(module, []).append((attribute, change))

    def find_spec(self, name, path, target=None) -> ModuleSpec | None:
        if name not in self.patches:
            return None
        spec = PathFinder.find_spec(name, path, target)
        usual = spec.loader.exec_module

        def broken(module) -> None:
            usual(module)
            for attribute, change in self.patches[name]:
                setattr(module, attribute, change(getattr(module, attribute)))

        spec.loader.exec_module = broken
        return spec


if os.environ.get("PROOF_FAULTS"):
    sys.meta_path.insert(0, Breaker(os.environ["PROOF_FAULTS"].split(",")))
