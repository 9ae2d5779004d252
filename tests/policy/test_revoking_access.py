"""Access may be taken away at any time, and what was written goes from every page; nothing else changes."""

from __future__ import annotations

import pytest

from concord.access.gate import is_admitted
from concord.cases.read_case import read_case
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision
from concord.concurrence.terms import Target
from concord.people.tests.team import Mailbox
from concord.spaces.models import Post
from concord.spaces.streams import authorise_room
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, case_about_karim, opened, participant, proposed, terms_for

CRUEL = "Sara, go and hurt yourself, nobody wants you here"


def decided(cast: Cast, **changes: object) -> Decision:
    """Amara proposed, Luis agreed."""
    version = opened(proposed(cast, **changes).version, cast.luis, cast.at)
    agreed = concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return agreed.execution.decision


def out_of(cast: Cast, kind: str, **until: object) -> tuple[Target, ...]:
    place = {"session": cast.hall.session_id, "convening": cast.convening.id, "all": None}[kind]
    ends = until or {"until_at": cast.later(hours=24)}
    return (
        Target("revoke", cast.karim.person_id, "Karim", scope_kind=kind, scope_id=place, **ends),
    )


def may_listen(browser: Browser, cast: Cast) -> bool:
    grant = authorise_room(browser.session_key, "localhost", [cast.hall.stream])
    return grant is not None


@pytest.mark.clauses("A-REVOKE-1", "R-ACT-REVOKE")
def test_in_mid_session_the_next_post_page_flag_and_stream_are_refused(
    cast: Cast, mailbox: Mailbox
) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    karim.press("Send", text=CRUEL)
    assert (karim.status, may_listen(karim, cast)) == (200, True)
    decided(cast)
    karim.press("Send", text="and one more thing")
    assert (karim.status, karim.sees("and one more thing")) == (403, True)
    assert karim.sees("You do not have access to this place at the moment.")
    assert karim.open(f"/r/{cast.hall.id}").status == 403
    assert karim.open(f"/r/{cast.hall.id}/flag").status == 403
    assert karim.post(f"/r/{cast.hall.id}/flag", words="Look at her!").status == 403
    assert not may_listen(karim, cast)
    assert Post.objects.filter(registration=cast.karim, removed=False).count() == 0


@pytest.mark.clauses("R-ACT-REVOKE", "A-REVOKE-1")
def test_out_of_one_session_leaves_the_others_open(cast: Cast, mailbox: Mailbox) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    decided(cast)
    assert karim.open(f"/r/{cast.hall.id}").status == 403
    assert into(karim, cast.annex).status == 200
    karim.press("Send", text="I am here now.")
    assert karim.sees("I am here now.")


@pytest.mark.clauses("R-ACT-REVOKE")
@pytest.mark.parametrize("scope", ["convening", "all"])
def test_out_of_everything_shuts_every_door(cast: Cast, mailbox: Mailbox, scope: str) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    decided(cast, targets=out_of(cast, scope))
    for room in (cast.hall, cast.annex):
        assert karim.open(f"/r/{room.id}").status == 403
    karim.open("/e/votes/register").press("Take part", display_name="Someone else")
    assert karim.status == 403
    cast.karim.refresh_from_db()
    assert cast.karim.display_name == "Karim Haddad"
    if scope == "all":
        assert by_mail("karim.haddad@gmail.com", mailbox).status == 403


@pytest.mark.clauses("R-ACT-REVOKE")
def test_it_ends_on_its_day_by_itself(cast: Cast) -> None:
    decision = decided(cast)
    assert decision.until_at == cast.later(hours=24)
    places = cast.hall.places
    assert not is_admitted(cast.karim.person_id, places, at=cast.later(hours=23, minutes=59))
    assert is_admitted(cast.karim.person_id, places, at=cast.later(hours=24))


@pytest.mark.clauses("R-ACT-DELETE")
def test_a_deleted_post_is_gone_for_everyone_and_stays_sealed_in_the_case(
    cast: Cast, mailbox: Mailbox
) -> None:
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    decision = decided(cast)
    sara.open(f"/r/{cast.hall.id}")
    assert sara.sees("A message was removed.")
    assert not sara.sees("hurt yourself")
    for query in ("?after=0", "?before=99", "?answer=1"):
        assert not sara.open(f"/r/{cast.hall.id}{query}").sees("hurt yourself")
    assert not Post.objects.exclude(text="").filter(registration=cast.karim).exists()
    kept = read_case(
        decision.case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at
    ).evidence
    assert [copy["text"] for copy in kept] == [CRUEL]


@pytest.mark.clauses("A-UNIT-1")
def test_what_a_colleague_agrees_to_is_what_happens_and_no_more(
    cast: Cast, mailbox: Mailbox
) -> None:
    colleague = participant(cast.convening, "Karima Haddad", "karima@ministry.example", cast.at)
    cast.say(cast.karim, "An older message of mine")
    cast.say(colleague, "I only work in the same office.")
    proposal = proposed(cast)
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees("1 person loses access")
    assert luis.sees("2 posts deleted")
    assert luis.sees("nobody else")
    luis.press("I agree")
    warrants = Decision.objects.get().execution.warrants
    assert list(warrants.filter(kind="revoke").values_list("target", flat=True)) == [
        cast.karim.person_id
    ]
    assert Post.objects.filter(removed=True).count() == warrants.filter(kind="delete").count() == 2
    for untouched in (colleague, cast.sara, cast.tomas):
        assert is_admitted(untouched.person_id, cast.hall.places, at=cast.later(minutes=1))
    assert into(by_mail("karima@ministry.example", mailbox), cast.hall).sees("the same office")


@pytest.mark.clauses("A-REVOKE-1", "K-NAME-1")
def test_the_notice_says_what_was_agreed_and_names_nobody(cast: Cast, mailbox: Mailbox) -> None:
    decided(cast)
    letter = mailbox.arrive()
    terms = terms_for(cast)
    assert letter["to"] == "karim.haddad@gmail.com"
    assert letter["subject"] == terms.notice_subject
    assert terms.notice_body in letter["body"]
    assert not any(name in letter["body"] for name in ("Sara", "Amara", "Luis"))


@pytest.mark.clauses("A-REVOKE-1")
def test_whoever_is_shut_out_is_told_how_to_ask_us_to_look_again(
    cast: Cast, mailbox: Mailbox
) -> None:
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    decided(cast)
    karim.open(f"/r/{cast.hall.id}").follow("This is not me")
    karim.press("Send", words="You have the wrong person.")
    assert karim.sees("code")
    assert not karim.sees("Sara")


def test_a_case_alone_takes_nobody_s_access_away(cast: Cast) -> None:
    case_about_karim(cast)
    assert is_admitted(cast.karim.person_id, cast.hall.places, at=cast.later(minutes=1))
