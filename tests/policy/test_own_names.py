"""People say themselves what they are called, and nobody is shown what they were called before."""

from __future__ import annotations

import pytest
from django.apps import apps

from concord.people.tests.team import Mailbox
from tests.browsing import at_the_desk, by_mail, into
from tests.cast import Cast, flagged


@pytest.mark.clauses("V-MISGENDER-1", "V-OUTING-1")
def test_a_new_name_stands_beside_all_they_wrote_and_the_old_one_is_nowhere(
    cast: Cast, mailbox: Mailbox
) -> None:
    cast.say(cast.sara, "Good morning.")
    cast.say(cast.sara, "And from the other room.", room=cast.annex)
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    tomas = into(by_mail("tomas@example.org", mailbox), cast.hall)
    assert tomas.sees("Sara Lindqvist")
    sara.follow("Change your name or pronouns").press(
        "Change it", display_name="Sam Lindqvist", pronouns="they/them"
    )
    assert sara.sees("Every room shows it now")
    for room in (cast.hall, cast.annex):
        into(tomas, room)
        assert tomas.sees("Sam Lindqvist they/them")
        assert "Sara Lindqvist" not in tomas.page
    watch = at_the_desk(cast.amara).open("/watch")
    assert watch.sees("Sam Lindqvist")
    assert "Sara Lindqvist" not in watch.page
    for model in apps.get_models():
        assert "Sara Lindqvist" not in str(list(model._default_manager.values())), model


@pytest.mark.clauses("V-MISGENDER-1")
def test_staff_who_read_a_flag_later_read_the_name_they_go_by(cast: Cast, mailbox: Mailbox) -> None:
    flag = flagged(cast)
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    karim.follow("Change your name or pronouns").press("Change it", display_name="Karima Haddad")
    amara = at_the_desk(cast.amara).open(f"/flags/{flag.id}")
    assert amara.sees("Karima Haddad")
    assert not amara.sees("Karim Haddad")


@pytest.mark.clauses("V-MISGENDER-1", "V-OUTING-1")
def test_nobody_else_renames_them_or_takes_on_their_name(cast: Cast, mailbox: Mailbox) -> None:
    cast.say(cast.sara, "Good morning.")
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    karim.open("/e/votes/name").post("/e/votes/name", display_name="Lindqvist, SARA")
    assert karim.status == 409
    assert karim.sees("Please add a word to it, so that nobody takes you for each other.")
    karim.post("/e/votes/name", display_name="Karim", registration=str(cast.sara.id))
    cast.sara.refresh_from_db()
    assert cast.sara.display_name == "Sara Lindqvist"
