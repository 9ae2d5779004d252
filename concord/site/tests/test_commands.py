"""The command line: what somebody at a terminal sees, in a process of its own."""

from __future__ import annotations

import json
import re

import pytest

from concord.site.cli import COMMANDS, main
from concord.site.tests.install import Install

SHARE = re.compile(r"share \d: ((?:\w+ ){19}\w+)")


def findings(install: Install, **environment: str) -> dict[str, str]:
    answer = json.loads(install.run("check", "--json", **environment).stdout)
    return {each["setting"]: each["trouble"] for each in answer["findings"]}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert COMMANDS[command] or capsys.readouterr().out


def test_a_command_that_does_not_exist_is_not_understood(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["approve"])
    assert ended.value.code == 2


def test_set_up_prepares_everything_and_prints_the_shares_once(with_tables: Install):
    first = with_tables.set_up()
    assert first.returncode == 0, first.stderr
    assert len(SHARE.findall(first.stdout)) == 3
    assert with_tables.key_file.stat().st_mode & 0o077 == 0

    again = with_tables.set_up()
    assert again.returncode == 0
    assert "The recovery key is there" in again.stdout
    assert not SHARE.findall(again.stdout)
    assert findings(with_tables) == {}


@pytest.mark.sqlite
def test_set_up_does_not_finish_without_both_addresses(install: Install):
    refused = install.run("setup", CONCORD_REPORT_ADDRESS="", CONCORD_POLICY_ADDRESS="us")
    assert refused.returncode == 1
    assert "CONCORD_REPORT_ADDRESS: is missing" in refused.stderr
    assert "CONCORD_POLICY_ADDRESS: is not an e-mail address" in refused.stderr


@pytest.mark.sqlite
def test_set_up_puts_no_key_among_the_data(install: Install):
    inside = str(install.data / "concord.key")
    assert "inside the data folder" in install.run("setup", CONCORD_KEY_FILE=inside).stderr
    assert not (install.data / "concord.key").exists()


@pytest.mark.sqlite
def test_check_of_an_unused_install_says_what_to_do(install: Install):
    answer = install.run("check")
    assert answer.returncode == 1
    assert "CONCORD_KEY_FILE: there is no file" in answer.stdout
    assert "Run `concord setup`." in answer.stdout


@pytest.mark.sqlite
def test_check_names_each_unsafe_setting(ready: Install):
    ready.key_file.chmod(0o644)
    found = findings(
        ready,
        CONCORD_PUBLIC="http://events.internal",
        CONCORD_DESK="https://events.internal",
        CONCORD_TEAMNAME="misspelt",
        CONCORD_REPORT_ADDRESS="",
    )
    assert found == {
        "CONCORD_KEY_FILE": "others can read it",
        "CONCORD_PUBLIC": "anyone on the way can read what is sent over http",
        "CONCORD_DESK": "it is the public host: staff and participants would share their cookies",
        "CONCORD_TEAMNAME": "is not a setting of Concord",
        "CONCORD_REPORT_ADDRESS": "is missing",
    }


@pytest.mark.sqlite
def test_check_sees_a_key_file_that_is_not_whole(ready: Install):
    ready.key_file.write_text("beef\n")
    assert "is not whole" in ready.run("check").stderr


@pytest.mark.sqlite
def test_check_sees_several_processes_on_sqlite(ready: Install):
    assert "exactly one process" in findings(ready, WEB_CONCURRENCY="4")["WEB_CONCURRENCY"]
    assert "exactly one process" in findings(ready, REDIS_URL="redis://localhost")["REDIS_URL"]


def test_check_sees_a_database_that_does_not_answer(ready: Install):
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    assert "does not answer" in findings(ready, DATABASE_URL=url)["DATABASE_URL"]


@pytest.mark.sqlite
def test_a_setting_that_cannot_be_read_is_told_in_words(install: Install):
    answer = install.run("check", CONCORD_THREADS="many")
    assert answer.returncode == 1
    assert "the settings cannot be read" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.sqlite
def test_serving_an_install_that_is_not_set_up_is_refused(install: Install):
    answer = install.run("serve", "--port", "0")
    assert answer.returncode == 1
    assert "Run `concord setup`" in answer.stderr


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "command",
    [
        "audit",
        "staff list",
        "ledger verify",
        "recover shares",
        "backup there",
        "contact --name E --address e@e.es",
    ],
)
def test_without_an_install_every_command_says_what_to_do(install: Install, command):
    answer = install.run(*command.split())
    assert answer.returncode == 1
    assert "there is no file at" in answer.stderr
    assert "Run `concord setup`" in answer.stderr
    assert not install.data.exists()


@pytest.mark.sqlite
def test_a_database_without_tables_is_told_in_words(install: Install):
    install.data.mkdir(parents=True)
    answer = install.run("audit")
    assert answer.returncode == 1
    assert "Run `concord setup`" in answer.stderr


@pytest.mark.sqlite
def test_on_sqlite_the_jobs_run_in_the_one_process(ready: Install):
    assert "needs PostgreSQL" in ready.run("work").stderr
    assert "leave out --no-worker" in ready.run("serve", "--no-worker").stderr


def test_the_ledger_of_a_new_install_is_whole(ready: Install):
    answer = ready.run("ledger", "verify", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["whole"] is True


def test_a_file_that_is_no_evidence_is_refused_in_words(tmp_path, capsys):
    (tmp_path / "other").write_bytes(b"\x00\xff" * 1_000)
    assert main(["audit", "--offline", str(tmp_path / "other")]) == 1
    assert main(["audit", "--offline", str(tmp_path / "nowhere")]) == 1
    assert main(["audit", "--pin", "ab"]) == 1
    told = capsys.readouterr().err
    assert "cannot be judged: line 1" in told
    assert "No such file" in told
    assert "--pin and --head go with --offline" in told
    assert "Traceback" not in told
