"""The form and the box: one field is enough, no account, no cookie, no script, whatever is sent."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from concord.convenings.models import Registration
from concord.letterbox.find import find
from concord.people.declare_tie import declare_tie
from concord.people.models import StaffMember
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.forms import ID_LENGTH
from concord.reports.models import Report
from concord.reports.read_report import read_report, read_words

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')
NONCE = re.compile(r'name="nonce" value="([0-9a-f]{32})"')
TEXT = {"text": "He wrote again."}


@pytest.fixture
def browser() -> Client:
    """A stranger's browser, which checks CSRF like a real server does."""
    return Client(enforce_csrf_checks=True, headers={"host": "localhost"})


@pytest.fixture
def team(amara, luis):
    """Amara and Luis, who read."""
    return amara, luis


def page(response) -> str:
    return unescape(response.content.decode())


def code_in(response) -> str:
    found = CODE.search(response.content.decode())
    assert found, page(response)
    return found[1]


def told_to(member, at):
    (report,) = Report.objects.all()
    return read_report(report, keyring=member.keyring, at=at)


@pytest.mark.clauses("I-COURAGE-1", "I-ANYWAY-1", "V-DEF-1")
def test_one_box_is_enough(browser, team, at):
    response = browser.post("/report", TEXT)
    assert response.status_code == 200
    box = find(code_in(response))
    report = Report.objects.get(box=box.id)
    assert read_report(report, keyring=team[0].keyring, at=at).text == "He wrote again."


def test_neither_the_form_nor_its_answer_leaves_a_cookie(browser, team):
    form = browser.get("/report")
    sent = browser.post("/report", TEXT)
    assert not form.cookies
    assert not sent.cookies
    assert "no-store" in sent["Cache-Control"]


def test_who_can_be_kept_out_stands_there_by_name_and_role(browser, team, luis):
    type(luis.staff).objects.filter(id=luis.staff.id).update(is_lead=True)
    text = page(browser.get("/report"))
    assert "Of the people who receive reports: who must not read it?" in text
    assert "<span>Luis, who leads the team</span>" in text
    assert "<span>Amara Diallo</span>" in text


def test_the_form_says_before_sending_who_reads_in_which_languages_and_by_when(browser, team, ines):
    text = page(browser.get("/report"))
    for said in ("Amara Diallo", "Luis", "within 24 hours", "You need do nothing more"):
        assert said in text


def test_the_title_tells_nothing(browser, team):
    for response in (browser.get("/report"), browser.post("/report", TEXT)):
        title = re.search(r"<title>(.*?)</title>", page(response))[1]
        assert "report" not in title.lower()
        assert "harass" not in title.lower()


def test_an_empty_box_is_refused_kindly_and_keeps_all_else(browser, team, luis):
    typed = {
        "text": " \u200b\n",
        "where": "in the <b>lobby</b>",
        "wishes": "no letters",
        "contact": "me@example.org",
        "kinds": ["threat"],
        "keep_out": [luis.staff.id.hex[:ID_LENGTH]],
        "hear": "done",
        "nonce": "ab" * 16,
    }
    response = browser.post("/report", typed)
    text = response.content.decode()
    assert "A few words are enough" in text
    for kept in ("in the &lt;b&gt;lobby&lt;/b&gt;", "no letters", "me@example.org", "ab" * 16):
        assert kept in text
    assert text.count("checked") == 3
    assert not Report.objects.exists()


@pytest.mark.parametrize("nonce", ["", "zz", "ab", "é" * 32, "ab" * 17])
def test_a_form_without_its_number_is_taken(browser, team, nonce):
    assert code_in(browser.post("/report", TEXT | {"nonce": nonce}))
    assert code_in(browser.post("/report", TEXT | {"nonce": nonce}))
    assert Report.objects.count() == 2


def test_a_form_that_was_open_for_two_days_is_taken(browser, team, luis, at):
    """Meanwhile its browser forgot everything, and somebody it names has left the team."""
    opened = NONCE.search(browser.get("/report").content.decode())[1]
    luis.staff.ended_at = at
    luis.staff.save()
    later = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    ticked = {"nonce": opened, "keep_out": str(luis.staff.id), "kept_files": "ab" * 32}
    sent = later.post("/report", TEXT | ticked)
    assert "A file has waited for more than an hour" in page(sent)
    assert code_in(later.post("/report", TEXT | ticked | {"kept_files": []}))


