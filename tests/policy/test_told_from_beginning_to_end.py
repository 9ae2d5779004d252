"""Longer stories: paid back after a case, insulted for having handled one, taken for another, named on the team."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.actions.models import ReviewRequest
from concord.cases.add_party import add_party
from concord.cases.models import Case, LinkedCase
from concord.concurrence.models import Decision
from concord.evasion.models import Match
from concord.ledger.models import Entry
from concord.monitoring.flag_post import flag_post
from concord.monitoring.models import Flag
from concord.outbox.models import Job
from concord.people.tests.team import Mailbox
from concord.policy.violations import KINDS
from concord.reports.models import Report
from tests.browsing import Browser, at_the_desk, into
from tests.cast import Cast, case_about_karim, closed, participant
from tests.looking_again import another_receiver, decided

pytestmark = pytest.mark.django_db
SHORT = {"grounds": "violation", "is_safe": "on", "posts": ""}
CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z -]{20,30})</bdi>')


@pytest.mark.clauses("V-RETAL-1", "V-RETAL-2", "V-ASSIST-1", "V-CONFID-1")
def test_a_friend_pays_a_witness_back_others_cheer_and_each_has_a_decision_of_their_own(
    cast: Cast,
) -> None:
    """PUB-17."""
    old = case_about_karim(cast)
    add_party(
        old, role="witness", name="Tomas Vega", person_id=cast.tomas.person_id, by=cast.amara.staff,
        at=cast.at,
    )  # fmt: skip
    old = closed(cast, old, at=cast.at)
    omar = participant(cast.convening, "Omar Said", "omar@example.org", cast.at)
    lena = participant(cast.convening, "Lena Kurz", "lena@example.org", cast.at)
    posted = cast.say(omar, "Tomas Vega works at the ministry, third floor. Pass it on.")
    cheered = cast.say(lena, "Thank you Omar, everybody should know.")
    flag = flag_post(posted, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    amara, luis = at_the_desk(cast.amara), at_the_desk(cast.luis)
    for reader in (amara, luis):
        assert reader.open("/").sees("May be retaliation")
        assert reader.sees("urgent")
    for other in (cast.noor, cast.ravi, cast.ines):
        assert not at_the_desk(other).open("/").sees("May be retaliation")
    luis.follow("May be retaliation").press("It belongs to the older case")
    luis.open(f"/flags/{flag.id}").press("It needs action", reason="It tells where he works.")
    new = Case.objects.exclude(id=old.id).get()
    assert LinkedCase.objects.get().older == old
    assert luis.open(f"/cases/{new.id}").sees(old.code)
    desk = luis if new.coordinator == cast.luis.staff else amara
    colleague = amara if desk is luis else luis
    desk.open(f"/cases/{new.id}/people").press("Keep it", role="assisted", name="Lena Kurz")
    assert desk.sees("Person reported: helped, or cheered it on")
    for who, items, reason in (
        (omar, ["retal", "confid"], "He published where a witness works."),
        (lena, ["assist"], "She cheered it on."),
    ):
        desk.open(f"/cases/{new.id}/propose")
        steps = {f"step_{one.person_id}": "revoke" if one is who else "" for one in (omar, lena)}
        typed = {**SHORT, **steps, "violations": items, "reason": reason}
        desk.press("See what it does", **typed).press("Ask for a second yes")
        colleague.open(desk.path)
        assert all(colleague.sees(str(KINDS[item].name)) for item in items)
        colleague.press("I agree")
    assert Decision.objects.filter(case=new).count() == 2
    assert cheered.id != posted.id
    for who in (omar, lena):
        assert not is_admitted(who.person_id, cast.hall.places, at=timezone.now())
    assert is_admitted(cast.tomas.person_id, cast.hall.places, at=timezone.now())


@pytest.mark.clauses("V-RETAL-3", "V-RETAL-1")
def test_a_coordinator_insulted_over_a_past_case_does_not_handle_the_insult(cast: Cast) -> None:
    """PUB-28."""
    old = closed(cast, case_about_karim(cast), at=cast.at)
    omar = participant(cast.convening, "Omar Said", "omar@example.org", cast.at)
    post = cast.say(omar, "Amara threw Karim out. Amara should be ashamed, and watch her back.")
    flag_post(post, words="", by=cast.tomas.person_id, by_staff=False, at=cast.at)
    luis = at_the_desk(cast.luis).open("/")
    assert luis.sees("May be retaliation")
    assert not at_the_desk(cast.noor).open("/").sees("May be retaliation")
    luis.follow("May be retaliation").press("It belongs to the older case")
    luis.open(f"/flags/{Flag.objects.get(post=post).id}").press(
        "It needs action", reason="A threat to a colleague, for what she did for us."
    )
    new = Case.objects.exclude(id=old.id).get()
    assert new.coordinator == cast.luis.staff
    assert new.deputy != cast.amara.staff
    amara = at_the_desk(cast.amara)
    assert amara.open(f"/cases/{new.id}").status == 404
    assert not amara.open("/").sees(new.code)


@pytest.mark.clauses("R-EVADE-1", "K-PRIV-1", "P-DIGNITY-1")
def test_somebody_taken_for_another_is_let_in_again_and_never_learns_for_whom(
    cast: Cast, mailbox: Mailbox
) -> None:
    """PUB-27."""
    mina = another_receiver(cast)
    decided(cast)
    nadia = Browser().open("/e/votes/register")
    nadia.press(
        "Send me a link", display_name="Nadia", address="karimhaddad+nadia@gmail.com"
    ).press("Go in", code=mailbox.code())
    into(nadia, cast.hall)
    assert nadia.status == 403
    refused = nadia.words
    nadia.follow("This is not me").press("Send it", words="I never wrote anything here.")
    told = CODE.search(nadia.page)
    assert told
    asked = ReviewRequest.objects.get()
    assert asked.reviewer == mina.id, "somebody who had no part in it"
    hours = asked.answer_due_at - asked.filed_at
    assert hours <= timedelta(hours=24), "while the event runs"
    desk = at_the_desk(mina).open(f"/reviews/{asked.id}")
    desk.press("Decide it", outcome="overturned", reason="Another person at the same mailbox.")
    assert into(nadia, cast.hall).status == 200, "at once"
    assert Match.objects.get().state == "undone"
    box = Browser().open("/review/box").press("Open", code=told[1])
    assert box.sees("We are sorry for the trouble.")
    mailbox.arrive()
    letters = [one["body"] for one in mailbox if "nadia" in str(one).lower()]
    for words in (refused, nadia.words, box.words, *letters):
        assert "Karim" not in words
        assert "hurt yourself" not in words
        assert "violat" not in words.lower()
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=timezone.now())


@pytest.mark.parametrize("named", ["Amara", "AMARA's", "amàra", "@amara"])
@pytest.mark.clauses("I-WHO-1", "I-STAFF-1", "K-CONF-1", "V-RETAL-3")
def test_a_coordinator_who_is_named_finds_no_trace_and_the_reporter_is_told_who_reads(
    cast: Cast, named: str
) -> None:
    """PUB-10, by any part and spelling of the name."""
    amara = at_the_desk(cast.amara)
    before = amara.open("/").words
    sent = Browser().open("/report").press("Send", text=f"It was {named} who mocked me.")
    assert sent.sees("Luis")
    assert not re.search(r"\bAmara\b", sent.words)
    found = Report.objects.get()
    assert amara.open("/").words == before, "no row, and no count"
    for path in (f"/reports/{found.id}", f"/reports/{found.id}/same", f"/reports/{found.id}/code"):
        assert amara.open(path).status == 404
    assert not Job.objects.filter(kind="monitoring.notice", subject=cast.amara.id).exists()
    luis = at_the_desk(cast.luis).open(f"/reports/{found.id}")
    luis.press("Take it into a case")
    case = Case.objects.get()
    assert case.coordinator == cast.luis.staff
    assert case.deputy != cast.amara.staff
    assert amara.open(f"/cases/{case.id}").status == 404
    assert amara.open("/").words == before
    told = Entry.objects.filter(subject__in=[found.id, case.id], actor=cast.amara.id)
    assert not told.exclude(verb="refused").exists()


@pytest.mark.clauses("I-WHO-1", "K-CONF-1")
def test_a_report_about_somebody_on_the_team_goes_outside_and_the_form_says_so(
    cast: Cast,
) -> None:
    """PUB-10, with the tick."""
    sent = (
        Browser().open("/report").press("Send", text="One of you laughed at me.", about_team="on")
    )
    assert sent.sees("Elena Ruiz")
    found = Report.objects.get()
    assert found.outside
    for desk in (cast.amara, cast.luis, cast.noor, cast.ravi):
        assert at_the_desk(desk).open(f"/reports/{found.id}").status == 404
