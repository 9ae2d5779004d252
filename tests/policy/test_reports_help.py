"""Help lines: stored here, shown to whoever may need them, before anybody judges anything."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from concord.actions.audit import audit
from concord.cases.take_up import take_up
from concord.ledger.models import Entry
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.reports.brings_up_help import brings_up_help
from concord.reports.help_lines import help_lines
from concord.reports.models import Report
from concord.reports.told import Told
from concord.spaces.forget_offers import forget_offers
from concord.spaces.models import HelpOffer
from concord.spaces.tests.conftest import inside
from tests.browsing import Browser, at_the_desk
from tests.cast import Cast, participant

__all__ = ["inside"]


def sent(**typed: object) -> Browser:
    return Browser().open("/report").press("Send", **typed)


@pytest.mark.clauses("V-THREAT-1")
def test_a_threat_is_urgent_and_the_answer_names_help_lines(cast: Cast) -> None:
    page = sent(text="He says he will come.", kinds="threat")
    assert page.sees("Samaritans 116 123")
    assert page.sees("Emergency")
    assert Report.objects.get().urgent


@pytest.mark.clauses("V-THREAT-1")
@pytest.mark.parametrize(
    "text",
    [
        "He told me to kill myself",
        "Il m’a dit d’aller mourir",
        "Quiere que piense en el SUICIDIO",
        "قال إنني يجب أن أنتحر، وفكرت بالانتحار",
    ],
)
def test_words_of_violence_bring_them_up_and_change_nothing_else(cast: Cast, text: str) -> None:
    assert sent(text=text).sees("988 Lifeline 988")
    assert not Report.objects.get().urgent


def test_other_words_do_not(cast: Cast) -> None:
    assert not sent(text="He laughed at my accent. I am a skilled diver.").sees("Samaritans")
    assert not brings_up_help(Told(text="We talked about the budget."))


def test_the_help_page_lists_them_and_asks_no_other_host(cast: Cast) -> None:
    page = Browser().open("/help")
    assert page.sees("Emergency 999 · 112")
    assert not re.search(r"""<(?:img|script|link|iframe)[^>]+(?:src|href)="https?://""", page.page)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_every_country_has_a_name_in_each_language_and_an_emergency_number(language: str) -> None:
    with override(language):
        countries = help_lines()
    assert len({country.name for country in countries}) == len(countries) >= 10
    for country in countries:
        assert country.emergency
        for line in country.lines:
            assert re.fullmatch(r"[0-9 -]{2,}", line.number)
            assert str(line.what)


def test_a_host_edits_its_own_list_and_a_broken_one_breaks_no_page(settings, tmp_path) -> None:
    settings.CONCORD_DATA = tmp_path
    own = tmp_path / "help_lines.toml"
    own.write_text('[[country]]\nnames = { en = "Utopia" }\nemergency = ["1"]\n')
    assert [country.name for country in help_lines()] == ["Utopia"]
    own.write_text("not a list")
    assert len(help_lines()) >= 10


@pytest.mark.clauses("V-THREAT-1", "K-PRIV-1")
def test_whoever_a_removed_threat_was_aimed_at_finds_them_by_themself_and_nobody_else_does(
    cast: Cast,
    inside,
) -> None:
    """Tomas flagged it; Sara was called by name, and has told nobody. Lena is only there."""
    lena = participant(cast.convening, "Lena Ofori", "lena@example.org", cast.at)
    post = cast.say(cast.karim, "SARA, go and hurt yourself")
    tomas = {"words": "Look", "by": cast.tomas.person_id, "by_staff": False}
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    judged = judge_credible(
        flag_post(post, at=cast.at, **tomas), credible=True, reason="It is.", **who
    )
    case = take_up(judged, **who)
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}/propose")
    said = {"reason": "Urged her to.", "grounds": "violation", "violations": "threat"}
    amara.press("See what it does", **said, is_safe="on").press("Ask for a second yes")
    seen = {name: inside(getattr(cast, name)) for name in ("sara", "tomas", "karim")}
    seen["lena"] = inside(lena)

    def is_offered(name: str) -> bool:
        page = seen[name].get(f"/r/{cast.hall.id}").content.decode()
        return "Something that was written here has been removed." in page

    assert not any(is_offered(name) for name in seen)  # nothing before two agreed
    luis = at_the_desk(cast.luis).open(amara.path)
    assert luis.sees("whoever it was aimed at is shown help lines")
    assert not luis.sees("Lindqvist")
    luis.press("I agree")
    assert [name for name in seen if is_offered(name)] == ["sara", "tomas"]
    assert b"Samaritans" in seen["sara"].get(f"/r/{cast.annex.id}").content
    rows = str(list(HelpOffer.objects.values())) + str(list(Entry.objects.values()))
    assert str(cast.sara.id) not in rows
    assert str(cast.sara.person_id) not in rows
    seen["sara"].post(f"/r/{cast.hall.id}/help")
    assert [name for name in seen if is_offered(name)] == ["tomas"]
    assert forget_offers(at=cast.later(days=6)) == 0
    assert forget_offers(at=cast.later(days=9)) == 1
    assert not any(is_offered(name) for name in seen)
    assert audit() == []
