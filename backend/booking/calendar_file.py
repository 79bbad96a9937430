"""An appointment as a calendar file (RFC 5545). It lies open on a phone: no name, department or illness in it."""

from datetime import UTC, datetime, timedelta

from backend.booking.schemas import AppointmentBody

_STAMP = "%Y%m%dT%H%M%SZ"


def calendar_file(row: AppointmentBody, now: datetime) -> str:
    """Return the file's text: one event of half an hour, with a reminder the evening before and two hours before."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//liandong//booking//ZH",
        "BEGIN:VEVENT",
        f"UID:{row.id}@liandong",
        f"SEQUENCE:{row.version}",
        f"DTSTAMP:{_stamp(now)}",
        f"DTSTART:{_stamp(row.starts_at)}",
        f"DTEND:{_stamp(row.starts_at + timedelta(minutes=30))}",
        f"SUMMARY:{_text('去' + row.institution_name)}",
        f"LOCATION:{_text(row.institution_name + ' ' + row.report_to)}",
        f"DESCRIPTION:{_text('请带：' + '、'.join(row.bring) + '。电话 ' + '、'.join(row.phones))}",
        f"STATUS:{'CANCELLED' if row.status == 'cancelled' else 'CONFIRMED'}",
        *_alarm("-P1D"),
        *_alarm("-PT2H"),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(part + "\r\n" for line in lines for part in _fold(line))


def _alarm(before: str) -> list[str]:
    return ["BEGIN:VALARM", "ACTION:DISPLAY", f"TRIGGER:{before}", "DESCRIPTION:别忘了去医院", "END:VALARM"]


def _stamp(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime(_STAMP)


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> list[str]:
    # A line has at most 75 octets; a character is never cut in two.
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > 73:
            parts.append(part)
            part = ""
        part += character
    return [found if number == 0 else " " + found for number, found in enumerate([*parts, part])]
