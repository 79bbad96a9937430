"""Places by their names, from the county's pack."""

from backend.alliance.queries import pack


def county_name(county_id: str) -> str:
    """Return what the county is called."""
    return pack(county_id).county.name


def village_name(county_id: str, code: str) -> str:
    """Return what a village is called; its code when the pack does not know it (a record from elsewhere)."""
    try:
        return pack(county_id).places.village(code).name
    except KeyError:
        return code


def institution_name(county_id: str, code: str) -> str:
    """Return an institution's short name, or its code when the pack has dropped it."""
    try:
        return pack(county_id).institutions.institution(code).short_name
    except KeyError:
        return code


def villages_like(county_id: str, word: str) -> list[str]:
    """Return the codes of villages whose name has the word, or of the towns so named."""
    towns = pack(county_id).places.towns
    return [village.code for town in towns for village in town.villages if word in village.name or word in town.name]
