"""A file that puts the last days of badges into somebody's calendar (RFC 5545)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

MEDIA_TYPE = "text/calendar; method=PUBLISH; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastDay:
    # The same in every mail about this badge, so that a second file moves the entry and does not double it.
    uid: str
    title: str
    on: date
    notes: str
    url: str


def calendar_file(days: Sequence[LastDay], *, written_at: datetime) -> bytes:
    """Whole days, which are the same in every time zone, each announced a week before."""
    calendar = Calendar()
    calendar.add("prodid", "-//BadgeCert//BadgeCert//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for day in days:
        event = Event()
        event.add("uid", day.uid)
        event.add("dtstamp", written_at.replace(microsecond=0))
        # Of two files the later one counts.
        event.add("sequence", int(written_at.timestamp()))
        event.add("dtstart", day.on)
        event.add("dtend", day.on + timedelta(days=1))
        event.add("summary", day.title)
        event.add("description", day.notes)
        event.add("url", day.url)
        # Nobody is busy because of it.
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", day.title)
        alarm.add("trigger", timedelta(days=-7))
        event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
