"""A second yes is not blind: whoever is asked reads what was flagged, masked, and what was chosen of a report."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from concord.cases.models import Case
from concord.cases.parties import add_party
from concord.cases.take_up import take_up
from concord.concurrence.adopt_proposal import terms_of
from concord.concurrence.briefing import letter_of
from concord.concurrence.contents import read_contents
from concord.concurrence.models import Proposal, Version
from concord.concurrence.open_version import open_version
from concord.concurrence.terms import Target
from concord.convenings.models import Registration
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.monitoring.models import Flag
from concord.monitoring.screeners import forget_screeners, make_screener
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.vault import files
from tests.browsing import at_the_desk
from tests.cast import Cast, Desk, case_about_karim, proposed

REPORT = "He waited for me at the lift.\nOnly I was there, in my red coat. He said: Sara, I know your room."
HURT = "person A, go and hurt yourself, nobody wants you here"


def step(cast: Cast, who: Registration, kind: str = "mute") -> Target:
    room = cast.hall.session_id
    return Target(kind, who.person_id, who.display_name, "session", room, cast.later(hours=24))


def about(cast: Cast, case: Case, who: Registration, kind: str = "mute", **changes) -> Proposal:
    """Amara proposes a step about one person, and deletes nothing."""
    return proposed(cast, case, targets=(step(cast, who, kind),), **changes)


def shown(proposal: Proposal, desk: Desk, cast: Cast) -> list[str]:
    briefing = open_version(proposal.version, by=desk.staff, keyring=desk.keyring, at=cast.at)
    return [text for _what, text in letter_of(briefing, at=cast.at).shows]


def into_case(cast: Cast, source: object, into: Case | None = None) -> Case:
    who = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    if isinstance(source, Flag):
        source = judge_credible(source, credible=True, reason="It hurts.", **who)
    return take_up(source, into=into, **who)


def moment(cast: Cast) -> Case:
    """Sara flags what was said; Amara adds who said it."""
    words = "Karim Haddad told Sara that he would find her"
    raised = flag_moment(cast.hall, words=words, by=cast.sara.person_id, by_staff=False, at=cast.at)
    case = into_case(cast, raised)
    party = {"name": "Karim Haddad", "person_id": cast.karim.person_id}
    add_party(case, role="respondent", by=cast.amara.id, at=cast.at, **party)
    return case


def reported(cast: Cast, into: Case | None = None) -> Case:
    told = receive_report(Told(REPORT), nonce=uuid4().bytes, at=cast.at).report
    return into_case(cast, told, into)


@pytest.mark.clauses("R-COORD-1", "K-PRIV-1")
@pytest.mark.parametrize("kind", ["warn", "mute", "limit", "ask", "revoke"])
def test_whoever_is_asked_about_a_person_reads_what_was_flagged_with_everybody_else_masked(
    cast, kind
):
    case = case_about_karim(cast)
    target = step(cast, cast.karim, kind)
    detail = {"pace": 10} if kind == "limit" else {}
    target = Target(**{**vars(target), "detail": detail})
    proposal = proposed(cast, case, targets=(target,))
    assert shown(proposal, cast.luis, cast) == [HURT]
    assert shown(proposal, cast.amara, cast) == [HURT]


@pytest.mark.clauses("K-PRIV-1")
def test_it_is_sealed_and_signed_with_the_version_and_no_other_text_is_slipped_under_it(cast):
    proposal = about(cast, case_about_karim(cast), cast.karim)
    version = proposal.version
    contents = read_contents(version, keyring=cast.luis.keyring)
    contents["evidence"][0]["text"] = "I like cake"
    sealed = files.seal(
        version.briefing, json.dumps(contents).encode(), about=f"version:{version.id}"
    )
    Version.objects.filter(id=version.id).update(sealed=sealed)
    version.refresh_from_db()
    with pytest.raises(ValueError, match="not what was signed"):
        open_version(version, by=cast.luis.staff, keyring=cast.luis.keyring, at=cast.at)


def test_what_is_unticked_is_not_shown_and_the_page_says_that_nothing_is(cast):
    proposal = about(cast, case_about_karim(cast), cast.karim, evidence=())
    luis = at_the_desk(cast.luis).open(f"/proposals/{proposal.id}")
    assert luis.sees("Nothing of what was flagged or reported is shown with this proposal.")
    assert not luis.sees("hurt yourself")
    kept = terms_of(proposal.version, keyring=cast.amara.keyring)
    assert kept.evidence == ()


def test_what_goes_by_the_proposal_is_shown_once(cast):
    proposal = proposed(cast)
    assert shown(proposal, cast.luis, cast) == [HURT]


@pytest.mark.clauses("K-PRIV-1")
def test_of_what_was_said_aloud_the_words_of_the_flag_are_shown(cast):
    [text] = shown(about(cast, moment(cast), cast.karim), cast.luis, cast)
    assert text == "Karim Haddad told person A that he would find her"


@pytest.mark.clauses("K-PRIV-1")
def test_of_a_report_nothing_is_shown_but_the_passage_that_was_ticked(cast):
    case = reported(cast, moment(cast))
    report = case.sources.get(report__isnull=False).report_id
    plain = about(cast, case, cast.karim)
    assert not any("lift" in text for text in shown(plain, cast.luis, cast))
    other = case_about_karim(cast)
    report = reported(cast, other).sources.get(report__isnull=False).report_id
    chosen = proposed(
        cast, other, targets=(step(cast, cast.karim, "warn"),), evidence=(f"report:{report}:0",)
    )
    assert shown(chosen, cast.luis, cast) == ["He waited for me at the lift."]
    assert "red coat" not in json.dumps(read_contents(chosen.version, keyring=cast.luis.keyring))


@pytest.mark.clauses("K-PRIV-1")
def test_nobody_who_is_reported_beside_them_is_shown_or_named(cast):
    case = case_about_karim(cast)
    post = cast.say(cast.tomas, "Karim is right, Sara")
    raised = flag_post(post, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    into_case(cast, raised, case)
    mine = cast.say(cast.karim, "Tomas, tell Sara to go")
    raised = flag_post(mine, words="", by=cast.sara.person_id, by_staff=False, at=cast.at)
    into_case(cast, raised, case)
    refs = [f"post:{post.id}", f"post:{mine.id}"]
    proposal = about(cast, case, cast.karim, evidence=tuple(refs))
    assert shown(proposal, cast.luis, cast) == ["person B, tell person A to go"]


def test_of_what_a_machine_saw_every_message_can_be_shown(cast):
    forget_screeners()
    make_screener(cast.convening.id)
    for text in ("All women are scum", "I will kill you"):
        cast.say(cast.karim, text)
    [raised] = Flag.objects.all()
    proposal = about(cast, into_case(cast, raised), cast.karim)
    assert set(shown(proposal, cast.luis, cast)) == {"All women are scum", "I will kill you"}
    forget_screeners()


@pytest.mark.clauses("R-COORD-1")
def test_at_the_desk_the_coordinator_ticks_and_sees_just_what_the_colleague_will_read(cast):
    case = reported(cast, case_about_karim(cast))
    amara = at_the_desk(cast.amara).open(f"/cases/{case.id}/propose")
    assert amara.sees("From a report · He waited for me at the lift.")
    report = case.sources.get(report__isnull=False).report_id
    typed = {"reason": "He hurts.", "grounds": "violation", "violations": "threat", "is_safe": "on"}
    typed |= {f"step_{cast.karim.person_id}": "warn", "posts": []}
    typed["evidence"] = [f"report:{report}:0", "report:nobody:7", "post:x"]
    amara.press("See what it does", **typed)
    assert amara.sees("From a report He waited for me at the lift.")
    assert not amara.sees("go and hurt yourself")
    amara.press("Ask for a second yes")
    proposal = Proposal.objects.get()
    assert shown(proposal, cast.luis, cast) == ["He waited for me at the lift."]
    amara.open(f"/proposals/{proposal.id}").follow("Change it")
    assert f'value="report:{report}:0" id="id_evidence_1" checked' in amara.page
