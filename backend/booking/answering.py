"""By when somebody answers an offer: the time does not run while people sleep, by the county's night rest."""

from datetime import datetime, timedelta

from backend.alliance.queries import pack
from backend.kernel.clock import SHANGHAI


def awake(county_id: str, now: datetime) -> datetime:
    """Return the next instant at which people are told ordinary things: now, or the end of the night rest."""
    rest = pack(county_id).county.night_rest
    local = now.astimezone(SHANGHAI)
    at = local.time()
    asleep = rest.start <= at < rest.end if rest.start <= rest.end else at >= rest.start or at < rest.end
    if not asleep:
        return now
    ends = datetime.combine(local.date(), rest.end, SHANGHAI)
    return ends if ends > local else ends + timedelta(days=1)


def answer_by(county_id: str, now: datetime, minutes: int) -> datetime:
    """Return when so many minutes of waking time have passed."""
    begins = awake(county_id, now)
    by = begins + timedelta(minutes=minutes)
    ends = awake(county_id, by)
    if ends == by:
        return by
    rest = pack(county_id).county.night_rest
    evening = datetime.combine(by.astimezone(SHANGHAI).date(), rest.start, SHANGHAI)
    fell = evening if evening <= by else evening - timedelta(days=1)
    return ends + (by - fell)
