from concord.names import token


def test_equal_values_of_one_kind_have_one_token():
    assert token("mailbox", "ada@example.org") == token("mailbox", "ada@example.org")
    assert len(token("mailbox", "ada@example.org")) == 16


def test_kinds_periods_and_values_keep_apart():
    tokens = {
        token("mailbox", "ada@example.org"),
        token("mailbox", "adb@example.org"),
        token("mailbox:2026", "ada@example.org"),
        token("name", "ada@example.org"),
    }
    assert len(tokens) == 4


def test_without_the_key_file_a_token_compares_with_nothing(tmp_path, settings):
    here = token("mailbox", "ada@example.org")
    settings.CONCORD_KEY_FILE = tmp_path / "other.key"
    settings.CONCORD_KEY_FILE.write_text("ab" * 32)
    assert token("mailbox", "ada@example.org") != here
