"""A schedule comes in from a file: looked at first, whole or not at all, and whatever is wrong said line by line."""

from __future__ import annotations

import html
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.defaultfilters import date as date_words
from django.test import Client

from concord.convenings.import_schedule import (
    ChangedSince,
    HasBegun,
    changes_of,
    import_schedule,
    mark_of,
)
from concord.convenings.models import Session, State
from concord.convenings.plan_convening import HasEnded
from concord.convenings.read_schedule import MOST, as_table, read_schedule
from concord.convenings.read_table import UnreadableFile
from concord.convenings.small_file import LARGEST_SCHEDULE
from concord.convenings.tests.event import HOUR, Planned, plan
from concord.names import fold
from concord.people.designate import NotYoursToDesignate
from concord.people.tests.team import Team, sign_in_at_the_desk

pytestmark = pytest.mark.django_db

HEAD = "name,starts,ends\n"
TABLE = (
    HEAD
    + "Opening,2027-03-01 09:00,2027-03-01 10:00\n“Open, or shut?”,2027-03-01T10:00Z,2027-03-01T11:00Z\n".replace(
        "“Open, or shut?”", '"Open, or shut?"'
    )
)
PRETALX = {
    "schedule": {
        "conference": {
            "days": [
                {
                    "rooms": {
                        "Hall": [
                            {
                                "title": "Opening",
                                "date": "2027-03-01T09:00:00+03:00",
                                "duration": "01:30",
                            }
                        ]
                    }
                }
            ]
        }
    }
}


@pytest.fixture
def planned(team: Team) -> Planned:
    return plan(team)


def problems_of(file: bytes | str) -> str:
    with pytest.raises(UnreadableFile) as raised:
        read_schedule(file.encode() if isinstance(file, str) else file, zone="Africa/Nairobi")
    return " ".join(raised.value.problems)


def taken(planned: Planned, team: Team, table: str):
    rows = read_schedule(table.encode(), zone="UTC")
    seen = mark_of(changes_of(planned.convening, rows))
    return import_schedule(planned.convening, rows=rows, seen=seen, by=team.olu, at=planned.at)


