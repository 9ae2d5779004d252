import pytest
from django.conf import settings as live
from shamir_mnemonic.wordlist import WORDLIST

from concord.vault import passphrases
from concord.vault.errors import TooManyAtOnce
from concord.vault.passphrases import generate_passphrase, normalised, strong_enough


def test_a_generated_passphrase_has_seven_different_listed_words_and_is_strong():
    words = generate_passphrase().split()
    assert len(set(words)) == 7
    assert set(words) <= set(WORDLIST)
    assert strong_enough(" ".join(words))


@pytest.mark.parametrize("weak", ["", "concord", "Passw0rd!2026", "academic " * 7, "a" * 500])
def test_a_passphrase_that_could_be_guessed_is_not_strong_enough(weak):
    assert not strong_enough(weak)


def test_a_phone_may_begin_a_listed_passphrase_with_a_capital():
    assert normalised(" Academic  acid\nACNE ") == "academic acid acne"


def test_a_passphrase_of_ones_own_keeps_its_capitals():
    assert normalised("Zanzibar  Tr0mbone") == "Zanzibar Tr0mbone"


def test_one_passphrase_typed_in_two_unicode_forms_is_one():
    assert normalised("cafe\u0301 noir") == normalised("caf\u00e9 noir")


def test_the_pepper_matters_besides_the_passphrase(tmp_path, settings):
    from concord.vault import environment

    cost = live.CONCORD_ARGON2
    salt = passphrases.new_salt()
    here = passphrases.stretch("a", salt=salt, cost=cost)
    settings.CONCORD_KEY_FILE = tmp_path / "elsewhere.key"
    environment.make_key_file(settings.CONCORD_KEY_FILE)
    assert passphrases.stretch("a", salt=salt, cost=cost) != here


def test_the_cost_of_a_real_installation_is_three_passes_over_64_mebibytes(settings):
    del settings.CONCORD_ARGON2
    assert passphrases.cost_now() == (3, 64 * 1024 * 1024)


def test_whoever_finds_the_line_full_is_told_at_once_and_the_line_moves_on():
    salt = passphrases.new_salt()
    for _ in range(passphrases.IN_LINE):
        passphrases._line.acquire()
    with pytest.raises(TooManyAtOnce):
        passphrases.stretch("a", salt=salt, cost=live.CONCORD_ARGON2)
    for _ in range(passphrases.IN_LINE):
        passphrases._line.release()
    assert len(passphrases.stretch("a", salt=salt, cost=live.CONCORD_ARGON2)) == 32
