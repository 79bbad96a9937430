"""Finds every feature's models, so that migrations and tests see all tables."""

import importlib
import pkgutil
from pathlib import Path


def import_all_models() -> list[str]:
    """Import every module of `backend` that declares tables; returns their names."""
    root = Path(__file__).parents[1]
    found = []
    for module in pkgutil.walk_packages([str(root)], "backend."):
        name = module.name
        declares = ".models" in name or name.startswith(("backend.store.", "backend.web.live"))
        if declares and name != __name__:
            importlib.import_module(name)
            found.append(name)
    return found
