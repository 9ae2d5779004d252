"""Who sees what at the desk. Somebody with a conflict cannot learn that anything is there (K-CONF-1)."""

from __future__ import annotations

import pytest

from concord.cases.models import Case
from concord.cases.recuse import recuse
from concord.concurrence.concur import concur
from concord.concurrence.models import Decision, Proposal
from concord.concurrence.propose import revise
from concord.monitoring.models import Flag
from concord.people.declare_tie import declare_tie
from concord.people.models import Role
from concord.vault import files
from tests import cast as the_cast
from tests.browsing import Browser, at_the_desk
from tests.cast import (
    PASSPHRASES,
    Cast,
    case_about_karim,
    flagged,
    opened,
    proposed,
    terms_for,
)


def decided(cast: Cast) -> Decision:
    version = opened(proposed(cast).version, cast.luis, cast.at)
    concur(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)
    return Decision.objects.get()


def everything(cast: Cast) -> list[str]:
    """The addresses of a flag, a case, a proposal and a decision, and of what can be done with them."""
    decision = decided(cast)
    case, proposal, flag = Case.objects.get(), Proposal.objects.get(), Flag.objects.get()
    party = case.parties.get_queryset()[0]
    return [
        f"/flags/{flag.id}",
        f"/flags/{flag.id}/words",
        f"/cases/{case.id}",
        f"/cases/{case.id}/propose",
        f"/cases/{case.id}/people",
        f"/cases/{case.id}/people/{party.id}",
        f"/cases/{case.id}/recusal",
        f"/proposals/{proposal.id}",
        f"/proposals/{proposal.id}/edit",
        f"/proposals/{proposal.id}/decline",
        f"/decisions/{decision.id}",
    ]


def finds_nothing(browser: Browser, paths: list[str]) -> None:
    codes = {Case.objects.get().code, Proposal.objects.get().code, Decision.objects.get().code}
    for path in paths:
        assert browser.open(path).status == 404, path
    for page in ("/", "/decisions"):
        browser.open(page)
        assert not any(code in browser.page for code in codes), page
        assert 'class="count"' not in browser.page


@pytest.mark.clauses("K-CONF-1")
def test_whoever_is_close_to_the_person_reported_finds_nothing(cast: Cast, ravi: Browser) -> None:
    finds_nothing(ravi, everything(cast))


@pytest.mark.clauses("K-CONF-1")
def test_whoever_stepped_out_finds_nothing(cast: Cast, luis: Browser) -> None:
    paths = everything(cast)
    recuse(Case.objects.get(), who=cast.luis.id, by=cast.luis.staff, at=cast.at)
    finds_nothing(luis, paths)


def test_whoever_keeps_the_machines_finds_nothing(cast: Cast, ines: Browser) -> None:
    paths = everything(cast)
    finds_nothing(ines, paths)
    assert ines.open("/watch").status == 404
    assert ines.open("/").sees("Reports, flags and cases are sealed to other people")


def test_a_volunteer_watches_and_finds_nothing_else(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PASSPHRASES, "vera", "orbit candle mango thunder velvet copper island")
    vera = at_the_desk(
        the_cast._desk(
            "vera", "Vera", Role.VOLUNTEER, cast.amara.keyring, cast.amara.staff, cast.at
        )
    )
    finds_nothing(vera, everything(cast))
    assert vera.open("/watch").status == 200
    assert not vera.sees("hurt yourself")


def test_staff_who_may_agree_see_the_proposal_and_no_case(cast: Cast, noor: Browser) -> None:
    decision = decided(cast)
    proposal = Proposal.objects.get()
    assert noor.open(f"/proposals/{proposal.id}").status == 200
    assert noor.open(f"/decisions/{decision.id}").status == 200
    assert noor.open(f"/cases/{proposal.case_id}").status == 404


def test_nobody_reads_a_page_without_signing_in(cast: Cast) -> None:
    stranger = Browser("desk.localhost")
    for path in ["/", "/watch", "/decisions", *everything(cast)]:
        assert stranger.open(path).path.startswith("/in"), path


def test_the_public_host_has_none_of_these_pages(cast: Cast) -> None:
    stranger = Browser("localhost")
    for path in ["/watch", "/decisions", *everything(cast)[2:]]:
        assert stranger.open(path).status == 404, path


def test_rows_hold_codes_and_no_contents(cast: Cast, amara: Browser, luis: Browser) -> None:
    everything(cast)
    for browser in (amara, luis):
        for page in ("/", "/decisions"):
            browser.open(page)
            assert not any(name in browser.page for name in ("Karim", "Sara", "hurt"))


def test_a_tie_that_is_declared_late_takes_back_what_was_given(cast: Cast, noor: Browser) -> None:
    """Noor was asked to agree; then she remembers that she knows Karim."""
    flag = flagged(cast, "Another thing")
    proposal = proposed(cast)
    assert noor.open(f"/proposals/{proposal.id}").status == 200
    declare_tie(cast.noor.staff, person=cast.karim.person, at=cast.at)
    for path in (f"/proposals/{proposal.id}", f"/flags/{flag.id}"):
        assert noor.open(path).status == 404
    assert proposal.code not in noor.open("/").page
    assert Case.objects.get().recusals.filter(person=cast.noor.id).exists()


def test_a_coordinator_who_declares_a_tie_is_followed_by_the_deputy(
    cast: Cast, amara: Browser
) -> None:
    case = case_about_karim(cast)
    declare_tie(cast.amara.staff, person=cast.karim.person, at=cast.at)
    case.refresh_from_db()
    assert case.coordinator == cast.luis.staff
    assert amara.open(f"/cases/{case.id}").status == 404


def test_a_tie_to_somebody_else_takes_nothing(cast: Cast, noor: Browser) -> None:
    proposal = proposed(cast)
    declare_tie(cast.noor.staff, person=cast.tomas.person, at=cast.at)
    assert noor.open(f"/proposals/{proposal.id}").status == 200


def test_whoever_could_read_only_an_older_text_finds_nothing(cast: Cast, noor: Browser) -> None:
    proposal = proposed(cast)
    case = Case.objects.get()
    recuse(case, who=cast.noor.id, by=cast.noor.staff, at=cast.at)
    revise(
        proposal,
        terms=terms_for(cast, reason="Better words."),
        by=cast.amara.staff,
        keyring=cast.amara.keyring,
        at=cast.at,
    )
    old = proposal.versions.get(number=1)
    files.grant(old.briefing, to=cast.noor.id, by=cast.amara.keyring, at=cast.at)
    assert noor.open(f"/proposals/{proposal.id}").status == 404
