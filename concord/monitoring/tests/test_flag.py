"""Anyone in a room can ask a person to look; the flag is sealed to those it does not concern (R-FLAG-1)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from concord.access.gate import NotAdmitted
from concord.ledger.models import Entry
from concord.live.hub import hub
from concord.monitoring.flag_moment import flag_moment
from concord.monitoring.flag_post import PostIsGone, flag_post
from concord.monitoring.models import Flag
from concord.monitoring.raise_flag import OnlyThoseInTheRoom, raise_flag
from concord.monitoring.read_flag import read_flag
from concord.monitoring.seen import Seen
from concord.people.declare_tie import declare_tie
from concord.spaces.models import Post
from concord.vault import files
from concord.vault.errors import NoGrant


def by(registration) -> dict:
    return {"words": "look at this", "by": registration.person_id, "by_staff": False}


def test_a_flag_keeps_a_sealed_copy_of_the_post(post, ana, amara, kofi, take_away, at):
    flag = flag_post(post, **by(ana), at=at)
    take_away(post)
    seen = read_flag(flag, keyring=kofi.keyring, at=at)
    assert (seen.words, seen.excerpt, seen.author) == ("look at this", "what was written", "Tomas")
    assert (seen.by, seen.author_id) == (ana.person_id, post.registration.person_id)
    assert b"written" not in bytes(flag.sealed)
    assert files.readers(flag.file) == {amara.id, kofi.id}


@pytest.mark.clauses("R-FLAG-1", "R-BOTH-1")
def test_a_moment_is_flagged_without_any_post(room, ana, amara, at):
    flag = flag_moment(room, **by(ana), at=at)
    assert (flag.kind, flag.post, flag.raised_at) == ("moment", None, at)
    seen = read_flag(flag, keyring=amara.keyring, at=at)
    assert (seen.words, seen.room, seen.author_id) == ("look at this", "Hall 1", None)


def test_a_flag_changes_nothing_in_the_room(post, ana, amara, at):
    flag_post(post, **by(ana), at=at)
    kept = Post.objects.get(id=post.id)
    assert (kept.text, kept.removed) == ("what was written", False)


def test_the_same_person_flagging_a_post_twice_raises_one_flag(post, ana, tomas, amara, at):
    first = flag_post(post, **by(ana), at=at)
    assert flag_post(post, **by(ana), at=at) == first
    assert flag_post(post, **by(tomas), at=at) != first


def test_two_presses_at_the_same_moment_raise_one_flag(post, ana, amara, at):
    first = flag_post(post, **by(ana), at=at)
    seen = Seen.of_post(post, words="", by=ana.person_id)
    token = bytes(first.raised_token)
    again = raise_flag(seen, room=post.room, post=post, raised_token=token, by_staff=False, at=at)
    assert again == first
    assert Flag.objects.count() == 1


def test_a_moment_flagged_by_one_form_is_one_flag(room, ana, amara, at):
    nonce = uuid4()
    first = flag_moment(room, **by(ana), nonce=nonce, at=at)
    assert flag_moment(room, **by(ana), nonce=nonce, at=at) == first
    assert flag_moment(room, **by(ana), nonce=uuid4(), at=at) != first


def test_the_author_and_those_tied_to_them_get_nothing(post, ana, amara, kofi, make, at):
    tied = make("Tied", "staff")
    post.registration.person = amara.staff.person
    post.registration.save()
    declare_tie(tied.staff, person=amara.staff.person, at=at)
    flag = flag_post(post, **by(ana), at=at)
    assert files.readers(flag.file) == {kofi.id}
    assert not Flag.objects.visible_to(amara.staff).exists()
    assert not Flag.objects.visible_to(tied.staff).exists()
    with pytest.raises(NoGrant):
        read_flag(flag, keyring=amara.keyring, at=at)


def test_when_nobody_of_the_team_may_read_it_goes_outside(post, ana, amara, ines, at):
    post.registration.person = amara.staff.person
    post.registration.save()
    flag = flag_post(post, **by(ana), at=at)
    assert files.readers(flag.file) == {ines.holder}


def test_whoever_is_not_part_of_the_event_flags_nothing(post, room, amara, at):
    stranger = {"words": "", "by": uuid4(), "by_staff": False}
    with pytest.raises(OnlyThoseInTheRoom):
        flag_post(post, **stranger, at=at)
    with pytest.raises(OnlyThoseInTheRoom):
        flag_moment(room, **stranger, at=at)


def test_whoever_is_shut_out_flags_nothing(post, ana, amara, shut_out, at):
    shut_out(ana)
    with pytest.raises(NotAdmitted):
        flag_post(post, **by(ana), at=at)


def test_a_volunteer_who_watches_flags_and_reads_nothing(post, vera, amara, at):
    flag = flag_post(post, words="", by=vera.id, by_staff=True, at=at)
    assert flag.by_staff
    with pytest.raises(NoGrant):
        read_flag(flag, keyring=vera.keyring, at=at)


def test_former_staff_flag_as_anyone_else_would(post, kofi, amara, at):
    kofi.staff.ended_at = at
    kofi.staff.save()
    with pytest.raises(OnlyThoseInTheRoom):
        flag_post(post, words="", by=kofi.id, by_staff=True, at=at)


def test_a_post_that_is_gone_cannot_be_flagged_and_a_flag_on_it_stays(
    post, ana, tomas, amara, take_away, at
):
    first = flag_post(post, **by(ana), at=at)
    take_away(post)
    assert flag_post(post, **by(ana), at=at) == first
    with pytest.raises(PostIsGone):
        flag_post(post, **by(tomas), at=at)


def test_no_row_and_no_entry_says_who_flagged(post, ana, amara, at):
    flag = flag_post(post, **by(ana), at=at)
    row = str(Flag.objects.filter(id=flag.id).values())
    entries = str(list(Entry.objects.filter(subject=flag.id).values()))
    assert str(ana.person_id) not in row + entries
    assert ana.person_id.bytes not in bytes(flag.raised_token)


def test_only_those_who_hold_a_grant_hear_of_it_and_only_an_id(
    post, ana, amara, kofi, vera, monkeypatch, django_capture_on_commit_callbacks, at
):
    heard = []
    monkeypatch.setattr(hub, "publish", lambda *said, **more: heard.append(said))
    with django_capture_on_commit_callbacks(execute=True):
        flag = flag_post(post, **by(ana), at=at)
    told = [said for said in heard if said[0].startswith("desk:")]
    assert {stream for stream, *_ in told} == {f"desk:{amara.id}", f"desk:{kofi.id}"}
    assert all(said[1:] == ("flag", {"id": str(flag.id)}) for said in told)
