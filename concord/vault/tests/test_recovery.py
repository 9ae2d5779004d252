import pytest

from concord.ledger.models import Entry
from concord.vault import environment, files, keys, recovery
from concord.vault.enrolments import vouched_for
from concord.vault.errors import (
    NoGrant,
    NoKey,
    PassphraseTooWeak,
    RecoveryKeyAlreadyThere,
    SharesDoNotFit,
    Tampered,
    WrongPassphrase,
)
from concord.vault.models import Grant, RecoveryKey
from concord.vault.signatures import key_rows, recovery_rows
from concord.vault.signing import signed_by
from concord.vault.tests.conftest import PASSPHRASE

NEW = "thimble orchard cascade juniper velvet"


def test_any_two_shares_make_the_key(shares):
    made = {recovery.combine([shares[a], shares[b]]).key_id for a, b in ((0, 1), (0, 2), (1, 2))}
    assert made == {RecoveryKey.objects.current().id}


def test_one_share_opens_nothing(shares):
    with pytest.raises(SharesDoNotFit):
        recovery.combine(shares[:1])
    with pytest.raises(SharesDoNotFit):
        recovery.combine([shares[0], shares[0]])


@pytest.mark.parametrize("typed", [[], [""], ["academic acid"], ["no such words", "at all"]])
def test_mistyped_shares_are_refused_in_words(typed):
    with pytest.raises(SharesDoNotFit):
        recovery.combine(typed)


def test_a_changed_word_is_noticed(shares):
    words = shares[0].split()
    words[7] = "academic" if words[7] != "academic" else "acid"
    with pytest.raises(SharesDoNotFit):
        recovery.combine([" ".join(words), shares[1]])


def test_capitals_and_spacing_of_a_share_do_not_matter(shares):
    typed = [f"  {shares[0].upper()} ", shares[1].replace(" ", "\n")]
    assert recovery.combine(typed).key_id == RecoveryKey.objects.current().id


def test_there_is_one_recovery_key(shares, at):
    with pytest.raises(RecoveryKeyAlreadyThere):
        recovery.make(at=at)


@pytest.mark.parametrize(("shares_", "threshold"), [(1, 1), (2, 2), (3, 1)])
def test_no_share_alone_suffices_and_one_may_be_lost(db, at, shares_, threshold):
    with pytest.raises(ValueError, match="share"):
        recovery.make(shares=shares_, threshold=threshold, at=at)


def test_two_share_holders_recover_a_lost_passphrase(noor, shares, later):
    recovery.recover_passphrase(noor.holder, NEW, secret=recovery.combine(shares[1:]), at=later)
    assert keys.unlock(noor.holder, NEW).key_id == noor.key_id
    with pytest.raises(WrongPassphrase):
        keys.unlock(noor.holder, PASSPHRASE)
    assert Entry.objects.filter(verb="vault.recover_passphrase", subject=noor.holder).exists()


def test_a_recovered_passphrase_must_be_strong_too(noor, shares, later):
    with pytest.raises(PassphraseTooWeak):
        recovery.recover_passphrase(
            noor.holder, "concord", secret=recovery.combine(shares[:2]), at=later
        )


def test_who_never_had_a_passphrase_recovers_none(noor, shares, stranger, later):
    with pytest.raises(NoKey):
        recovery.recover_passphrase(stranger, NEW, secret=recovery.combine(shares[:2]), at=later)


def test_after_a_recovery_the_old_shares_open_nothing_and_the_new_ones_everything(
    noor, sam, shares, at, later
):
    file = files.open_file(readers=[noor.holder], at=at)
    sealed = files.seal(file.id, b"before", about="note:1")
    old = recovery.combine(shares[:2])
    fresh = recovery.recover_passphrase(sam.holder, NEW, secret=old, at=later)
    new = recovery.combine(fresh[:2])
    assert files.unseal(file.id, sealed, about="note:1", keyring=new) == b"before"
    with pytest.raises(NoGrant):
        files.unseal(file.id, sealed, about="note:1", keyring=old)
    with pytest.raises(SharesDoNotFit):
        recovery.recover_passphrase(sam.holder, NEW, secret=old, at=later)
    recovery.recover_passphrase(noor.holder, NEW, secret=new, at=later)
    assert keys.unlock(noor.holder, NEW).key_id == noor.key_id


def test_a_remade_key_is_vouched_for_by_the_one_before(noor, shares, later):
    old = RecoveryKey.objects.current()
    recovery.remake(secret=recovery.combine(shares[:2]), at=later)
    new = RecoveryKey.objects.current()
    vouched = bytes(new.vouched_by_last)
    assert signed_by(bytes(old.signing_public), recovery.vouching_statement(new), vouched)
    assert keys.public_keys(noor.holder).id in vouched_for(recovery_rows(), key_rows())


def test_a_lost_key_never_means_a_lost_report(noor, sam, shares, at, later):
    file = files.open_file(readers=[noor.holder], at=at)
    sealed = files.seal(file.id, b"what happened", about="report:1")
    keys.retire(noor.holder, by=sam.holder, at=later)
    files.grant(file.id, to=sam.holder, by=recovery.combine(shares[:2]), at=later)
    assert files.unseal(file.id, sealed, about="report:1", keyring=sam) == b"what happened"


def test_every_epoch_is_sealed_to_recovery_too(noor, sam, shares, at, later):
    file = files.open_file(readers=[noor.holder, sam.holder], at=at)
    files.withdraw(file.id, sam.holder, at=later)
    assert Grant.objects.filter(kind=Grant.Kind.RECOVERY, epoch__file=file).count() == 2


def test_a_backup_restores_the_key_file_with_two_shares(shares, tmp_path, settings):
    blob = recovery.seal_environment()
    assert environment.read_master(settings.CONCORD_KEY_FILE) not in blob
    path = tmp_path / "bare machine" / "concord.key"
    recovery.open_environment(blob, secret=recovery.combine(shares[:2]), path=path)
    assert path.read_text() == settings.CONCORD_KEY_FILE.read_text()
    with pytest.raises(Tampered):
        recovery.open_environment(
            blob, secret=recovery.RecoverySecret(bytes(16)), path=tmp_path / "other.key"
        )
