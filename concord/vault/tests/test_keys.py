import json
import pickle
import secrets
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from nacl.public import PrivateKey
from nacl.pwhash.argon2id import kdf

from concord.ledger.models import Entry
from concord.vault import keys, passphrases, recovery
from concord.vault.enrolments import vouched_for
from concord.vault.errors import (
    KeyAlreadyThere,
    NeedsAnotherPerson,
    NoKey,
    NoRecoveryKey,
    OnlyForTheFirstTwo,
    PassphraseTooWeak,
    SharesDoNotFit,
    Tampered,
    WrongPassphrase,
)
from concord.vault.keyring import Keyring
from concord.vault.models import PersonKey, RecoveryKey
from concord.vault.signatures import enrolment_statement, key_rows, recovery_rows
from concord.vault.tests.conftest import PASSPHRASE


@pytest.fixture
def runs_of_argon2id(monkeypatch):
    """The cost of each real run."""
    runs = []

    def counted(size, passphrase, salt, opslimit, memlimit):
        runs.append((opslimit, memlimit))
        return kdf(size, passphrase, salt, opslimit, memlimit)

    monkeypatch.setattr(passphrases, "kdf", counted)
    return runs


def vouched() -> set:
    """The ids of the keys that an audit believes."""
    return vouched_for(recovery_rows(), key_rows())


def recovery_id():
    return RecoveryKey.objects.get().id


def test_the_first_two_are_countersigned_by_recovery_and_the_next_by_a_colleague(noor, sam, kim):
    assert vouched() == {*PersonKey.objects.values_list("id", flat=True), recovery_id()}
    assert keys.public_keys(kim.holder).countersigner == noor.holder


def test_recovery_does_not_countersign_a_third_person(noor, sam, shares, at):
    with pytest.raises(OnlyForTheFirstTwo):
        keys.enrol(uuid4(), PASSPHRASE, at=at, countersigner=recovery.combine(shares[:2]))


def test_another_recovery_key_countersigns_nobody(shares, at):
    with pytest.raises(NoKey):
        keys.enrol(uuid4(), PASSPHRASE, at=at, countersigner=recovery.RecoverySecret(bytes(16)))


def test_nobody_is_enrolled_before_there_is_a_recovery_key(db, at):
    with pytest.raises(NoRecoveryKey):
        keys.enrol(uuid4(), PASSPHRASE, at=at, countersigner=None)


def test_a_passphrase_that_could_be_guessed_is_refused(shares, at):
    with pytest.raises(PassphraseTooWeak):
        keys.enrol(uuid4(), "concord2026", at=at, countersigner=None)


def test_a_second_key_for_one_holder_is_refused(noor, sam, at):
    with pytest.raises(KeyAlreadyThere):
        keys.enrol(noor.holder, PASSPHRASE, at=at, countersigner=sam)


def test_a_key_that_waits_opens_at_sign_in_and_counts_for_nothing(noor, stranger, at, later):
    keys.enrol(stranger, PASSPHRASE, at=at, countersigner=None)
    waiting = keys.unlock(stranger, PASSPHRASE)
    assert not keys.verify(stranger, b"I agree", waiting.sign(b"I agree"))
    with pytest.raises(NoKey):
        keys.public_keys(stranger)
    keys.countersign(stranger, by=noor, at=later)
    assert keys.verify(stranger, b"I agree", waiting.sign(b"I agree"))


def test_nobody_countersigns_their_own_key(shares, stranger, at):
    keys.enrol(stranger, PASSPHRASE, at=at, countersigner=None)
    with pytest.raises(NeedsAnotherPerson):
        keys.countersign(stranger, by=keys.unlock(stranger, PASSPHRASE), at=at)


def test_the_database_refuses_a_key_countersigned_by_its_own_holder(noor):
    key = keys.public_keys(noor.holder)
    key.countersigner = noor.holder
    with pytest.raises(IntegrityError):
        key.save()


