"""Two taps from a post, without a script; at the desk, only what is theirs; on a stream, only one's own."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from concord.monitoring.desk_stream import authorise, stream_of
from concord.monitoring.models import Flag
from concord.monitoring.read_flag import read_flag
from concord.people.models import Login, StaffMember
from concord.people.tests.team import PASSPHRASE, desk_client, sign_in_at_the_desk
from concord.spaces import post_actions
from concord.spaces.streams import authorise_watch


def inside(registration) -> Client:
    client = Client(headers={"host": "localhost"})
    login = Login.objects.get(person=registration.person)
    client.force_login(login, backend="concord.people.passphrase.PassphraseBackend")
    return client


@pytest.mark.clauses("R-FLAG-1", "I-SOON-1")
def test_every_post_has_a_link_to_flag_it_and_one_tap_more_does(post, ana, amara, at):
    (address,) = [link.href for link in post_actions.links_of_post(post.id) if link.label == "Flag"]
    browser = inside(ana)
    form = browser.get(address)
    assert form.status_code == 200
    assert post.text not in form.content.decode()
    sent = browser.post(address, {"words": ""})
    assert "A person will look" in sent.content.decode()
    assert read_flag(Flag.objects.get(), keyring=amara.keyring, at=at).by == ana.person_id


def test_a_moment_is_flagged_from_the_room_once_a_form(room, ana, amara, at):
    (link,) = [link for link in post_actions.links_of_room(room.id) if "moment" in link.label]
    browser = inside(ana)
    assert "What did you see or hear?" in browser.get(link.href).content.decode()
    sent = {"words": "he shouted <b>", "nonce": str(uuid4())}
    for _ in range(2):
        browser.post(link.href, sent)
    assert read_flag(Flag.objects.get(), keyring=amara.keyring, at=at).words == "he shouted <b>"


@pytest.mark.parametrize("nonce", ["", "nonsense", "\x00"])
def test_an_odd_form_raises_a_flag_all_the_same(room, ana, amara, nonce):
    inside(ana).post(f"/r/{room.id}/flag", {"words": "hm", "nonce": nonce})
    assert Flag.objects.count() == 1


def test_too_many_words_are_kept_for_the_next_try(room, ana, amara):
    response = inside(ana).post(f"/r/{room.id}/flag", {"words": "x" * 10_001})
    assert "x" * 10_001 in response.content.decode()
    assert not Flag.objects.exists()


def test_for_a_stranger_and_for_whoever_is_not_registered_there_is_nothing(post, room, ana, amara):
    outsider = inside(ana)
    ana.delete()
    for browser in (Client(headers={"host": "localhost"}), outsider):
        for address in (f"/p/{post.id}/flag", f"/r/{room.id}/flag", f"/p/{uuid4()}/flag"):
            assert browser.get(address).status_code == 404
            assert browser.post(address).status_code == 404


def test_whoever_is_shut_out_reads_the_refusal_and_raises_nothing(post, ana, amara, shut_out):
    shut_out(ana)
    assert inside(ana).post(f"/p/{post.id}/flag").status_code == 403
    assert not Flag.objects.exists()


def test_a_monitor_flags_from_the_desk(post, room, amara, at):
    browser = sign_in_at_the_desk(amara.staff)
    assert browser.post(f"/posts/{post.id}/flag", {"words": "now"}).status_code == 302
    assert browser.post(f"/rooms/{room.id}/flag", {"words": "heard"}).status_code == 302
    assert set(Flag.objects.values_list("kind", "by_staff")) == {("post", True), ("moment", True)}
    assert browser.post(f"/posts/{uuid4()}/flag").status_code == 404


def test_only_signed_in_staff_listen_and_only_to_their_own_stream(amara, kofi, ana):
    desk = sign_in_at_the_desk(amara.staff).session.session_key
    mine, theirs = stream_of(amara.id), stream_of(kofi.id)
    granted = authorise(desk, "desk.localhost:8000", [mine])
    assert granted is not None
    assert (granted.person, granted.streams) == (amara.id, [mine])
    assert authorise(desk, "desk.localhost:8000", [theirs]) is None
    assert authorise(desk, "desk.localhost:8000", [mine, theirs]) is None
    assert authorise(desk, "localhost:8000", [mine]) is None
    assert authorise(None, "desk.localhost:8000", [mine]) is None
    public = inside(ana).session.session_key
    assert authorise(public, "desk.localhost:8000", [stream_of(ana.person_id)]) is None


def test_a_passphrase_without_the_second_factor_hears_nothing(amara, room):
    newcomer = desk_client()
    newcomer.post("/in", {"login": amara.staff.working_name, "password": PASSPHRASE})
    assert newcomer.get("/").headers["Location"] == "/second/set-up"
    key = newcomer.session.session_key
    assert authorise(key, "desk.localhost", [stream_of(amara.id)]) is None
    assert authorise_watch(key, "desk.localhost", [room.watch_stream]) is None
    opened = sign_in_at_the_desk(amara.staff).session.session_key
    assert authorise_watch(opened, "desk.localhost", [room.watch_stream]) is not None


@pytest.mark.parametrize("unready", ["passphrase", "pledge"])
def test_a_stream_opens_to_nobody_before_their_own_pages_do(amara, room, unready):
    key = sign_in_at_the_desk(amara.staff).session.session_key
    if unready == "pledge":
        StaffMember.objects.filter(id=amara.staff.id).update(pledged_at=None)
    else:
        Login.objects.at_the_desk().filter(person=amara.id).update(others_know_passphrase=True)
    assert authorise(key, "desk.localhost", [stream_of(amara.id)]) is None
    assert authorise_watch(key, "desk.localhost", [room.watch_stream]) is None


def test_former_staff_hear_nothing_more(amara, at):
    desk = sign_in_at_the_desk(amara.staff).session.session_key
    amara.staff.ended_at = at
    amara.staff.save()
    assert authorise(desk, "desk.localhost", [stream_of(amara.id)]) is None


def test_more_can_be_told_about_the_post_that_was_flagged(post, ana, amara):
    sent = inside(ana).post(f"/p/{post.id}/flag", {"words": ""}).content.decode()
    assert f"/report?from=%2Fr%2F{post.room_id}&amp;post={post.id}" in sent