@pytest.mark.parametrize("coded", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_is_read_as_spreadsheets_save_it(coded, delimiter):
    table = "Title;Start;End\r\nOpening;2027-03-01 09:00;2027-03-01 10:00\r\n\r\n".replace(
        ";", delimiter
    )
    (row,) = read_schedule(table.encode(coded), zone="Africa/Nairobi")
    assert (row.line, row.name) == (2, "Opening")
    assert row.starts_at.isoformat() == "2027-03-01T06:00:00+00:00"


def test_what_pretalx_exports_is_read():
    (row,) = read_schedule(json.dumps(PRETALX).encode(), zone="UTC")
    assert row.starts_at.isoformat() == "2027-03-01T06:00:00+00:00"
    assert row.ends_at - row.starts_at == timedelta(minutes=90)
    slot = {"title": "Opening", "slot": {"start": "2027-03-01T09:00Z", "end": "2027-03-01T10:00Z"}}
    assert read_schedule(json.dumps({"results": [slot]}).encode(), zone="UTC")[0].name == "Opening"


CALENDAR = """BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Africa/Nairobi
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Opening\\, and
  a very long
 er name
DTSTART;TZID=Africa/Nairobi:20270301T090000
DURATION:PT1H30M
BEGIN:VALARM
SUMMARY:Not this
END:VALARM
END:VEVENT
BEGIN:VEVENT
SUMMARY:Off
STATUS:CANCELLED
END:VEVENT
BEGIN:VEVENT
SUMMARY:In the event's own zone
DTSTART:20270301T110000
DTEND:20270301T090000Z
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize("break_", ["\n", "\r\n"])
def test_a_calendar_is_read_event_by_event(break_):
    opening, other = read_schedule(CALENDAR.replace("\n", break_).encode(), zone="Africa/Nairobi")
    assert opening.name == "Opening, and a very longer name"
    assert opening.starts_at.isoformat() == "2027-03-01T06:00:00+00:00"
    assert opening.ends_at - opening.starts_at == timedelta(minutes=90)
    assert other.ends_at - other.starts_at == timedelta(hours=1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("RRULE:FREQ=DAILY\nDTSTART:20270301T090000Z\nDTEND:20270301T100000Z", "Line 2: this event repeats"),
        ("DTSTART;VALUE=DATE:20270301\nDTEND;VALUE=DATE:20270302", "Line 4: this is no day with a time"),
        ("DTSTART;TZID=Customized/Zone:20270301T090000\nDTEND:20270301T100000Z", "Line 4: its time zone is not known"),
        ("DTSTART;TZID=/etc/passwd:20270301T090000\nDTEND:20270301T100000Z", "Line 4: its time zone is not known"),
        ("DTSTART;TZID=Europe/Paris:20270328T023000\nDTEND:20270328T100000Z", "Line 4: the clocks are put forward"),
        ("DTSTART:99991231T235900\nDURATION:P9W", "Line 5: this event has no end"),
        ("DTSTART:20270301T090000Z", "Line 2: this event has no end"),
        ("DTSTART:20270301T090000Z\nDURATION:-PT1H", "Line 5: this event has no end"),
    ],
)  # fmt: skip
def test_what_a_calendar_says_that_would_be_another_session_is_refused(line, said):
    file = f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:A\n{line}\nEND:VEVENT\nEND:VCALENDAR\n"
    assert said in problems_of(file)


def programme(many: int = 600) -> list[tuple[str, datetime, datetime]]:
    """Titles as programmes have them: long ones, one each day, two at a time, one with a number of its own."""
    first = datetime(2027, 3, 1, 6, tzinfo=UTC)
    sessions = []
    for n in range(many):
        starts = first + timedelta(days=n // 120, hours=(n % 120) // 12)
        title = (
            f"Lunch ({n})"
            if n == 2
            else "Lunch"
            if n % 12 < 2
            else f"{n}: " + "الحقوق الرقمية Rights, and how they are kept, " * 5
            if n % 12 < 8
            else f"Session {n}"
        )
        sessions.append((title, starts, starts + timedelta(minutes=50)))
    return sessions


def in_pretalx(sessions, *, more: str = "") -> bytes:
    talks = [
        {"title": title, "date": starts.isoformat(), "duration": "00:50", "abstract": more}
        for title, starts, _ends in sessions
    ]
    days = [{"rooms": {"Hall": talks[n : n + 120]}} for n in range(0, len(talks), 120)]
    return json.dumps({"schedule": {"conference": {"days": days}}}).encode()


def in_csv(sessions) -> bytes:
    rows = [
        f'"{title}",{starts.isoformat()},{ends.isoformat()}\n' for title, starts, ends in sessions
    ]
    return (HEAD + "".join(rows)).encode()


def in_ical(sessions) -> bytes:
    events = [
        f"BEGIN:VEVENT\nSUMMARY:{title.replace(',', chr(92) + ',')}\nDTSTART:{starts:%Y%m%dT%H%M%SZ}\n"
        f"DTEND:{ends:%Y%m%dT%H%M%SZ}\nEND:VEVENT\n"
        for title, starts, ends in sessions
    ]
    return f"BEGIN:VCALENDAR\n{''.join(events)}END:VCALENDAR\n".encode()


def test_long_titles_and_one_that_stands_many_times_are_read_alike_in_each_kind_of_file():
    sessions = programme()
    told = [
        [row[1:] for row in read_schedule(file(sessions), zone="UTC")]
        for file in (in_csv, in_ical, in_pretalx)
    ]
    assert told[0] == told[1] == told[2]
    rows = read_schedule(in_csv(sessions), zone="UTC")
    assert len({fold(row.name) for row in rows}) == 600
    assert [row.name for row in rows[:3]] == ["Lunch", "Lunch (3)", "Lunch (2)"]
    assert {len(row.name) for row in rows if row.is_cut} <= {199, 200}
    assert [row[1:4] for row in read_schedule(as_table(rows).encode(), zone="UTC")] == [
        row[1:4] for row in rows
    ]
    later = [(title, starts + HOUR, ends + HOUR) for title, starts, ends in sessions]
    moved = read_schedule(in_csv(later), zone="UTC")
    assert [row.name for row in moved] == [row.name for row in rows], "moved, each is still known"


def test_a_cell_that_looks_like_a_formula_is_a_name_and_nothing_else():
    (row,) = read_schedule(
        (HEAD + '"=HYPERLINK(""https://x"")",2027-03-01 09:00,2027-03-01 10:00').encode(),
        zone="UTC",
    )
    assert row.name == '=HYPERLINK("https://x")'


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "empty"),
        (b"\x00", "names the columns"),
        (b"name,starts,ends\nCaf\xe9,2027-03-01 09:00,2027-03-01 10:00", "CSV UTF-8"),
        ("name;start\nA;2027-03-01 09:00", "Missing: ends"),
        (HEAD, "no session"),
        (HEAD + "A,tomorrow,2027-03-01 10:00", "Line 2: “tomorrow” is no day and time"),
        (HEAD + "A,2027-03-01 10:00,2027-03-01 09:00", "Line 2: it ends before it starts"),
        (HEAD + "\u202e,2027-03-01 09:00,2027-03-01 10:00", "Line 2: Please enter a name"),
        (HEAD + '"A,2027-03-01 09:00,2027-03-01 10:00', "quotation mark"),
        (HEAD + "A,2027-03-01 09:00,2027-03-01 10:00\n" * (MOST + 1), f"more than {MOST}"),
        (b"x" * (LARGEST_SCHEDULE + 1), "larger than 5 MB"),
        ("{" * 100_000, "pretalx"),
        ('{"schedule": []}', "pretalx"),
        ("[1, 2]", "pretalx"),
        (HEAD + "A,0001-01-01 00:00+14:00,2027-03-01 10:00", "Line 2"),
        (HEAD + "A,0001-01-01 00:30+00:00,2027-03-01 10:00", "Line 2: This day is too far away"),
        (HEAD + "A,2027-03-01 10:00,9999-12-31T23:30Z", "Line 2: This day is too far away"),
    ],
)  # fmt: skip
def test_whatever_is_wrong_is_said(file, said):
    assert said in problems_of(file)


def test_of_very_many_problems_the_first_are_said_and_the_rest_counted():
    words = problems_of(HEAD + "A,x,y\n" * 200)
    assert words.count("Line ") == 20
    assert "And 180 more." in words


def test_new_ones_are_planned_moved_ones_moved_and_the_others_left(planned, team):
    later = (planned.at + 2 * HOUR).isoformat(), (planned.at + 3 * HOUR).isoformat()
    changes = taken(
        planned, team, f"{HEAD}Opening,{later[0]},{later[1]}\nhall 1,{later[0]},{later[1]}\n"
    )
    assert [one.kind for one in changes] == ["new", "moved"]
    planned.hall.refresh_from_db()
    assert planned.hall.starts_at == planned.at + 2 * HOUR
    assert set(Session.objects.values_list("name", flat=True)) == {"Hall 1", "Studio", "Opening"}
    again = taken(planned, team, f"{HEAD}Opening,{later[0]},{later[1]}\n")
    assert [one.kind for one in again] == ["same"]


def test_nothing_is_half_imported(planned, team):
    Session.objects.filter(id=planned.hall.id).update(state=State.OPEN)
    with pytest.raises(HasBegun):
        taken(planned, team, TABLE + "Hall 1,2027-03-01 09:00,2027-03-01 10:00\n")
    assert Session.objects.count() == 2


def test_what_changed_since_it_was_looked_at_is_shown_again(planned, team):
    rows = read_schedule(TABLE.encode(), zone="UTC")
    seen = mark_of(changes_of(planned.convening, rows))
    import_schedule(planned.convening, rows=rows, seen=seen, by=team.olu, at=planned.at)
    with pytest.raises(ChangedSince):
        import_schedule(planned.convening, rows=rows, seen=seen, by=team.olu, at=planned.at)
    assert Session.objects.count() == 4


def test_only_who_plans_events_imports_and_only_into_one_that_is_not_over(planned, team):
    rows = read_schedule(TABLE.encode(), zone="UTC")
    seen = mark_of(changes_of(planned.convening, rows))
    with pytest.raises(NotYoursToDesignate):
        import_schedule(planned.convening, rows=rows, seen=seen, by=team.noor, at=planned.at)
    planned.convening.state = State.ENDED
    planned.convening.save()
    with pytest.raises(HasEnded):
        import_schedule(planned.convening, rows=rows, seen=seen, by=team.olu, at=planned.at)


def test_the_page_shows_before_it_does(planned, team):
    olu, address = sign_in_at_the_desk(team.olu), "/events/forum/import"
    assert olu.get(address).status_code == 200
    hostile = TABLE + "<script>alert(1)</script>,2027-03-01 12:00,2027-03-01 13:00\n"
    shown = olu.post(address, {"file": SimpleUploadedFile("s.csv", hostile.encode("utf-16"))})
    page = shown.content.decode()
    assert "Nothing has been done yet" in page
    assert "<script>alert" not in page
    assert Session.objects.count() == 2
    sent = sent_with(shown)
    assert olu.post(address, sent).headers["Location"] == "/events/forum"
    assert Session.objects.count() == 5
    again = olu.post(address, sent)
    assert again.status_code == 409
    assert "has changed since you looked" in again.content.decode()
    bad = olu.post(address, {"file": SimpleUploadedFile("s.csv", b"\xff\xfe\x00")})
    assert "Nothing was taken" in bad.content.decode()
    assert bad.status_code == 400
    large = olu.post(address, {"file": SimpleUploadedFile("s.csv", b"x" * 9_000_000)})
    assert "larger than 5 MB" in large.content.decode()


def test_a_whole_programme_is_looked_at_and_comes_in_as_pretalx_exports_it(planned, team):
    olu, address = sign_in_at_the_desk(team.olu), "/events/forum/import"
    whole = in_pretalx(programme(), more="What it is about, at length. " * 200)
    assert 3_000_000 < len(whole) < LARGEST_SCHEDULE
    shown = olu.post(address, {"file": SimpleUploadedFile("s.json", whole)})
    assert "<b>600 sessions in this file</b>" in shown.content.decode()
    assert len(shown.content) < 300_000, "the page carries the sessions, not the file"
    day = programme(48)
    page = olu.post(address, {"file": SimpleUploadedFile("s.json", in_pretalx(day))})
    assert olu.post(address, sent_with(page)).headers["Location"] == "/events/forum"
    plan = olu.get("/events/forum").content.decode()
    assert "48 sessions cannot open yet" in plan
    assert re.findall(r"<summary>(.*?)</summary>", plan)[:2] == [
        f"{date_words(planned.at, 'l, j F Y')} · 2",
        "Monday, 1 March 2027 · 48",
    ]
    event = Client(HTTP_HOST="localhost").get("/e/forum").content.decode()
    assert re.findall(r'<details class="more"( open)?>', event) == [" open", ""], "today lies open"
    again = olu.post(address, {"file": SimpleUploadedFile("s.ics", in_ical(day))})
    assert "the same as before: 48" in again.content.decode()
    assert "2 sessions are planned that this file does not have" in again.content.decode()
    Session.objects.filter(id=planned.hall.id).update(state=State.OPEN)
    begun = {"file": SimpleUploadedFile("s.csv", f"{TABLE}Hall 1,2027-03-01,2027-03-02\n".encode())}
    page = olu.post(address, begun).content.decode()
    assert re.search(r"These run already.*<li>.*Hall 1", page, re.DOTALL), "it is said which"
    assert "Take it over" not in page


def sent_with(page) -> dict[str, str]:
    """What the form on it sends, as browsers do."""
    words = page.content.decode()
    text = html.unescape(re.search(r'name="text" hidden>\n(.*?)</textarea>', words, re.S)[1])
    seen = re.search(r'name="seen" value="(\w+)"', words)[1]
    return {"text": text.replace("\n", "\r\n"), "seen": seen}


def test_nobody_else_comes_to_the_page(planned, team):
    noor: Client = sign_in_at_the_desk(team.noor)
    assert noor.get("/events/forum/import").status_code == 404
    assert sign_in_at_the_desk(team.olu).get("/events/none/import").status_code == 404