def test_someone_whose_own_key_does_not_count_countersigns_nobody(noor, stranger, at):
    keys.enrol(stranger, PASSPHRASE, at=at, countersigner=None)
    with pytest.raises(NoKey):
        keys.countersign(stranger, by=Keyring.new(uuid4()), at=at)
    with pytest.raises(NoKey):
        keys.countersign(stranger, by=Keyring.new(noor.holder), at=at)


def test_countersigning_twice_is_refused_and_changes_nothing(noor, sam, kim, later):
    before = keys.public_keys(kim.holder).countersigner
    with pytest.raises(NoKey):
        keys.countersign(kim.holder, by=sam, at=later)
    assert keys.public_keys(kim.holder).countersigner == before


def test_a_public_key_exchanged_in_the_database_breaks_its_enrolment(noor, sam, owner):
    key = keys.public_keys(sam.holder)
    forged = Keyring.new(sam.holder)
    key.signing_public = forged.signing_public
    key.save()
    assert key.id not in vouched()


def test_a_backdated_enrolment_does_not_hold(noor, sam, kim, at, owner):
    key = keys.public_keys(kim.holder)
    key.enrolled_at = at - timedelta(days=1)
    key.save()
    assert key.id not in vouched()


def test_two_forged_keys_that_vouch_for_each_other_are_believed_by_nobody(noor, at):
    one, other = Keyring.new(uuid4()), Keyring.new(uuid4())
    for mine, theirs in ((one, other), (other, one)):
        key = PersonKey(
            id=mine.key_id,
            holder=mine.holder,
            reading_public=mine.reading_public,
            signing_public=mine.signing_public,
            made_at=at,
            enrolled_at=at,
            countersigner=theirs.holder,
        )
        key.countersignature = theirs.sign(enrolment_statement(key))
        key.save(force_insert=True)
    assert vouched().isdisjoint({one.key_id, other.key_id})
    assert noor.key_id in vouched()


def test_a_second_recovery_key_that_nobody_vouches_for_leads_nowhere(noor, at):
    forged = recovery.RecoverySecret(secrets.token_bytes(16))
    RecoveryKey.objects.create(
        id=forged.key_id,
        reading_public=forged.reading_public,
        signing_public=forged.signing_public,
        shares=3,
        threshold=2,
        made_at=at + timedelta(seconds=1),
        retired_at=at,
    )
    stranger = Keyring.new(uuid4())
    key = PersonKey(
        id=stranger.key_id,
        holder=stranger.holder,
        reading_public=stranger.reading_public,
        signing_public=stranger.signing_public,
        made_at=at,
        enrolled_at=at + timedelta(seconds=1),
        countersigner=forged.holder,
    )
    key.countersignature = forged.sign(enrolment_statement(key))
    key.save(force_insert=True)
    assert vouched().isdisjoint({forged.key_id, stranger.key_id})


def test_with_pins_only_what_they_lead_to_is_believed(noor, sam, kim):
    pinned = keys.public_keys(noor.holder)
    assert vouched_for(recovery_rows(), key_rows(), [pinned.fingerprint]) == {
        pinned.id,
        kim.key_id,
    }


def test_a_wrong_passphrase_opens_nothing(noor):
    with pytest.raises(WrongPassphrase):
        keys.unlock(noor.holder, "walnut lantern gravel ostrich meadows")


def test_an_unknown_holder_is_answered_like_a_wrong_passphrase(db, stranger):
    with pytest.raises(WrongPassphrase):
        keys.unlock(stranger, PASSPHRASE)


def test_each_sign_in_runs_argon2id_once_whoever_asks(noor, stranger, runs_of_argon2id):
    keys.unlock(noor.holder, PASSPHRASE)
    for holder in (noor.holder, stranger):
        with pytest.raises(WrongPassphrase):
            keys.unlock(holder, "not it")
    assert len(runs_of_argon2id) == 3
    assert len(set(runs_of_argon2id)) == 1


def test_a_sealed_key_moved_to_another_holder_does_not_open(noor, sam):
    hers = keys.public_keys(noor.holder)
    his = PersonKey.objects.filter(holder=sam.holder)
    his.update(sealed_secret=hers.sealed_secret, salt=hers.salt)
    with pytest.raises(WrongPassphrase):
        keys.unlock(sam.holder, PASSPHRASE)


