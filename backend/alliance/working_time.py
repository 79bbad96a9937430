"""Deadlines in working time: lunch, weekends, holidays and working Saturdays as the county's pack has them. Pure.

A year that the pack does not know is no guess: the answer says so (`calendar_known` is false), plain weekdays are
used meanwhile, and somebody has to enter the year (domain-review 4.7).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.alliance.packs.pack import Pack
from backend.alliance.packs.sections.county import WorkingHours
from backend.alliance.packs.sections.holidays import HolidaysSection
from backend.kernel.clock import SHANGHAI, local_day

_LONGEST = 400
"""Days looked ahead; an office that never opens in so long is a mistake in the pack."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant (aware), and whether every day up to it stands in the county's calendar."""

    at: datetime
    calendar_known: bool


@dataclass(frozen=True, slots=True)
class Office:
    """When one office works: its hours and the county's calendar; `institution` for its own days off."""

    hours: WorkingHours | None
    holidays: HolidaysSection
    institution: str | None = None

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """Return the spans of a day as instants, in order; empty on a day off. Without hours it never closes."""
        if self.hours is None:
            begin = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
            return [(begin, begin + timedelta(days=1))]
        if not self.works(day):
            return []
        return [
            (datetime.combine(day, span.start, SHANGHAI), datetime.combine(day, span.end, SHANGHAI))
            for span in sorted(self.hours.spans, key=lambda span: span.start)
        ]

    def works(self, day: date) -> bool:
        """Say whether the office works on that day; plain weekdays in a year that nobody entered."""
        assert self.hours is not None
        if not self.holidays.known(day):
            return day.isoweekday() in self.hours.weekdays
        return self.holidays.works(day, self.hours.weekdays, self.institution)

    def open_at(self, instant: datetime) -> bool:
        """Say whether somebody is there at that instant."""
        return any(start <= instant < end for start, end in self.spans(local_day(instant)))

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the minutes between two instants in which the office works."""
        total, day = timedelta(0), local_day(start)
        while day <= local_day(end):
            for opens, closes in self.spans(day):
                total += max(min(closes, end) - max(opens, start), timedelta(0))
            day += timedelta(days=1)
        return int(total.total_seconds() // 60)

    def after_minutes(self, start: datetime, minutes: int) -> Deadline:
        """Return the instant when so many working minutes have passed since `start`."""
        left, known = timedelta(minutes=minutes), True
        for day in _days_from(local_day(start)):
            known = known and self.holidays.known(day)
            for opens, end in self.spans(day):
                begin = max(opens, start)
                if end > begin:
                    if begin + left <= end:
                        return Deadline(begin + left, known)
                    left -= end - begin
        raise ValueError("this office never opens")

    def after_days(self, start: datetime, days: int) -> Deadline:
        """Return the closing time of the day that is so many working days after the day of `start`."""
        known = True
        for day in _days_from(local_day(start) + timedelta(days=1)):
            known = known and self.holidays.known(day)
            spans = self.spans(day)
            if spans:
                days -= 1
                if days <= 0:
                    return Deadline(spans[-1][1], known)
        raise ValueError("this office never opens")


def office(pack: Pack, name: str, day: date, institution: str | None = None) -> Office:
    """Return an office of the pack (`referral_desk`, `insurance_agency`, `township`, `village`, `bureau`)."""
    return Office(pack.county.hours(name, day), pack.holidays, institution)


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(_LONGEST))
