"""By which tokens somebody is recognised in what comes in; nothing here knows a case."""

from __future__ import annotations

import pytest

from concord.retaliation.touching import (
    STRONG,
    in_text,
    of_mailbox,
    of_name,
    of_team_name,
    team_names_in,
)


def met(name: str, text: str) -> set[str]:
    """The kinds of token that a text and a name have in common."""
    return {kind for kind, _token in set(of_name(name)) & in_text(text)}


@pytest.mark.parametrize(
    "text",
    [
        "I saw Tomas Vega there",
        "VEGA, tomas",
        "it is Tomas Vega's fault",
        "l'adresse de Tomas Vega",
        "Томас Вега",
    ],
)
def test_a_whole_name_counts_by_itself_in_any_order_and_script(text: str) -> None:
    assert met("Tomas Vega", text) & STRONG


@pytest.mark.parametrize(
    "text", ["Tomas was kind", "las Vegas", "a Vega", "tomas and others, vega"]
)
def test_a_part_of_a_name_does_not(text: str) -> None:
    assert not met("Tomas Vega", text) & STRONG


def test_single_names_are_words_also_with_what_is_written_onto_them() -> None:
    assert met("Sara", "Sara's employer") == {"word"}
    assert met("Amara", "l'adresse d’Amara") == {"word", "word sound"} & met("Amara", "Amara")
    assert met("O'Neil", "o'neil") >= {"word"}
    assert met("Al", "al") == set()


def test_a_made_up_name_counts_by_itself() -> None:
    assert "handle" in met("night_owl", "that @night_owl again")
    assert not met("2026", "in 2026") & STRONG


def test_an_address_counts_behind_its_aliases_and_a_shared_one_does_not() -> None:
    assert set(of_mailbox("t.vega@gmail.com")) <= in_text("write to (TVega+list@googlemail.com).")
    assert list(of_mailbox("info@example.org")) == []
    assert list(of_mailbox("no address")) == []


def test_a_working_name_counts_as_a_whole_where_it_is_asked_for() -> None:
    kept = set(of_team_name("Amara"))
    assert {kind for kind, _token in kept & team_names_in("Be afraid, Amara.")} == {"team name"}
    assert {kind for kind, _token in kept & in_text("Be afraid, Amara.")} == {"word"}


def test_a_text_without_end_is_looked_at_up_to_a_measure() -> None:
    assert met("Tomas Vega", "so " * 30_000 + "Tomas Vega") == set()
    assert in_text("") == set()
