"""No text that leaves names anybody who is protected (K-NAME-1)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from concord.cases.add_party import add_party
from concord.cases.parties import Known, known_parties
from concord.letters.registry import register_kind
from concord.letters.send import NeedsVerdict, send
from concord.survivors.read_text import NamesSomebodyProtected, mask, names_one_of, read_text
from concord.vault.errors import NoGrant
from tests.cast import Cast, case_about_karim

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast):
    case = case_about_karim(cast)
    add_party(
        case,
        role="survivor",
        name="ليلى منصور",
        handles=["@lin_k"],
        addresses=["lin@home.example"],
        by=cast.amara.staff,
        at=cast.at,
    )
    return case


def read(cast: Cast, case, *texts: str):
    return read_text(*texts, case=case, by=cast.amara.staff, keyring=cast.amara.keyring, at=cast.at)


@pytest.mark.parametrize(
    "text",
    [
        "Sara told us.",
        "SARA LINDQVIST",
        "s.a.r.a l.i.n.d.q.v.i.s.t",
        "Ｓａｒａ",
        "sa\u200bra",
        "Write to lin@home.example",
        "as lin_k wrote",
        "ليلى",
        "Mansoor was there",
        "Madame Mansour",
    ],
)
def test_a_text_that_names_somebody_protected_is_refused(cast: Cast, case, text: str) -> None:
    with pytest.raises(NamesSomebodyProtected):
        read(cast, case, "About your access", text)


def test_a_neutral_text_gets_a_verdict_that_holds_for_it_alone(cast: Cast, case) -> None:
    verdict = read(cast, case, "About your access", "You are out until tomorrow.")
    register_kind("tests.guarded", template="", guarded=True)
    letter = {"to": "karim@example.org", "language": "en", "at": cast.at, "verdict": verdict.id}
    send("tests.guarded", subject="About your access", body="You are out until tomorrow.", **letter)
    with pytest.raises(NeedsVerdict):
        send("tests.guarded", subject="About your access", body="Sara said so.", **letter)


def test_a_guarded_letter_without_a_verdict_is_refused(cast: Cast) -> None:
    register_kind("tests.guarded", template="", guarded=True)
    with pytest.raises(NeedsVerdict):
        send("tests.guarded", to="a@b.example", subject="s", body="b", language="en", at=cast.at)


def test_the_name_of_the_respondent_is_not_protected(cast: Cast, case) -> None:
    assert read(cast, case, "", "Karim Haddad, you are out.").text_digest


def test_only_who_can_open_the_case_can_have_a_text_read(cast: Cast, case) -> None:
    with pytest.raises(NoGrant):
        read_text("x", case=case, by=cast.ravi.staff, keyring=cast.ravi.keyring, at=cast.at)


def test_a_briefing_shows_other_people_as_letters(cast: Cast, case) -> None:
    parties = known_parties(case, keyring=cast.amara.keyring)
    shown = mask("Sara, go away, Sara Lindqvist", parties)
    assert shown == "person A, go away, person A"
    assert not any(names_one_of(shown, party) for party in parties if party.is_protected)


def test_however_many_are_in_a_case_nobody_stands_there_by_name():
    many = [Known(uuid4(), "witness", f"Name{n:03}x", (), (), None) for n in range(30)]
    assert mask("Name000x, Name025x, Name029x", many) == "person A, person Z, person AD"
