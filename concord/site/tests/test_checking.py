"""Each setting that is missing or unsafe is named, with what to do; nothing else is."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as live
from django.db import connection
from django.utils import timezone

from concord.actions.triggers import drop_statements
from concord.live.models import Process
from concord.people.tests.team import AT, Team, gather, member
from concord.site import checking
from concord.site.answers import Answers, Colleague, OutsideContact
from concord.site.founding import found
from concord.vault import recovery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANSWERED = Answers(
    outside_contact=OutsideContact("Elena Ruiz", "elena@outside.example"),
    staff=(Colleague("Amara", "amara"), Colleague("Luis", "luis")),
)


@pytest.fixture(autouse=True)
def well_set(settings, monkeypatch, tmp_path):
    """Nothing is missing: each test takes one thing away."""
    for name, value in {
        "CONCORD_MAIL_HOST": "localhost",
        "CONCORD_SETTINGS": str(tmp_path / "env"),
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("CONCORD_MAIL_SECURITY", "CONCORD_RECORD", "WEB_CONCURRENCY"):
        monkeypatch.delenv(name, raising=False)
    settings.EMAIL_HOST, settings.CONCORD_MAIL_SECURITY = "localhost", ""
    settings.CONCORD_POLICY_ADDRESS = "policy@ballots.internal"
    settings.CONCORD_REPORT_ADDRESS = "report@ballots.internal"


@pytest.fixture
def founded(db):
    found(ANSWERED, shares=3, threshold=2, secret=None, at=AT)


def named(*findings) -> dict[str, str]:
    assert all(one.remedy for one in findings)
    return {one.setting: one.trouble for one in findings}


def test_nothing_is_named_when_nothing_is_missing(founded):
    assert named(*checking.findings()) == {}


@pytest.mark.parametrize("name", ["CONCORD_POLICY_ADDRESS", "CONCORD_REPORT_ADDRESS"])
@pytest.mark.parametrize("value, trouble", [("", "is missing"), ("us", "is not an e-mail address")])
def test_an_address_that_is_missing_or_none(settings, name, value, trouble):
    setattr(settings, name, value)
    assert named(*checking.addresses()) == {name: trouble}


@pytest.mark.parametrize("name", ["CONCORD_POLICY_ADDRESS", "CONCORD_REPORT_ADDRESS"])
@pytest.mark.parametrize("value", ["us@example.org", "us@mail.example.com", "us@ballots.example"])
def test_an_address_of_the_example_is_to_be_changed(settings, name, value):
    setattr(settings, name, value)
    assert "no letter ever arrives" in named(*checking.left_from_the_example())[name]


def test_a_host_of_the_example_is_to_be_changed(settings):
    settings.CONCORD_DESK = "https://desk.example.org"
    assert set(named(*checking.left_from_the_example())) == {"CONCORD_DESK"}
    settings.CONCORD_DESK = "https://desk.counterexample.org"
    assert not list(checking.left_from_the_example())


@pytest.mark.parametrize("value", ["The host", "Open Ballot Forum"])
def test_a_name_that_nobody_chose_is_noted_and_stops_nothing(settings, value):
    settings.CONCORD_AUDITOR_ADDRESS = "grace@outside.internal"
    settings.CONCORD_HOST_NAME = value
    assert set(named(*checking.notes())) == {"CONCORD_HOST_NAME"}
    settings.CONCORD_HOST_NAME = "Voters of the Valley"
    assert not list(checking.notes())


def test_without_an_auditor_it_is_said_plainly_and_stops_nothing(settings):
    settings.CONCORD_HOST_NAME = "Voters of the Valley"
    settings.CONCORD_AUDITOR_ADDRESS = ""
    assert "there is no auditor" in named(*checking.notes())["CONCORD_AUDITOR_ADDRESS"]
    assert not list(checking.auditor())


@pytest.mark.parametrize("value", ["grace", "grace@", "a b@c.d"])
def test_an_auditor_who_cannot_be_reached_is_named(settings, value):
    settings.CONCORD_AUDITOR_ADDRESS = value
    assert named(*checking.auditor()) == {"CONCORD_AUDITOR_ADDRESS": "is not an e-mail address"}


@pytest.mark.parametrize("name", ["CONCORD_PUBLIC", "CONCORD_DESK"])
@pytest.mark.parametrize(
    "value, trouble", [("", "is not a web address"), ("http://events.example", "anyone on the way")]
)
def test_a_host_that_is_missing_or_unsafe(settings, name, value, trouble):
    setattr(settings, name, value)
    assert named(*checking.hosts())[name].startswith(trouble)


def test_one_host_for_both_doors(settings):
    settings.CONCORD_PUBLIC = settings.CONCORD_DESK = "https://events.example"
    assert "share their cookies" in named(*checking.hosts())["CONCORD_DESK"]


def test_error_pages_that_show_too_much(settings):
    settings.DEBUG = True
    assert "is on" in named(*checking.hosts())["DEBUG"]


def test_a_mail_server_that_is_missing(monkeypatch):
    monkeypatch.delenv("CONCORD_MAIL_HOST")
    assert "nobody who takes part can sign in" in named(*checking.mail())["CONCORD_MAIL_HOST"]


@pytest.mark.parametrize(
    "value, trouble", [("", "cross the network in clear"), ("ssl", "is not a way")]
)
def test_a_mail_server_reached_in_clear(settings, value, trouble):
    settings.EMAIL_HOST, settings.CONCORD_MAIL_SECURITY = "mail.example", value
    assert trouble in named(*checking.mail())["CONCORD_MAIL_SECURITY"]


def test_a_mail_server_that_does_not_answer(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1
    assert "does not take letters" in named(*checking.mail_server())["CONCORD_MAIL_HOST"]


def test_a_way_to_wake_people_that_is_unsafe(settings, tmp_path):
    secret = tmp_path / "secret"
    settings.CONCORD_WEBHOOK_SECRET_FILE = str(secret)
    settings.CONCORD_WEBHOOK_URL = "http://gateway.internal/wake"
    assert [one.setting for one in checking.webhook()] == [
        "CONCORD_WEBHOOK_URL",
        "CONCORD_WEBHOOK_SECRET_FILE",
    ]
    settings.CONCORD_WEBHOOK_URL = "https://gateway.internal/wake"
    secret.write_text("a secret of more than thirty-two signs")
    secret.chmod(0o644)
    assert [one.trouble for one in checking.webhook()] == ["others can read it"]
    secret.chmod(0o600)
    assert list(checking.webhook()) == []


def test_rings_that_do_not_rise(monkeypatch):
    monkeypatch.setenv("CONCORD_RINGS_LIVE_MINUTES", "5,2,10")
    assert [one.setting for one in checking.rings()] == ["CONCORD_RINGS_LIVE_MINUTES"]
    monkeypatch.setenv("CONCORD_RINGS_LIVE_MINUTES", "2, 5, 10")
    assert list(checking.rings()) == []


def test_a_misspelt_setting(monkeypatch):
    monkeypatch.setenv("CONCORD_REPORT_ADRESS", "report@example.org")
    assert "is not a setting" in named(*checking.unknown_settings())["CONCORD_REPORT_ADRESS"]


def test_a_settings_file_that_others_can_read(tmp_path):
    (tmp_path / "env").touch(mode=0o644)
    (tmp_path / "env").chmod(0o644)
    assert named(*checking.kept_settings()) == {"CONCORD_SETTINGS": "others can read it"}


def test_a_key_file_that_is_missing(settings, tmp_path):
    settings.CONCORD_KEY_FILE = tmp_path / "concord.key"
    assert "there is no file" in named(*checking.key_file())["CONCORD_KEY_FILE"]


def test_a_key_file_that_others_can_read(settings, tmp_path):
    settings.CONCORD_KEY_FILE = copy_of_key(tmp_path)
    settings.CONCORD_KEY_FILE.chmod(0o640)
    assert named(*checking.key_file()) == {"CONCORD_KEY_FILE": "others can read it"}


def test_a_key_file_among_the_data(settings, tmp_path):
    settings.CONCORD_DATA = tmp_path
    settings.CONCORD_KEY_FILE = copy_of_key(tmp_path)
    assert "inside the data folder" in named(*checking.key_file())["CONCORD_KEY_FILE"]


def copy_of_key(folder: Path) -> Path:
    return Path(shutil.copy(live.CONCORD_KEY_FILE, folder / "concord.key"))


def test_a_data_folder_that_is_missing(settings, tmp_path):
    settings.CONCORD_DATA = tmp_path / "nowhere"
    assert "there is no folder" in named(*checking.data_folder())["CONCORD_DATA"]


def test_static_files_that_are_not_in_place(settings, tmp_path):
    settings.CONCORD_DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    assert "static files" in named(*checking.data_folder())["CONCORD_DATA"]


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["WEB_CONCURRENCY", "REDIS_URL"])
@pytest.mark.django_db
def test_several_processes_on_sqlite(settings, monkeypatch, name):
    monkeypatch.setenv("WEB_CONCURRENCY", "4" if name == "WEB_CONCURRENCY" else "1")
    settings.REDIS_URL = "redis://localhost" if name == "REDIS_URL" else ""
    assert "exactly one process" in named(*checking.processes())[name]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_several_processes_that_share_no_redis(settings, monkeypatch):
    monkeypatch.delenv("WEB_CONCURRENCY", raising=False)
    settings.REDIS_URL = ""
    Process.objects.create(id=uuid4(), seen_at=timezone.now(), followed=0)
    assert not named(*checking.processes())
    Process.objects.create(id=uuid4(), seen_at=timezone.now(), followed=0)
    assert "seconds late" in named(*checking.processes())["REDIS_URL"]


def test_a_trigger_that_is_gone(founded):
    with connection.cursor() as cursor:
        cursor.execute(drop_statements()[0])
    assert "is gone" in named(*checking.database())["DATABASE_URL"]


@pytest.mark.django_db
def test_a_house_in_which_nobody_can_work():
    found_so_far = named(*checking.database(), *checking.house())
    assert set(found_so_far) == {"recovery key", "policy", "outside contact", "team"}


def test_a_team_that_nobody_leads(db):
    secret = recovery.combine(recovery.make(at=AT)[:2])
    for name in ("Amara", "Luis"):
        member(name, "receiver", vouched=secret)
    assert "nobody who receives reports leads" in named(*checking.house())["team"]


def test_keys_that_wait(founded):
    member("Kim", "staff")
    assert "the keys of Kim wait" in named(*checking.house())["team"]


def test_a_team_without_an_outside_contact_is_told_which_command_names_one(db):
    team: Team = gather()
    assert team
    (contact,) = [one for one in checking.house() if one.setting == "outside contact"]
    assert "concord contact" in contact.remedy