def test_the_same_form_twice_shows_the_same_code(browser, team):
    nonce = NONCE.search(browser.get("/report").content.decode())[1]
    sent = [code_in(browser.post("/report", TEXT | {"nonce": nonce})) for _ in range(2)]
    assert sent[0] == sent[1]
    assert Report.objects.count() == 1


def test_each_form_has_a_number_of_its_own(browser, team):
    numbers = {NONCE.search(browser.get("/report").content.decode())[1] for _ in range(3)}
    assert len(numbers) == 3


def test_a_megabyte_is_taken_whole(browser, team, at):
    text = "ه" * 1_000_000
    code_in(browser.post("/report", {"text": text}))
    assert told_to(team[0], at).text == text


def test_more_than_we_can_take_is_said_and_nothing_is_lost(browser, team):
    response = browser.post("/report", {"text": "x" * 2_000_001})
    assert "more than we can take at once" in page(response)
    assert "x" * 2_000_001 in page(response)


@pytest.mark.parametrize(
    "body, text",
    [
        (b"text=caf%E9+%FF%FE", "caf\ufffd \ufffd\ufffd"),
        (b"text=nul%00l", "null"),
        (b"text=%ED%A0%80ok", "\ufffd\ufffd\ufffdok"),
        (b"text=%E2%80%AEabc", "\u202eabc"),
        (b"text=<script>alert(1)</script>", "<script>alert(1)</script>"),
        (b"text=ok&kinds=nonsense&hear=nonsense&keep_out=nonsense&post=nonsense&room=1", "ok"),
    ],
)
def test_odd_bytes_are_a_report_like_any_other(browser, team, body, text, at):
    response = browser.post("/report", body, content_type="application/x-www-form-urlencoded")
    assert code_in(response)
    assert told_to(team[0], at).text == text


def test_the_trap_refuses_nobody(browser, team):
    assert code_in(browser.post("/report", TEXT | {"website": "https://spam.example"}))
    assert Report.objects.get().folded


@pytest.mark.clauses("I-WHO-1", "I-STAFF-1", "K-CONF-1")
def test_ticking_someone_keeps_them_out_and_the_reporter_is_told_who_reads(browser, team, luis):
    text = page(browser.post("/report", TEXT | {"keep_out": [luis.staff.id.hex[:ID_LENGTH]]}))
    assert "Amara Diallo" in text
    assert "Luis" not in text
    assert not Report.objects.visible_to(luis.staff).exists()


def test_about_the_team_the_reporter_is_told_that_it_went_outside(browser, team, ines, amara):
    text = page(browser.post("/report", {"text": "Luis shouted", "about_team": "on"}))
    assert "Ines Outside" in text
    assert "Amara" not in text
    assert not Report.objects.visible_to(amara.staff).exists()


def test_a_tick_for_someone_who_has_left_refuses_nothing(browser, team, luis, at):
    StaffMember.objects.filter(id=luis.staff.id).update(ended_at=at)
    assert code_in(browser.post("/report", TEXT | {"keep_out": [luis.staff.id.hex[:ID_LENGTH]]}))


def test_a_post_travels_along_sealed_and_the_form_shows_nothing_of_it(browser, team, post, at):
    form = browser.get(f"/report?post={post.id}")
    assert str(post.id) in page(form)
    assert post.text not in page(form)
    code_in(browser.post("/report", TEXT | {"post": str(post.id)}))
    source = told_to(team[0], at).source
    assert (source.excerpt, source.author, source.room) == (post.text, "Tomas", "Hall 1")


def test_an_event_of_long_ago_anywhere_is_taken(browser, team, at):
    code_in(browser.post("/report", TEXT | {"when": "in 2009", "where": "by letter"}))
    assert told_to(team[0], at).where == "by letter"


def test_behind_the_code_lie_our_answers_and_room_for_more(browser, team, amara, at):
    code = code_in(browser.post("/report", TEXT))
    (report,) = Report.objects.all()
    acknowledge_report(report, answer="Thank <you>.", by=amara.staff, keyring=amara.keyring, at=at)
    opened = open_box(browser, code.replace(" ", "-").lower())
    assert "Thank &lt;you&gt;." in opened.content.decode()
    added = browser.post(
        "/report/box/words",
        {"words": "More.", "csrfmiddlewaretoken": token_in(opened)},
        follow=True,
    )
    assert "has been added" in page(added)
    assert [said.text for said in read_words(report, keyring=amara.keyring)] == [
        "Thank <you>.",
        "More.",
    ]


