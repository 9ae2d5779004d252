"""One proposal after the other on one stage, each in a case of its own and about somebody else."""

from __future__ import annotations

from concord.cases.take_up import take_up
from concord.concurrence.models import Proposal
from concord.concurrence.propose import propose
from concord.concurrence.terms import Target
from concord.monitoring.flag_post import flag_post
from concord.monitoring.judge_credible import judge_credible
from concord.spaces.models import Post
from tests.cast import Cast, participant, terms_for


def another_proposed(cast: Cast, *, act_at_once: bool) -> tuple[Proposal, Post]:
    """Amara takes up a flag and proposes that its author is out for a day and the post is gone."""
    number = Proposal.objects.count()
    who = participant(cast.convening, f"Number {number}", f"n{number}@example.org", cast.at)
    post = cast.say(who, "Go and hurt yourself")
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    flag = flag_post(post, words="This", by=cast.sara.person_id, by_staff=False, at=cast.at)
    flag = judge_credible(flag, credible=True, reason="It urges her.", **amara)  # type: ignore[arg-type]
    place = {"scope_kind": "session", "scope_id": cast.hall.session_id}
    until_at = cast.later(hours=24)
    out = Target("revoke", who.person_id, "Number", until_at=until_at, **place)  # type: ignore[arg-type]
    targets = (out, Target("delete", post.id, "A post"))
    terms = terms_for(cast, targets=targets, act_at_once=act_at_once)
    return propose(take_up(flag, **amara), terms=terms, **amara), post  # type: ignore[arg-type]
