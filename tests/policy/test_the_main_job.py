"""The main job, once through, with everybody at their own browser and the streams of a real server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from concord.actions.audit import audit
from concord.cases.models import Case
from concord.concurrence.models import Decision, Execution, Proposal
from concord.evasion.models import Match
from concord.ledger.models import Entry
from concord.live.tests.listening import Ear, serving
from concord.monitoring.models import Flag
from concord.outbox.worker import run_due
from concord.people.tests.fixtures import mailbox
from concord.people.tests.team import Mailbox
from concord.spaces.models import Post
from tests.browsing import Browser, at_the_desk, by_mail, into
from tests.cast import Cast, stage

__all__ = ["mailbox"]

pytestmark = pytest.mark.django_db(transaction=True)
CRUEL = "Sara, go and hurt yourself, nobody wants you here"


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return stage()


@pytest.fixture
def port(transactional_db: None) -> Iterator[int]:
    with serving() as port:
        yield port


def listen(port: int, browser: Browser, cast: Cast) -> Ear:
    return Ear(port, f"s={cast.hall.stream}", session=browser.session_key).opened()


@pytest.mark.clauses(
    "R-FLAG-1", "R-COORD-1", "R-CONCUR-1", "R-ACT-REVOKE", "R-ACT-DELETE", "A-REVOKE-1",
    "A-GROUND-2", "A-THOUGHT-1", "A-UNIT-1", "R-EVADE-1", "P-OPEN-1", "S-REPORTED-1",
)  # fmt: skip
def test_a_cruel_message_is_flagged_agreed_upon_and_gone_and_its_writer_stays_out(
    cast: Cast, mailbox: Mailbox, port: int
) -> None:
    sara = into(by_mail("sara@example.org", mailbox), cast.hall)
    karim = into(by_mail("karim.haddad@gmail.com", mailbox), cast.hall)
    hers, his = listen(port, sara, cast), listen(port, karim, cast)

    karim.press("Send", text=CRUEL)
    assert "hurt yourself" in hers.next().data
    post = Post.objects.get(text=CRUEL)
    sara.open(f"/p/{post.id}/flag").press("Flag it", words="He wrote this to me")
    flag = Flag.objects.get()

    amara = at_the_desk(cast.amara).open("/").follow(f"Flag {flag.code}")
    amara.press("It needs action", reason="It urges her to hurt herself.")
    amara.follow("Propose what should happen")
    amara.press(
        "See what it does",
        reason="Urged somebody in the room to hurt themself.",
        grounds="violation",
        violations="threat",
        is_safe="on",
    )
    amara.press("Ask for a second yes")
    proposal = Proposal.objects.get()
    assert Case.objects.get().coordinator == cast.amara.staff
    assert Post.objects.get(id=post.id).text == CRUEL

    noor = at_the_desk(cast.noor).open("/").follow(proposal.code)
    assert noor.sees("1 open stream cut")
    noor.press("I agree")
    assert noor.sees("Amara and Noor agreed")

    assert hers.next().event == "removed"
    assert "post" in [each.event for each in his.rest()]  # what he heard before it was cut
    karim.press("Send", text="You will not silence me")
    assert (karim.status, karim.sees("You will not silence me")) == (403, True)
    assert not sara.open(f"/r/{cast.hall.id}").sees("hurt yourself")
    assert Ear(port, f"s={cast.hall.stream}", session=karim.session_key).status != 200

    alias = Browser().open("/e/votes/register")
    alias.press("Send me a link", display_name="New", address="karim.haddad+2@gmail.com")
    alias.press("Go in", code=mailbox.code())
    assert into(alias, cast.hall).status == 403
    assert Match.objects.get(state="applied").decision == Decision.objects.get()
    assert Execution.objects.filter(concurrence__isnull=False).count() == 1
    namesake = Browser().open("/e/votes/register")
    namesake.press(
        "Send me a link", display_name="Karima Haddad", address="karima.haddad@gmail.com"
    )
    namesake.press("Go in", code=mailbox.code())
    assert into(namesake, cast.hall).status == 200

    run_due(at=cast.later(minutes=1))
    assert amara.open(f"/proposals/{proposal.id}").sees("Done and checked")
    verbs = list(Entry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs.index("concurrence.concur") < verbs.index("access.shut")
    assert audit() == []
    hers.close()