def test_words_that_come_too_late_are_given_back(browser, team):
    token = token_in(browser.get("/report/box"))
    late = browser.post("/report/box/words", {"words": "kept", "csrfmiddlewaretoken": token})
    assert "kept" in page(late)
    assert "is not sent yet" in page(late)


@pytest.mark.parametrize("typed", ["", "nonsense", "0000-0000-0000-0000-0000", "é\x00" * 99])
def test_a_code_that_opens_nothing_is_answered_alike(browser, team, typed):
    assert "Nothing opens with this code" in page(open_box(browser, typed))


def test_a_closed_box_is_shut_in_this_browser(browser, team):
    opened = open_box(browser, code_in(browser.post("/report", TEXT)))
    browser.post("/report/box/close", {"csrfmiddlewaretoken": token_in(opened)})
    assert "Your code" in page(browser.get("/report/box"))


def test_the_code_stands_in_no_address(browser, team):
    code = code_in(browser.post("/report", TEXT))
    token = token_in(browser.get("/report/box"))
    moved = browser.post("/report/box", {"code": code, "csrfmiddlewaretoken": token})
    assert moved["Location"] == "/report/box"


def open_box(browser: Client, typed: str):
    token = token_in(browser.get("/report/box"))
    return browser.post("/report/box", {"code": typed, "csrfmiddlewaretoken": token}, follow=True)


def token_in(response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[1]


@pytest.mark.clauses("K-CONF-1", "K-PRIV-1")
def test_what_the_reporter_reads_tells_nobody_who_is_close_to_the_author_of_a_post(
    browser, team, luis, ines, post, at
):
    """Ties of none, of one and of all who read, and an author who reads reports: one answer, letter for letter."""

    def told_from_post():
        answer = page(browser.post("/report", TEXT | {"post": str(post.id)}))
        return re.sub(CODE, "", re.sub(r"\d\d:\d\d(:\d\d)?|nonce=\S+", "", answer))

    author = post.registration.person
    with_no_ties = told_from_post()
    declare_tie(luis.staff, person=author, at=at)
    assert told_from_post() == with_no_ties
    assert Report.objects.first() not in Report.objects.visible_to(luis.staff)
    declare_tie(team[0].staff, person=author, at=at)
    assert told_from_post() == with_no_ties
    assert Report.objects.filter(outside=True).count() == 1
    Registration.objects.filter(id=post.registration_id).update(person=luis.staff.person)
    assert told_from_post() == with_no_ties


def test_whoever_is_named_in_the_text_is_not_among_those_it_goes_to(browser, team):
    text = page(browser.post("/report", {"text": "luis was rude to me"}))
    assert "Amara Diallo" in text
    assert "Luis" not in text


def test_another_language_keeps_what_was_typed_and_sends_nothing(browser, team, luis):
    typed = {
        "text": "He wrote <again>",
        "when": "yesterday",
        "keep_out": [luis.staff.id.hex[:ID_LENGTH]],
    }
    assert 'value="ar" formaction="/ar/report"' in page(browser.get("/report"))
    answer = browser.post("/ar/report", typed | {"danger": "on", "nonce": "ab" * 16, "in": "ar"})
    form = page(answer)
    assert 'action="/ar/report"' in form
    assert 'lang="ar" dir="rtl"' in form
    assert answer["Content-Language"] == "ar"
    assert "He wrote <again>" in form
    assert 'value="yesterday"' in form
    assert 'value="' + "ab" * 16 in form
    assert re.search(rf'value="{luis.staff.id.hex[:ID_LENGTH]}"[^>]* checked', form)
    assert not Report.objects.exists()


def test_another_language_scolds_nobody_for_an_empty_box(browser, team):
    form = page(browser.post("/fr/report", {"text": "", "in": "fr"}))
    assert 'lang="fr"' in form
    assert 'class="errors"' not in form


@pytest.mark.parametrize("code", ["", "xx", "../fr"])
def test_a_language_that_is_none_of_ours_is_an_ordinary_sending(browser, team, code):
    assert code_in(browser.post("/report", {"text": "He wrote again", "in": code}))
