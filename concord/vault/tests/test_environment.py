import stat
import subprocess
import sys

import pytest

from concord.vault import environment
from concord.vault.errors import Tampered


@pytest.fixture
def key_file(tmp_path, settings):
    path = tmp_path / "keys" / "concord.key"
    environment.make_key_file(path)
    settings.CONCORD_KEY_FILE = path
    return path


def test_a_new_key_file_is_for_its_owner_alone(key_file):
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert environment.is_private(key_file)


def test_a_key_file_that_others_may_read_is_told_apart(key_file):
    key_file.chmod(0o640)
    assert not environment.is_private(key_file)


def test_a_key_file_is_never_overwritten(key_file):
    before = key_file.read_text()
    with pytest.raises(FileExistsError):
        environment.make_key_file(key_file)
    assert key_file.read_text() == before


@pytest.mark.parametrize("contents", [None, "", "not hexadecimal", "abcd"])
def test_a_missing_or_damaged_key_file_is_named_and_its_contents_are_not(tmp_path, contents):
    path = tmp_path / "concord.key"
    if contents is not None:
        path.write_text(contents)
    with pytest.raises(environment.EnvironmentKeyMissing, match=r"concord\.key") as raised:
        environment.derive(path, "anything")
    assert not contents or contents not in str(raised.value)


def test_each_purpose_has_a_key_of_its_own(key_file):
    assert environment.subkey("mail") == environment.subkey("mail")
    assert environment.subkey("mail") != environment.subkey("delivery")
    assert environment.mac("a", b"x") != environment.mac("b", b"x")
    assert len(environment.mac("a", b"x")) == 16


def test_what_is_sealed_opens_for_its_own_purpose_and_row_only(key_file):
    blob = environment.seal("mail", b"ana@example.org", about="login.address:1")
    assert b"ana@" not in blob
    assert environment.unseal("mail", blob, about="login.address:1") == b"ana@example.org"
    with pytest.raises(Tampered):
        environment.unseal("mail", blob, about="login.address:2")
    with pytest.raises(Tampered):
        environment.unseal("delivery", blob, about="login.address:1")


def test_without_the_key_file_nothing_opens(key_file, tmp_path, settings):
    blob = environment.seal("mail", b"ana@example.org", about="login.address:1")
    settings.CONCORD_KEY_FILE = tmp_path / "another.key"
    environment.make_key_file(settings.CONCORD_KEY_FILE)
    with pytest.raises(Tampered):
        environment.unseal("mail", blob, about="login.address:1")


def test_settings_can_derive_a_key_before_there_are_settings(key_file):
    program = (
        "import sys; from pathlib import Path; from concord.vault import environment as e;"
        "print(e.derive(Path(sys.argv[1]), 'django').hex())"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, str(key_file)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": ""},
    )
    assert told.stdout.strip() == environment.derive(key_file, "django").hex()