def test_a_new_passphrase_opens_the_same_keys_and_the_old_one_nothing(noor, later):
    new = keys.generate_passphrase()
    keys.change_passphrase(noor, new, at=later)
    assert keys.unlock(noor.holder, new).key_id == noor.key_id
    with pytest.raises(WrongPassphrase):
        keys.unlock(noor.holder, PASSPHRASE)


def test_a_weak_new_passphrase_is_refused_and_the_old_one_stays(noor, later):
    with pytest.raises(PassphraseTooWeak):
        keys.change_passphrase(noor, "concord", at=later)
    assert keys.unlock(noor.holder, PASSPHRASE).key_id == noor.key_id


def test_a_passphrase_is_changed_only_for_keys_that_are_there(noor, later):
    with pytest.raises(NoKey):
        keys.change_passphrase(Keyring.new(noor.holder), keys.generate_passphrase(), at=later)


def test_a_signature_counts_from_the_signers_enrolment_on(noor, at):
    signature = noor.sign(b"version 3")
    assert keys.verify(noor.holder, b"version 3", signature)
    assert keys.verify(noor.holder, b"version 3", signature, at=at)
    assert not keys.verify(noor.holder, b"version 3", signature, at=at - timedelta(seconds=1))


def test_a_signature_is_for_one_message_by_one_person(noor, sam):
    signature = noor.sign(b"version 3")
    assert not keys.verify(noor.holder, b"version 4", signature)
    assert not keys.verify(sam.holder, b"version 3", signature)
    assert not keys.verify(noor.holder, b"version 3", b"short")
    assert not keys.verify(uuid4(), b"version 3", signature)


def test_a_retired_key_opens_no_more_and_its_old_signatures_stand(noor, sam, at, later):
    signature = noor.sign(b"version 3")
    keys.retire(noor.holder, by=sam.holder, at=later)
    with pytest.raises(WrongPassphrase):
        keys.unlock(noor.holder, PASSPHRASE)
    assert keys.verify(noor.holder, b"version 3", signature, at=at)
    assert not keys.verify(noor.holder, b"version 3", signature)
    with pytest.raises(NoKey):
        keys.retire(noor.holder, by=sam.holder, at=later)


def test_what_is_sealed_to_one_holder_opens_for_that_holder_only(noor, sam):
    blob = keys.seal_for(noor.holder, b"for you", about="briefing:1")
    assert noor.open_sealed(blob, about="briefing:1") == b"for you"
    with pytest.raises(Tampered):
        sam.open_sealed(blob, about="briefing:1")


def test_a_standing_reader_is_a_holder_who_reads_and_never_signs(noor, stranger, at):
    private = PrivateKey.generate()
    keys.enrol_reader(stranger, bytes(private.public_key), at=at, countersigner=noor)
    reader = Keyring.reading_only(stranger, private)
    blob = keys.seal_for(stranger, b"all of us are kept out", about="report:1")
    assert reader.open_sealed(blob, about="report:1") == b"all of us are kept out"
    assert not keys.verify(stranger, b"", b"")
    with pytest.raises(TypeError):
        reader.sign(b"anything")
    with pytest.raises(WrongPassphrase):
        keys.unlock(stranger, "")


def test_a_keyring_leaves_memory_in_no_form(noor):
    with pytest.raises(TypeError):
        pickle.dumps(noor)
    with pytest.raises(TypeError):
        json.dumps(noor)
    assert noor.secret().hex() not in repr(noor)


def test_the_ledger_hears_of_keys_and_of_nothing_inside_them(noor, sam, kim, later):
    keys.change_passphrase(kim, keys.generate_passphrase(), at=later)
    verbs = list(Entry.objects.filter(subject=kim.holder).values_list("verb", flat=True))
    assert verbs == ["vault.enrol", "vault.countersign", "vault.change_passphrase"]


def test_shares_that_do_not_fit_are_refused_in_words(shares):
    with pytest.raises(SharesDoNotFit):
        recovery.combine(shares[:1])
