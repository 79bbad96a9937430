"""County packs: a county is data. ``load_pack`` reads a folder, ``Pack`` is what features ask."""

from backend.alliance.packs.loader import load_pack, pack_from_document
from backend.alliance.packs.pack import Pack, register_check, register_section
from backend.alliance.packs.problems import Finding, PackProblem, PackRefused

__all__ = [
    "Finding",
    "Pack",
    "PackProblem",
    "PackRefused",
    "load_pack",
    "pack_from_document",
    "register_check",
    "register_section",
]
