"""People say themselves what they are called, and nobody is shown what they were called before."""

from __future__ import annotations

import re

import pytest
from django.apps import apps

from concord.cases.parties import known_parties
from concord.cases.take_up import take_up
from concord.convenings.forget_people import forget_people
from concord.convenings.models import Registration
from concord.convenings.rename import rename
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.people.tests.team import Mailbox
from concord.reports.receive_report import receive_report
from concord.reports.told import Source, Told
from concord.spaces.models import Post
from concord.survivors.read_text import NamesSomebodyProtected, mask_everybody, read_text
from tests.browsing import at_the_desk, by_mail, into
from tests.cast import Cast, case_about_karim, proposed


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


@pytest.mark.clauses("V-MISGENDER-1", "V-OUTING-1", "K-NAME-1")
def test_staff_read_the_name_they_go_by_wherever_they_look_and_never_again_the_old_one(
    cast: Cast, mailbox: Mailbox
) -> None:
    case = case_about_karim(cast)
    flag, post = case.sources.get().flag, Post.objects.get()
    proposal = proposed(cast, case)
    told = Told(text="Look at this, please.", source=Source.of(post))
    report, _code = receive_report(told, nonce=b"1" * 32, at=cast.at)
    again = needs_action(cast, cast.say(cast.karim, "And you, Tomas."), by=cast.tomas)
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    karim.follow("Change your name or pronouns").press("Change it", display_name="Karima Haddad")
    for who, name in ((cast.sara, "Sam Oak"), (cast.tomas, "Tova Reed")):
        rename(who, display_name=name, by=who.person_id, at=cast.at)
    since = needs_action(cast, cast.say(cast.karim, "You three."), by=cast.tomas)
    keys = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    take_up(again, into=case, **keys)

    amara, noor = at_the_desk(cast.amara), at_the_desk(cast.noor)
    people = [f"/cases/{case.id}/people/{one.id}" for one in case.parties.all()]
    about_karima = [
        f"/flags/{flag.id}",
        f"/reports/{report.id}",
        people[0],
        f"/proposals/{proposal.id}",
    ]
    read = [(amara, path) for path in (*about_karima, f"/cases/{case.id}/propose")]
    for desk, path in (*read, (noor, f"/proposals/{proposal.id}")):
        assert desk.open(path).sees("Karima Haddad"), path
        assert not re.search(r"Karim\b", desk.page), path
    for path, name in zip(people[1:], ("Sam Oak", "Tova Reed"), strict=True):
        assert amara.open(path).sees(name)
        assert not re.search("Sara|Tomas", amara.page)

    for named in ("Sara", "Sam", "Oak", "Tomas", "Tova"):
        with pytest.raises(NamesSomebodyProtected):
            read_text(f"It was {named} who told us.", case=case, **keys)
    parties = known_parties(case, keyring=cast.amara.keyring)
    masked = mask_everybody("Karim, Karima, Sara, Sam, Tomas and Tova.", parties)
    assert masked == "person A, person A, person B, person B, person C and person C."

    forget_people(at=cast.later(days=40))
    for path in about_karima:
        assert amara.open(path).sees("Somebody who took part"), path
        assert not re.search("Karima?\\b", amara.page), path
    assert amara.open(f"/flags/{since.id}").sees("Karima Haddad")


def needs_action(cast: Cast, post: Post, *, by: Registration) -> Flag:
    flag = flag_post(post, words="Again.", by=by.person_id, by_staff=False, at=cast.at)
    keys = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    return judge_credible(flag, credible=True, reason="It goes on.", **keys)


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
