"""Versions of the policy: published, in force, acknowledged, read."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from concord.ledger.models import Entry
from concord.people.designate import NotYoursToDesignate
from concord.people.tests.team import AT, DESK, PUBLIC, Team, sign_in_at_the_desk
from concord.policy.acknowledge import (
    NeedsAcknowledgement,
    NotInForce,
    acknowledge,
    has_acknowledged,
    must_have_acknowledged,
)
from concord.policy.first import CREDIT, first_text
from concord.policy.models import Version
from concord.policy.publish_version import NeedsCredit, WouldReachBack, publish_version
from concord.policy.text import plain
from concord.policy.violations import GROUNDS, KINDS

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def publish(*, at=AT, effective_from=None, by=None, credit=CREDIT, **texts):
    return publish_version(
        texts=texts or {"en": first_text()},
        effective_from=effective_from or at,
        credit=credit,
        by=by,
        at=at,
    )


def text(title: str, point: str = "One."):
    return {"title": title, "sections": [{"heading": "H", "paragraphs": ["P"], "points": [point]}]}


@pytest.fixture
def anyone() -> Client:
    return Client(HTTP_HOST=PUBLIC)


# What it says


def test_the_first_policy_names_every_kind_every_ground_and_both_addresses():
    first = first_text()
    words = plain(first["title"], first["sections"], credit=CREDIT)
    with translation.override("en"):
        for kind in KINDS.values():
            assert str(kind.name) in words
            assert str(kind.words) in words
        for ground in GROUNDS.values():
            assert str(ground) in words
    assert settings.CONCORD_REPORT_ADDRESS in words
    assert settings.CONCORD_POLICY_ADDRESS in words
    assert "Access Now" in words
    assert "RightsCon 2020" in words


@pytest.mark.parametrize(
    "promise",
    [
        "at least one other member of our staff must agree",
        "revoking somebody's access",
        "deleting posts or comments",
        "a warning by letter",
        "write more slowly, or only read",
        "a machine reads along",
        "a code of their own",
        "telling the organisation of the person concerned, when that is practicable",
        "without asking a second person anew",
        "do not name a survivor to anybody without their own clear yes",
        "our staff watch over live events, chats and public social media",
        "never be asked to face anybody",
        "Every session has guidelines of its own",
        "judged by the version in force when it happened",
        "the wishes of the person who reported",
        "tell everybody concerned about a change",
        "30 days after an event ended, the name you took part under and your address",
        "90 days after it, what was written in its rooms",
        "does not send such letters yet",
        "a letter travels as e-mail does",
    ],
)
def test_the_first_policy_promises(promise):
    first = first_text()
    assert promise in plain(first["title"], first["sections"], credit=CREDIT)


def test_the_first_policy_names_the_periods_that_the_clocks_keep(settings):
    settings.CONCORD_KEEP_ADDRESSES_DAYS, settings.CONCORD_KEEP_POSTS_DAYS = 11, 22
    settings.CONCORD_KEEP_CASES_MONTHS, settings.CONCORD_KEEP_CODES_DAYS = 33, 44
    words = str(first_text())
    assert "11 days after an event ended" in words
    assert "22 days after it" in words
    assert "33 months after it was closed" in words
    assert "33 months after we said so" in words
    assert "44 days after it was last used" in words


@pytest.mark.parametrize(
    "untrue",
    [
        "encrypted if you wish",
        "documents are sealed",
        "nobody can list",
        "no day is set",
        "whoever you give your code to",
    ],
)
def test_the_first_policy_promises_nothing_that_is_not_built(untrue):
    assert untrue not in str(first_text())


def test_the_first_policy_is_english_whatever_is_spoken_around_it():
    with translation.override("ar"):
        assert first_text() == first_text()
        assert "nationality" in str(first_text())


def test_thirteen_kinds_and_eleven_grounds_and_none_can_be_taken_away():
    assert len(KINDS) == 13
    assert "other" in KINDS
    assert len(GROUNDS) == 11
    for fixed in (KINDS, GROUNDS):
        with pytest.raises(TypeError):
            del fixed["other"]  # type: ignore[attr-defined]


# publish_version


def test_versions_are_numbered_and_the_ledger_says_so(team: Team):
    publish(by=team.amara)
    second = publish(at=AT + DAY, by=team.amara)
    assert second.number == 2
    entry = Entry.objects.latest("id")
    assert (entry.verb, entry.actor, entry.facts) == (
        "policy.publish_version",
        team.amara.person_id,
        {"number": 2},
    )


@pytest.mark.parametrize("who", ["luis", "noor", "vera", "ivo"])
def test_only_who_plans_publishes(team: Team, who):
    with pytest.raises(NotYoursToDesignate):
        publish(by=getattr(team, who))


def test_conduct_is_judged_by_the_version_in_force_when_it_happened():
    publish()
    publish(at=AT + DAY, effective_from=AT + 7 * DAY)
    in_force = Version.objects.in_force
    assert in_force(AT - DAY) is None
    assert in_force(AT).number == 1
    assert in_force(AT + 7 * DAY - timedelta(seconds=1)).number == 1
    assert in_force(AT + 7 * DAY).number == 2


def test_the_very_first_may_have_been_in_force_before_it_came_here():
    assert publish(effective_from=AT - 365 * DAY).number == 1


@pytest.mark.parametrize("days", [-1, 0.5, 7])
def test_no_later_version_reaches_back(days):
    publish()
    publish(at=AT + DAY, effective_from=AT + 7 * DAY)
    with pytest.raises(WouldReachBack):
        publish(at=AT + DAY, effective_from=AT + days * DAY)


def test_every_version_keeps_its_line_of_credit():
    with pytest.raises(NeedsCredit):
        publish(credit=" ")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"title": "", "sections": []},
        {"title": "T", "sections": []},
        {"title": "T" * 201, "sections": [{"heading": "H", "paragraphs": [], "points": []}]},
        {"title": "T", "sections": [{"heading": "H", "paragraphs": ["\0"], "points": []}]},
        {"title": "T", "sections": [{"heading": "H"}]},
        {"title": "T", "sections": [{"heading": "", "paragraphs": [], "points": []}]},
        {"title": "T", "sections": [{"heading": "H", "paragraphs": [1], "points": []}]},
        {
            "title": "T",
            "sections": [{"heading": "H", "paragraphs": [], "points": [], "html": "<b>"}],
        },
    ],
)
def test_a_text_without_shape_is_not_published(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 (each says its own)
        publish(en=wrong)
    assert not Version.objects.exists()


def test_a_text_in_no_language_or_with_thanks_beyond_measure_is_not_published():
    with pytest.raises(ValueError, match="klingon"):
        publish(klingon=text("T"))
    with pytest.raises(ValueError, match="300"):
        publish(credit="T" * 301)
    assert not Version.objects.exists()


def test_what_was_published_is_never_changed():
    version = publish()
    for row in (version, version.texts.get()):
        with pytest.raises(TypeError):
            row.save()


# acknowledge


class Registered:
    """Stands for whoever reads: the rule asks for nothing but where the number is kept."""

    acknowledged_version: int | None = None
    saved = 0

    def save(self, *, update_fields):
        self.saved += 1


def test_the_version_in_force_is_acknowledged_and_no_time_is_kept():
    publish()
    before = Entry.objects.count()
    reader = acknowledge(Registered(), version=1, at=AT)
    assert reader.acknowledged_version == 1
    assert has_acknowledged(reader, at=AT)
    assert Entry.objects.count() == before


def test_twice_changes_nothing():
    publish()
    reader = acknowledge(acknowledge(Registered(), version=1, at=AT), version=1, at=AT)
    assert reader.saved == 1


@pytest.mark.parametrize("version", [0, 2, 3])
def test_another_version_is_refused(version):
    publish()
    with pytest.raises(NotInForce):
        acknowledge(Registered(), version=version, at=AT)


def test_an_older_one_no_longer_counts():
    publish()
    reader = acknowledge(Registered(), version=1, at=AT)
    publish(at=AT + DAY)
    assert not has_acknowledged(reader, at=AT + DAY)
    with pytest.raises(NeedsAcknowledgement):
        must_have_acknowledged(reader, at=AT + DAY)
    with pytest.raises(NotInForce):
        acknowledge(reader, version=1, at=AT + DAY)


def test_before_the_first_nothing_can_be_acknowledged():
    with pytest.raises(NotInForce):
        acknowledge(Registered(), version=1, at=AT)
    assert not has_acknowledged(Registered(), at=AT)


def test_staff_acknowledge_at_the_desk(team: Team):
    publish(effective_from=AT)
    client = sign_in_at_the_desk(team.noor)
    assert (
        "Version" in client.get("/policy").content.decode()
        or client.get("/policy").status_code == 200
    )
    assert client.post("/policy", {"version": "1"}).status_code == 200
    client.post("/policy", {"version": "1", "agreed": "on"})
    team.noor.refresh_from_db()
    assert team.noor.acknowledged_version == 1
    assert Client(HTTP_HOST=DESK).get("/policy").status_code == 302


# The pages


def test_anyone_reads_the_version_in_force_without_script_or_sign_in(anyone):
    publish()
    publish(at=timezone.now(), effective_from=timezone.now() + DAY)
    page = anyone.get("/policy").content.decode()
    assert "Stalking" in page
    assert "This will change." in page
    assert "1 March 2026" in page
    assert not anyone.cookies


def test_an_old_version_stays_the_same_byte_for_byte(anyone):
    publish(en=text("First"), fr=text("Premier"))
    before = {
        path: anyone.get(path).content
        for path in ("/policy/1", "/policy/1?in=fr", "/policy/1/fr.txt")
    }
    publish(at=AT + DAY, en=text("Second"))
    assert {path: anyone.get(path).content for path in before} == before


def test_the_published_digest_is_that_of_the_text_anyone_can_download(anyone):
    version = publish(ar=text("سياسة"))
    downloaded = anyone.get("/policy/1/ar.txt")
    assert downloaded.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert sha256(downloaded.content).hexdigest() == version.texts.get().digest
    assert version.texts.get().digest in anyone.get("/policy/1").content.decode()


def test_each_reads_it_in_their_language_or_the_first(anyone):
    publish(en=text("Policy"), ar=text("سياسة"))
    assert "سياسة" in anyone.get("/policy", HTTP_ACCEPT_LANGUAGE="ar").content.decode()
    assert "Policy" in anyone.get("/policy", HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert anyone.get("/policy/1?in=%00\u202e").status_code == 200


@pytest.mark.parametrize(
    "path", ["/policy/2", "/policy/0", "/policy/1/tlh.txt", f"/policy/{10**30}", "/policy/-1"]
)
def test_what_was_not_published_is_not_there(anyone, path):
    publish()
    assert anyone.get(path).status_code == 404


def test_before_the_first_version_the_page_says_so(anyone):
    assert "No version is in force yet" in anyone.get("/policy").content.decode()


def test_markup_in_a_text_is_shown_as_it_was_written(anyone):
    publish(en=text("<script>alert(1)</script>", point="<img src=x onerror=alert(1)>"))
    for path in ("/policy", "/policy/1"):
        page = anyone.get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
