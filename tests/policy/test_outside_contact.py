"""When nobody on the team may read it, somebody outside does, by a narrow door of their own."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from concord.access.gate import is_admitted
from concord.actions.audit import audit
from concord.cases.accept_hand_over import accept_hand_over
from concord.cases.add_party import add_party
from concord.cases.alarm_caseless import alarm_caseless
from concord.cases.ask_for_deputy import ask_for_deputy
from concord.cases.hand_to_team import hand_to_team
from concord.cases.models import Case
from concord.cases.recuse import recuse, take_out
from concord.cases.take_up import take_up
from concord.cases.write_note import write_note
from concord.concurrence.propose import propose, revise
from concord.ledger.models import Entry
from concord.letterbox.models import Reading
from concord.letterbox.session import LIFETIME
from concord.monitoring.models import Flag
from concord.monitoring.ring import NOTICE, send_notice
from concord.monitoring.screeners import make_screener
from concord.outbox.models import Job
from concord.people.declare_tie import declare_tie
from concord.people.end_designation import end_designation
from concord.people.tests.team import Mailbox
from concord.reports.alarm_unanswered import alarm_unanswered
from concord.reports.alarm_untold import alarm_untold
from concord.reports.models import Report, State
from concord.reports.outside import Outside
from concord.reports.tell_status import tell_status
from concord.site.answers import OutsideContact as Iris
from concord.site.founding import name_contact
from concord.vault import files, recovery
from concord.vault.errors import NoGrant
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, Desk, case_about_karim, flagged, terms_for
from tests.looking_again import another_receiver

CODE = re.compile(r'<output class="code"[^>]*><bdi dir="ltr">([0-9A-Z ]{24})</bdi>')
TOLD = "One of you shouted at me in the corridor."


def report(**typed: object) -> Browser:
    return Browser().open("/report").press("Send", **typed)


def code_in(page: Browser) -> str:
    found = CODE.search(page.page)
    assert found
    return found[1]


def box(code: str) -> Browser:
    return Browser().open("/report/box").press("Open", code=code)


def elena(cast: Cast) -> Browser:
    """The outside contact, past what they are asked to keep."""
    browser = box(cast.outside_code)
    return browser.press("I keep it to myself") if browser.sees("What you keep") else browser


def finds_nothing_of_it(desk: Desk, found: Report) -> bool:
    """No row, no count, no page, no notice."""
    browser = at_the_desk(desk)
    return (
        found.code not in browser.open("/").page
        and browser.open(f"/reports/{found.id}").status == 404
        and not Report.objects.visible_to(desk.staff).exists()
        and not Job.objects.filter(kind=NOTICE, subject=desk.id).exists()
    )


@pytest.mark.clauses("I-WHO-1", "I-INFORM-1", "I-STAFF-1", "K-CONF-1", "K-WHO-1", "S-REPORTED-1")
def test_about_the_team_the_person_outside_reads_it_answers_and_the_team_finds_nothing(
    cast: Cast, mailbox: Mailbox
) -> None:
    proof = SimpleUploadedFile("a.txt", b"proof")
    sent = report(text=TOLD, about_team="on", hear="done", attached=proof)
    assert sent.sees("Elena Ruiz")
    found, code = Report.objects.get(), code_in(sent)
    for desk in (cast.amara, cast.luis, cast.noor, cast.ravi, cast.ines):
        assert finds_nothing_of_it(desk, found)
    send_notice(Job.objects.get(kind=NOTICE, subject=cast.outside.holder), at=timezone.now())
    notice = mailbox.arrive()
    assert notice["to"] == "elena@outside.example"
    assert "/report/box" in notice["body"]
    assert found.code not in notice["body"] + notice["subject"]

    first = box(cast.outside_code)
    assert first.sees("What you read here stays with you")
    assert found.code not in first.page
    refused = box(cast.outside_code).open(f"/report/box/kept/{found.id}")
    assert TOLD not in refused.page
    inside = first.press("I keep it to myself")
    assert inside.sees(found.code)
    page = inside.follow(found.code)
    assert page.sees(TOLD)
    assert page.press("Answer", answer="Tell us who it was?").sees("Your answer lies in their box")
    assert box(code).sees("Tell us who it was?")
    found.refresh_from_db()
    assert (found.state, bool(found.acknowledged_at)) == (State.ACKNOWLEDGED, True)
    assert page.press("Answer", answer="Please meet him and talk it over.").status == 409
    assert "Please meet him and talk it over." in page.page
    assert (
        page.open(f"/report/box/kept/{found.id}")
        .press("Something was done", reason="They talked.")
        .sees("They talked.")
    )
    theirs = box(code)
    assert theirs.sees("Something was done about it, by the person outside the team.")
    assert "They talked." not in theirs.page
    later = timezone.now() + timedelta(days=91)
    assert (tell_status(None, at=later), alarm_untold(None, at=later)) == (0, 0)
    read = Entry.objects.filter(verb="reports.read", actor=cast.outside.holder)
    assert read.count() >= 2
    assert not page.open(f"/report/box/kept/{found.id}").sees("Who takes it?")
    assert '<textarea id="reason"' not in page.page
    Report.objects.update(acted_outside=None)  # noted as done before that was asked
    page.open(page.path).press("Something was done")
    found.refresh_from_db()
    assert found.acted_outside
    assert page.sees("They talked.")


@pytest.mark.clauses("I-WHO-1", "I-STAFF-1", "K-CONF-1")
def test_whoever_of_the_team_is_named_finds_nothing_and_another_reads_it(cast: Cast) -> None:
    sent = report(text="AMARA laughed when I told her.")
    found = Report.objects.get()
    assert not sent.sees("Amara,")
    assert sent.sees("Luis")
    assert finds_nothing_of_it(cast.amara, found)
    assert at_the_desk(cast.luis).open(f"/reports/{found.id}").sees("laughed when I told her")
    assert Job.objects.filter(kind=NOTICE, subject=cast.luis.id).exists()
    assert not elena(cast).sees(found.code)


@pytest.mark.clauses("I-WHO-1", "K-WISH-1")
def test_the_reporter_lets_one_person_in_and_nobody_else(cast: Cast) -> None:
    code = code_in(report(text=TOLD, about_team="on"))
    found = Report.objects.get()
    choices = box(code).follow("Change what you decided")
    changed = choices.press("Change it", let_in=[str(cast.luis.staff.id)])
    assert changed.sees("It counts from now on")
    assert box(code).follow("Change what you decided").sees("You let in: Luis")
    elena(cast)
    luis = at_the_desk(cast.luis)
    assert luis.open(f"/reports/{found.id}").sees(TOLD)
    assert finds_nothing_of_it(cast.amara, found)
    assert luis.press("Take it into a case").status == 200
    assert Case.objects.get().coordinator == cast.luis.staff
    assert Case.objects.get().deputy is None
    box(code).follow("Change what you decided").press(
        "Change it", keep_out=[str(cast.luis.staff.id)]
    )
    assert luis.open(f"/reports/{found.id}").status == 404


@pytest.mark.clauses("I-WHO-1", "K-CONF-1")
def test_it_is_handed_on_only_to_whom_the_reporter_did_not_keep_out(cast: Cast) -> None:
    everyone = [str(one.staff.id) for one in (cast.amara, cast.luis, cast.ravi)]
    code = code_in(report(text=TOLD, keep_out=everyone))
    found = Report.objects.get()
    page = elena(cast).open(f"/report/box/kept/{found.id}")
    assert page.sees("It can go to nobody on the team")
    forced = page.post(f"/report/box/kept/{found.id}/hand", to=str(cast.luis.staff.id))
    assert forced.status == 403
    box(code).follow("Change what you decided").press("Change it", let_in=[str(cast.luis.staff.id)])
    assert files.OwedGrant.objects.filter(file=found.file, holder=cast.luis.id).exists()
    page = elena(cast).open(f"/report/box/kept/{found.id}")
    assert at_the_desk(cast.luis).open(f"/reports/{found.id}").sees(TOLD)
    assert finds_nothing_of_it(cast.amara, found)


def test_a_broken_promise_is_shown_to_them_without_a_word_of_the_report(cast: Cast) -> None:
    report(text=TOLD)
    past = timezone.now() - timedelta(days=2)
    Report.objects.update(answer_by=past, received_at=past)
    alarm_unanswered(None, at=timezone.now())
    page = elena(cast)
    found = Report.objects.get()
    assert page.sees("Promises that were not kept")
    assert page.sees(found.code)
    assert page.open(f"/report/box/kept/{found.id}").status == 404


def test_the_door_is_open_for_twenty_minutes_and_nobody_else_finds_it(cast: Cast) -> None:
    code = code_in(report(text=TOLD, about_team="on"))
    found = Report.objects.get()
    browser = elena(cast)
    Reading.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert timedelta(minutes=20) == LIFETIME
    for other in (browser, Browser(), box(code), at_the_desk(cast.amara)):
        page = other.open(f"/report/box/kept/{found.id}")
        assert TOLD not in page.page
        assert found.code not in other.open("/report/box/kept").page


@pytest.mark.clauses("I-WHO-1", "R-COORD-1")
def test_a_case_whose_every_reader_steps_out_is_theirs_at_once(cast: Cast) -> None:
    case = case_about_karim(cast)
    write_note(case, text="Seen.", by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)
    assert not elena(cast).follow("Cases that lie with you").sees(case.code)
    for desk in (cast.noor, cast.amara, cast.luis):
        recuse(case, who=desk.id, by=desk.staff, keyring=desk.keyring, at=cast.at)
        assert finds_nothing_of_case(desk, case)
    assert Job.objects.filter(kind=NOTICE, subject=cast.outside.holder).exists()
    assert elena(cast).follow("Cases that lie with you").follow(case.code).sees("Seen.")
    assert Entry.objects.filter(verb="cases.read_case", actor=cast.outside.holder).exists()
    case.refresh_from_db()
    assert case.is_unstaffed
    assert_two_who_came_since_decide_it(cast, case)


def assert_two_who_came_since_decide_it(cast: Cast, case: Case) -> None:
    """Elena signs nothing: she hands it to one who is new, who asks a second one in; they act, and nobody else."""
    page = elena(cast).open(f"/report/box/kept/cases/{case.id}")
    assert page.sees("Nobody on the team can open this")
    assert page.sees("Nobody yet.")
    for involved in (cast.amara, cast.luis):
        page.post(page.path, to=str(involved.staff.id))
        assert (page.status, finds_nothing_of_case(involved, case)) == (403, True)
    mina = another_receiver(cast)
    page.open(page.path).press("Hand it on", to=str(mina.staff.id))
    assert page.sees("It is with them now. You can still read it.")
    assert Job.objects.filter(kind=NOTICE, subject=mina.id).exists()
    desk = at_the_desk(mina).open(f"/cases/{case.id}")
    assert desk.sees("Seen.")
    assert desk.sees("The outside contact handed it to somebody on the team")
    inside = Outside(cast.outside, cast.outside_key)
    assert hand_to_team(case, to=mina.staff, by=inside, at=cast.at).coordinator == mina.staff
    assert Entry.objects.filter(verb="cases.hand_to_team").count() == 1
    another = case_about_karim(cast)
    for keyring in (cast.outside_key, cast.amara.keyring):  # the first holds none of it
        with pytest.raises(NoGrant):
            hand_to_team(another, to=mina.staff, by=Outside(cast.outside, keyring), at=cast.at)
    by_mina = {"by": mina.staff, "keyring": mina.keyring, "at": cast.at}
    proposal = propose(case, terms=terms_for(cast), **by_mina)
    desk.open(f"/proposals/{proposal.id}")
    assert desk.sees("Have somebody brought in who is close to nobody in it")
    zoe = another_receiver(cast, "zoe")
    forced = page.post(page.path, to=str(zoe.staff.id))
    assert forced.sees("asks for a second one themself")
    revise(proposal, terms=terms_for(cast), **by_mina)
    agrees = at_the_desk(zoe).open("/")
    assert agrees.sees(proposal.code)
    accept_hand_over(ask_for_deputy(case, to=zoe.staff, **by_mina), by=zoe.staff, at=cast.at)
    agrees.open(f"/proposals/{proposal.id}")
    assert agrees.press("I agree").sees("Zoe agreed") or agrees.status == 200
    assert not is_admitted(cast.karim.person_id, cast.hall.places, at=timezone.now())
    assert audit() == []
    for desk_of in (cast.amara, cast.luis, cast.noor):
        assert finds_nothing_of_case(desk_of, case)


@pytest.mark.clauses("I-WHO-1", "K-CONF-1", "K-NAME-1")
def test_whoever_stepped_out_of_a_case_does_not_get_its_report_again_by_any_door(
    cast: Cast,
) -> None:
    code = code_in(report(text="He followed me home."))
    found = Report.objects.get()
    luis = cast.luis
    case = take_up(found, by=luis.staff, keyring=luis.keyring, at=cast.at)
    for desk in (cast.ravi, cast.amara):
        recuse(case, who=desk.id, by=desk.staff, keyring=luis.keyring, at=cast.at)
    at_work = at_the_desk(luis).open("/")
    page = elena(cast).open(f"/report/box/kept/{found.id}")
    assert page.sees("He followed me home.")
    forced = page.post(f"/report/box/kept/{found.id}/hand", to=str(cast.amara.staff.id))
    assert forced.status == 403
    out = [str(cast.amara.staff.id)]
    box(code).follow("Change what you decided").press("Change it", keep_out=out)
    box(code).follow("Change what you decided").press("Change it", let_in=out)
    at_work.open("/")
    assert not Report.objects.visible_to(cast.amara.staff).exists()

    add_party(case, role="witness", name="Tomas Vega", by=luis.staff, at=cast.at)
    page.open(f"/report/box/kept/{found.id}")
    assert page.press("Answer", answer="Tomas Vega saw it too.").status == 409
    page.open(f"/report/box/kept/{found.id}")
    assert page.press("Answer", answer="We look into it.").sees("Your answer lies in their box")


def test_whoever_left_the_team_is_no_reader_that_a_case_could_count_on(cast: Cast) -> None:
    case = case_about_karim(cast)
    files.grant(case.file, to=cast.noor.id, by=cast.amara.keyring, at=cast.at)
    for left in (cast.luis, cast.noor):
        end_designation(left.staff, by=None, at=cast.at)
    amara = cast.amara
    recuse(case, who=amara.id, by=amara.staff, keyring=amara.keyring, at=cast.at)
    assert files.may_open(case.file, cast.outside.holder)


def test_what_nobody_could_seal_to_them_is_sealed_when_recovery_is_put_together(
    cast: Cast,
) -> None:
    case = case_about_karim(cast)
    for desk in (cast.amara, cast.luis):
        take_out(case, who=desk.id, by=None, at=cast.at)
    assert not files.may_open(case.file, cast.outside.holder)
    shares = recovery.remake(secret=recovery.combine(cast.shares[:2]), at=cast.at)
    assert files.may_open(case.file, cast.outside.holder)
    assert elena(cast).follow("Cases that lie with you").sees(case.code)
    secret = recovery.combine(shares[:2])
    code = name_contact(Iris("Iris Blom", "i@outside.example"), voucher=secret, at=cast.at)
    recovery.remake(secret=secret, at=cast.at)
    iris = box(code).press("I keep it to myself").follow("Cases that lie with you")
    assert iris.follow(case.code).sees("Nobody on the team can open this")
    by_elena = Outside(cast.outside, cast.outside_key)
    with pytest.raises(NoGrant):  # she reads it still, and hands it to nobody any more
        hand_to_team(case, to=cast.noor.staff, by=by_elena, at=timezone.now())


def finds_nothing_of_case(desk: Desk, case: Case) -> bool:
    return not Case.objects.visible_to(desk.staff).filter(id=case.id).exists()


@pytest.mark.clauses("K-CONF-1", "R-MONITOR-1")
def test_what_screening_saw_of_somebody_close_to_everybody_is_read_whole_outside(
    cast: Cast,
) -> None:
    for desk in (cast.amara, cast.luis, cast.noor):
        declare_tie(desk.staff, person=cast.karim.person, at=cast.at)
    make_screener(cast.convening.id)
    for text in ("Women are so stupid", "I will kill you"):
        cast.say(cast.karim, text)
    flag = Flag.objects.get()
    assert not any(Flag.objects.visible_to(desk.staff) for desk in (cast.amara, cast.luis))
    page = elena(cast).open(f"/report/box/kept/flags/{flag.id}").page
    assert page.index("I will kill you") < page.index("Women are so stupid")


def inside_for_the_first_time(cast: Cast) -> Browser:
    return box(cast.outside_code).press("I keep it to myself")


@pytest.mark.clauses("P-ZERO-1", "R-FLAG-1")
def test_a_flag_that_nobody_on_the_team_may_read_ends_in_what_the_person_outside_says_of_it(
    cast: Cast,
) -> None:
    for desk in (cast.amara, cast.luis, cast.noor):
        declare_tie(desk.staff, person=cast.karim.person, at=cast.at)
    flag = flagged(cast)
    shelf = inside_for_the_first_time(cast)
    page = shelf.follow(flag.code)
    assert page.press("No action was needed", reason=" ").sees("what was done, or why nothing")
    assert not page.sees("Hand it on")
    page.press("It needed action, and is dealt with", reason="The police know.")
    assert page.sees("Noted as done")
    assert page.sees("The police know.")
    assert "<textarea" not in page.page
    flag.refresh_from_db()
    assert (flag.credible, flag.judged_by) == (True, cast.outside.holder)
    page.post(f"/report/box/kept/flags/{flag.id}", credible="no", reason="Another thing.")
    flag.refresh_from_db()
    assert flag.credible
    assert page.open("/report/box/kept").sees(f"{flag.code} done")
    stranger = Browser().post(f"/report/box/kept/flags/{flag.id}", reason="x")
    assert not stranger.sees(flag.code)


def test_somebody_who_came_since_and_is_close_to_nobody_in_it_is_handed_the_flag(
    cast: Cast,
) -> None:
    for desk in (cast.amara, cast.luis, cast.noor):
        declare_tie(desk.staff, person=cast.karim.person, at=cast.at)
    flag = flagged(cast)
    mina = another_receiver(cast)
    page = inside_for_the_first_time(cast).follow(flag.code)
    assert not page.sees("Amara")
    page.post(f"/report/box/kept/flags/{flag.id}/hand", to=str(cast.amara.staff.id))
    assert page.status == 403
    page.open(f"/report/box/kept/flags/{flag.id}").press("Hand it on", to=str(mina.staff.id))
    assert page.sees("It is with them now")
    desk = at_the_desk(mina).open("/").follow(flag.code)
    assert desk.press("It needs action", reason="A threat.").sees("You coordinate this.")


def test_what_came_back_from_outside_and_nobody_may_coordinate_is_with_them_again(
    cast: Cast,
) -> None:
    for desk in (cast.amara, cast.luis, cast.noor):
        declare_tie(desk.staff, person=cast.karim.person, at=cast.at)
    flag = flagged(cast)
    cast.noor.staff.ties.all().delete()
    page = inside_for_the_first_time(cast).follow(flag.code)
    page.press("Hand it on", to=str(cast.noor.staff.id))
    noor = at_the_desk(cast.noor).open("/").follow(flag.code)
    assert noor.press("It needs action", reason="A threat.").sees("contact reads it now")
    assert not noor.open("/").sees(flag.code)
    assert alarm_caseless(None, at=timezone.now() + timedelta(days=1)) == 0


@pytest.mark.clauses("P-ZERO-1", "R-COORD-1")
def test_what_nobody_may_coordinate_goes_outside_with_its_judgement_and_ends_there(
    cast: Cast,
) -> None:
    for desk in (cast.amara, cast.luis):
        declare_tie(desk.staff, person=cast.karim.person, at=cast.at)
    flag = flagged(cast)
    noor = at_the_desk(cast.noor).open(f"/flags/{flag.id}")
    noor.press("It needs action", reason="It urges her to hurt herself.")
    assert noor.sees("The outside contact reads it now")
    flag.refresh_from_db()
    assert flag.credible
    assert not noor.open("/").sees(flag.code)  # it is with her now
    page = inside_for_the_first_time(cast).follow(flag.code)
    assert page.sees("It urges her to hurt herself.")
    page.press("It is dealt with", reason="He was called and stays away.")
    assert page.sees("He was called and stays away.")
    assert not noor.open("/").sees(flag.code)
    assert noor.open(f"/flags/{flag.id}").sees("He was called and stays away.")
