"""What screening sees, and what it leaves alone."""

from __future__ import annotations

from collections import Counter

import pytest

from concord.monitoring.screening.folding import fold, fold_with_places
from concord.monitoring.screening.screener import Screener
from concord.monitoring.screening.terms import MOST_HITS, Term
from concord.monitoring.tests.corpus import LANGUAGES, sentences

LEAST_SEEN = 0.9
"""Of each kind of hostile sentence. What it misses people still flag."""


@pytest.fixture(scope="module")
def screener() -> Screener:
    return Screener()


def flagged(screener: Screener, text: str) -> bool:
    return screener.screen(text).flagged


def names(screener: Screener, text: str) -> set[str]:
    return {signal.name for signal in screener.screen(text).signals}


@pytest.mark.parametrize("language", LANGUAGES)
def test_most_of_each_kind_of_hostile_sentence_is_seen(screener, language):
    seen, all_of_them = Counter(), Counter()
    for category, text in sentences(language, "hostile"):
        all_of_them[category] += 1
        seen[category] += flagged(screener, text)
    too_few = {
        category: f"{seen[category]} of {count}"
        for category, count in all_of_them.items()
        if seen[category] < LEAST_SEEN * count
    }
    assert too_few == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_names_praises_quotes_to_object_or_denies_is_never_flagged(screener, language):
    wrong = [text for _, text in sentences(language, "innocent") if flagged(screener, text)]
    assert wrong == []


@pytest.mark.parametrize(
    "disguised",
    [
        "W O M E N are s c u m",
        "w.o.m.e.n are scum",
        "w0m3n are $cum",
        "WOOOOMEN are scuuuuuum",
        "wmoen are scum",
        "I htae women",
        "I hte women",
        "Ihatewomen",
        "womenare scum",
        "women are sc*m",
        "ｗｏｍｅｎ ａｒｅ ｓｃｕｍ",
        "𝔀𝓸𝓶𝓮𝓷 are 𝓼𝓬𝓾𝓶",
        "wоmеn аrе scum",
        "wo\u200bmen are s\u00adcum",
        "w\u0336o\u0336m\u0336e\u0336n\u0336 are s\u0337c\u0337u\u0337m",
        "🅆🄾🄼🄴🄽 are scum",
        "womén âre scûm",
        "\u202ewomen are scum\u202c",
    ],
)
def test_a_disguise_hides_nothing(screener, disguised):
    assert flagged(screener, disguised)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("I am going to kill you", "threat"),
        ("somebody should shoot her", "threat"),
        ("go kill yourself", "self-harm"),
        ("k y s", "self-harm"),
        ("send me nudes", "sexual"),
        ("her number is +44 7911 123456", "contact"),
        ("she lives at 12 Rue de la Paix", "contact"),
        ("write to his private box: a.person@example.org", "contact"),
        ("go back to your country", "hostility"),
    ],
)
def test_each_signal_has_a_name_a_reason_and_its_words(screener, text, signal):
    found = {one.name: one for one in screener.screen(text).signals}
    assert signal in found
    assert found[signal].words
    assert text[found[signal].start : found[signal].end].strip()
    assert flagged(screener, text)


@pytest.mark.parametrize(
    "text",
    [
        "version 1.2.3.4567 of 2021-02-24 10:15:00",
        "192.168.100.200 port 8080",
        "order 4911123456 costs 1200.50",
        "commit 0123456789abcdef",
        "my own number is +44 7911 123456, call me",
        "My number is +254 712 345678 if they need it.",
        "Write to info@ngo.example.org, they answer quickly.",
    ],
)
def test_figures_and_ones_own_number_ask_nobody(screener, text):
    assert not flagged(screener, text)


def test_a_span_counts_signs_as_they_were_written(screener):
    text = "Ａｌｌ \u200bw\u0336omen are scum, honestly"
    signal = screener.screen(text).signals[0]
    assert text[signal.start : signal.end].endswith("scum")
    folded, places = fold_with_places(text)
    assert len(folded) == len(places)
    assert folded == fold(text)


def test_objecting_lowers_the_rank_and_says_why(screener):
    signals = screener.screen("It is racist to say that immigrants are vermin").signals
    assert [signal.name for signal in signals] == ["hostility"]
    assert signals[0].lowered


def test_a_hosts_terms_are_whole_words_in_any_spelling():
    mine = Screener([Term("badger"), Term("blue moon"), Term("flog", begins=True), Term("坏蛋")])
    for text in [
        "a BADGER!",
        "b4dg3r",
        "b a d g e r",
        "blue  moon",
        "floggers",
        "你是坏蛋吗",
        "bad\u200bger",
        "坏 蛋",
        "坏.*蛋!",
    ]:
        assert "listed term" in names(mine, text), text
    for text in ["badgering", "the moon is blue", "unflogged", "bad gerbil"]:
        assert "listed term" not in names(mine, text), text


@pytest.mark.parametrize(
    "bomb",
    [
        *[
            "a",
            "women ",
            "kill you ",
            "a ",
            "(",
            "f*",
            "\u0301",
            "ｗ",
            "1",
            "a.b",
            "@",
            '"',
            "fuckwomen",
        ],
        *["+1", "نساء ", "x\n", "ihate", "12-", "12 rue ", "a@b.", "é", "women, scum ", "' "],
    ],
)
def test_ten_thousand_repeats_are_read_to_their_bound_and_end(screener, bomb):
    assert len(screener.screen(bomb * 10_000).signals) <= MOST_HITS
