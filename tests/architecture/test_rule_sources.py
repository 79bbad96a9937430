"""Every rule that refuses somebody says whose rule it is, in every county."""

import importlib
import pkgutil
from pathlib import Path

import pytest

import backend
from backend.alliance.packs import load_pack
from backend.kernel.rules import Rule
from backend.kernel.sources import HOUSE

COUNTIES = sorted(path.parent for path in (Path(__file__).parents[2] / "counties").glob("*/county.toml"))
HOUSE_RULES = {
    "claim.agreed",
    "claim.free",
    "claim.grown_up",
    "claim.one_own",
    "claim.phone_known",
    "claim.phone_shared",
    "contracts.alive",
    "contracts.household",
    "contracts.team_open",
    "family.agreed",
    "family.most",
    "family.not_self",
}
"""Rules of the house itself: no paper asks for them. A new rule is put here on purpose or into the packs."""


def every_rule() -> dict[str, str]:
    """Each rule's code with the module that holds it."""
    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(backend.__path__, "backend."):
        if ".migrations." in module.name:
            continue
        for value in vars(importlib.import_module(module.name)).values():
            for entry in value if isinstance(value, tuple | list) else [value]:
                if isinstance(entry, Rule):
                    found.setdefault(entry.code, module.name)
    return found


@pytest.mark.clause("ALL-packs")
@pytest.mark.parametrize("folder", COUNTIES, ids=lambda folder: folder.name)
def test_every_rule_has_a_source_in_the_county(folder: Path) -> None:
    pack = load_pack(folder)
    rules = every_rule()
    assert len(rules) > 20
    unknown = {code: where for code, where in rules.items() if pack.source(code) is HOUSE and code not in HOUSE_RULES}
    assert unknown == {}, "put them into counties/*/sources.toml under [rules]"


def test_no_rule_is_called_the_houses_own_for_nothing() -> None:
    assert set(every_rule()) >= HOUSE_RULES
