from uuid import uuid4

import pytest
from django.db.models.signals import post_save
from nacl.public import PrivateKey

from concord.ledger.models import Entry
from concord.vault import files, keys, sealing
from concord.vault.epochs import current_epoch, epoch_private
from concord.vault.errors import GrantDormant, NoGrant, NoKey, NoRecoveryKey, Tampered
from concord.vault.keyring import Keyring
from concord.vault.models import Epoch, Grant, OwedGrant, VaultFile
from concord.vault.tests.conftest import is_seen

TEXT = "she wrote: “leave me alone”".encode()


@pytest.fixture
def report(noor, sam, at):
    return files.open_file(readers=[noor.holder, sam.holder], at=at).id


@pytest.fixture
def case(noor, at):
    return files.open_file(readers=[noor.holder], at=at).id


def read(file, blob, keyring, about="report.body:1"):
    return files.unseal(file, blob, about=about, keyring=keyring)


def write(file, about="report.body:1"):
    return files.seal(file, TEXT, about=about)


def test_anyone_may_add_and_only_readers_open(report, noor, sam, kim):
    blob = write(report)
    assert read(report, blob, noor) == read(report, blob, sam) == TEXT
    with pytest.raises(NoGrant):
        read(report, blob, kim)


def test_several_items_open_together_in_their_order_across_epochs(report, noor, sam, kim, later):
    items = {"report.body:1": write(report)}
    files.withdraw(report, sam.holder, at=later)
    items["report.body:2"] = files.seal(report, b"more", about="report.body:2")
    assert files.unseal_all(report, items, keyring=noor) == [TEXT, b"more"]
    assert files.unseal_all(report, {}, keyring=kim) == []
    with pytest.raises(NoGrant):
        files.unseal_all(report, items, keyring=kim)
    with pytest.raises(Tampered):
        files.unseal_all(report, {"report.body:2": items["report.body:1"]}, keyring=noor)


def test_reads_are_recorded_by_those_who_show_them_not_here(report, noor):
    blob, before = write(report), Entry.objects.count()
    read(report, blob, noor)
    assert Entry.objects.count() == before


def test_no_file_is_opened_before_recovery_exists_or_for_someone_without_a_key(noor, stranger, at):
    with pytest.raises(NoKey):
        files.open_file(readers=[noor.holder, stranger], at=at)
    assert not VaultFile.objects.exists()


def test_no_file_is_opened_without_a_recovery_key(db, at):
    with pytest.raises(NoRecoveryKey):
        files.open_file(readers=[], at=at)


def test_an_item_moved_to_another_row_field_or_file_does_not_open(report, case, noor):
    blob = write(report)
    for about in ("report.body:2", "report.wishes:1"):
        with pytest.raises(Tampered):
            read(report, blob, noor, about)
    with pytest.raises(Tampered):
        read(case, blob, noor)


@pytest.mark.parametrize("blob", [b"", b"\0", bytes(4), b"\0\0\0\x09" + bytes(200)])
def test_bytes_that_were_never_sealed_here_are_refused(report, noor, blob):
    with pytest.raises(Tampered):
        read(report, blob, noor)


def test_a_short_and_a_longer_text_take_the_same_room(report):
    lengths = {len(files.seal(report, text, about="x")) for text in (b"yes", b"n" * 200)}
    assert len(lengths) == 1


def test_a_grant_moved_to_another_holder_does_not_open(report, noor, kim):
    hers = Grant.objects.get(epoch__file=report, holder=noor.holder)
    hers.holder, hers.key = kim.holder, kim.key_id
    hers.save()
    with pytest.raises(Tampered):
        read(report, write(report), kim)


def test_a_reader_lets_another_read_all_of_it(report, noor, kim, at, later):
    before = write(report)
    files.withdraw(report, uuid4(), at=at)
    files.grant(report, to=kim.holder, by=noor, at=later)
    files.grant(report, to=kim.holder, by=noor, at=later)
    assert read(report, before, kim) == read(report, write(report), kim) == TEXT


def test_someone_who_cannot_read_lets_nobody_read(report, kim, at):
    with pytest.raises(NoGrant):
        files.grant(report, to=kim.holder, by=kim, at=at)


def test_nobody_reads_without_a_key_that_counts(report, noor, stranger, at):
    with pytest.raises(NoKey):
        files.grant(report, to=stranger, by=noor, at=at)


def test_a_dormant_grant_shows_the_row_and_refuses_the_contents(report, noor, sam):
    blob = write(report)
    files.make_dormant(report, sam.holder)
    files.make_dormant(report, sam.holder)
    with pytest.raises(GrantDormant):
        read(report, blob, sam)
    assert files.readers(report) == {noor.holder}
    assert files.dormant_readers(report) == {sam.holder}
    assert is_seen(report, sam.holder)
    assert not files.may_open(report, sam.holder)


def test_a_dormant_holder_lets_nobody_read(report, sam, kim, at):
    files.make_dormant(report, sam.holder)
    with pytest.raises(GrantDormant):
        files.grant(report, to=kim.holder, by=sam, at=at)


def test_a_dormant_grant_stays_dormant_in_the_next_epoch_and_wakes_whole(
    report, noor, sam, kim, later
):
    first = write(report)
    files.grant(report, to=kim.holder, by=noor, at=later)
    files.make_dormant(report, sam.holder)
    files.withdraw(report, kim.holder, at=later)
    second = write(report)
    with pytest.raises(GrantDormant):
        read(report, second, sam)
    files.wake(report, sam.holder)
    assert read(report, first, sam) == read(report, second, sam) == TEXT


def test_only_a_grant_that_is_there_can_wake(report, kim):
    with pytest.raises(NoGrant):
        files.wake(report, kim.holder)


def test_who_leaves_opens_neither_what_was_nor_what_comes(report, noor, sam, later):
    before = write(report)
    files.withdraw(report, sam.holder, at=later)
    after = write(report)
    for blob in (before, after):
        with pytest.raises(NoGrant):
            read(report, blob, sam)
        assert read(report, blob, noor) == TEXT
    assert not is_seen(report, sam.holder)


def test_who_kept_the_old_keys_cannot_open_what_comes_after(report, sam, later):
    kept = epoch_private(current_epoch(report), sam)
    files.withdraw(report, sam.holder, at=later)
    epoch = current_epoch(report)
    assert bytes(kept.public_key) != bytes(epoch.public)
    for grant in epoch.grants.all():
        about = f"vault.grant.sealed:{epoch.id}:{grant.holder}"
        with pytest.raises(Tampered):
            sealing.open_with(kept, bytes(grant.sealed), about=about)


def test_leaving_twice_or_without_having_come_changes_nothing(report, sam, kim, later):
    files.withdraw(report, sam.holder, at=later)
    files.withdraw(report, sam.holder, at=later)
    files.withdraw(report, kim.holder, at=later)
    assert Epoch.objects.filter(file=report).count() == 2


def test_a_departure_never_fails_because_a_colleague_has_left_the_house(report, noor, sam, later):
    keys.retire(noor.holder, by=sam.holder, at=later)
    files.withdraw(report, sam.holder, at=later)
    assert files.readers(report) == set()


def test_a_cases_readers_open_its_reports(report, case, noor, kim, at, later):
    blob = write(report)
    files.attach(report, outer_file_id=case, by=noor, at=at)
    files.attach(report, outer_file_id=case, by=noor, at=at)
    files.grant(case, to=kim.holder, by=noor, at=later)
    assert read(report, blob, kim) == read(report, write(report), kim) == TEXT
    assert files.may_open(report, kim.holder)
    assert is_seen(report, kim.holder)


def test_a_report_is_attached_by_someone_who_can_read_it(report, case, kim, at):
    with pytest.raises(NoGrant):
        files.attach(report, outer_file_id=case, by=kim, at=at)


def test_files_do_not_open_each_other_in_a_circle(report, case, noor, at):
    files.attach(report, outer_file_id=case, by=noor, at=at)
    for inner, outer in ((case, report), (case, case)):
        with pytest.raises(ValueError, match="itself"):
            files.attach(inner, outer_file_id=outer, by=noor, at=at)


def test_who_leaves_a_case_leaves_its_reports(report, case, noor, sam, kim, at, later):
    files.attach(report, outer_file_id=case, by=noor, at=at)
    files.grant(case, to=kim.holder, by=noor, at=at)
    kept = epoch_private(current_epoch(case), kim)
    before = write(report)
    files.withdraw(case, kim.holder, at=later)
    after = write(report)
    for blob in (before, after):
        with pytest.raises(NoGrant):
            read(report, blob, kim)
        assert read(report, blob, noor) == TEXT
    link = Grant.objects.get(epoch=current_epoch(report), kind=Grant.Kind.FILE)
    assert link.key == current_epoch(case).id
    assert bytes(kept.public_key) != bytes(current_epoch(case).public)


def test_who_leaves_a_case_loses_a_grant_of_their_own_to_its_report(report, case, noor, sam, at):
    files.attach(report, outer_file_id=case, by=noor, at=at)
    files.withdraw(case, sam.holder, at=at)
    with pytest.raises(NoGrant):
        read(report, write(report), sam)


def test_a_joined_case_opens_through_two_steps_and_closes_through_both(
    report, case, noor, kim, at, later
):
    joined = files.open_file(readers=[noor.holder, kim.holder], at=at).id
    files.attach(report, outer_file_id=case, by=noor, at=at)
    files.attach(case, outer_file_id=joined, by=noor, at=at)
    files.attach(report, outer_file_id=joined, by=noor, at=at)
    assert read(report, write(report), kim) == TEXT
    files.withdraw(joined, kim.holder, at=later)
    with pytest.raises(NoGrant):
        read(report, write(report), kim)
    newest = {current_epoch(case).id, current_epoch(joined).id}
    links = Grant.objects.filter(epoch=current_epoch(report), kind=Grant.Kind.FILE)
    assert set(links.values_list("key", flat=True)) == newest


def test_a_report_taken_out_of_a_case_closes_to_its_readers(report, case, noor, kim, at, later):
    files.attach(report, outer_file_id=case, by=noor, at=at)
    files.grant(case, to=kim.holder, by=noor, at=at)
    files.detach(report, outer_file_id=case, by=noor.holder, at=later)
    files.detach(report, outer_file_id=case, by=noor.holder, at=later)
    with pytest.raises(NoGrant):
        read(report, write(report), kim)
    assert read(report, write(report), noor) == TEXT


def test_an_owed_grant_is_made_by_the_next_active_holder(report, noor, sam, kim, at, later):
    files.owe(report, to=kim.holder, at=at)
    files.owe(report, to=kim.holder, at=at)
    files.make_dormant(report, sam.holder)
    assert files.settle(sam, at=later) == 0
    assert files.settle(kim, at=later) == 0
    assert files.settle(noor, at=later) == 1
    assert files.settle(noor, at=later) == 0
    assert read(report, write(report), kim) == TEXT


def test_what_is_owed_to_someone_without_a_key_waits(report, noor, stranger, at):
    files.owe(report, to=stranger, at=at)
    assert files.settle(noor, at=at) == 0
    assert OwedGrant.objects.count() == 1


def test_who_is_kept_out_is_owed_nothing_any_more(report, noor, kim, at, later):
    files.owe(report, to=kim.holder, at=at)
    files.withdraw(report, kim.holder, at=later)
    assert files.settle(noor, at=later) == 0
    assert not files.may_open(report, kim.holder)


def test_the_outside_contact_reads_like_any_holder(report, noor, at, later):
    private = PrivateKey.generate()
    contact = Keyring.reading_only(uuid4(), private)
    keys.enrol_reader(contact.holder, contact.reading_public, at=at, countersigner=noor)
    files.grant(report, to=contact.holder, by=noor, at=later)
    assert read(report, write(report), contact) == TEXT


def test_a_destroyed_file_opens_for_nobody(report, noor, later):
    blob = write(report)
    files.destroy(report, by=noor.holder, at=later)
    with pytest.raises(Tampered):
        read(report, blob, noor)
    with pytest.raises(VaultFile.DoesNotExist):
        write(report)


def test_the_files_a_holder_has_grants_in_are_told(report, case, noor, sam):
    assert files.held_by(noor.holder) == {report, case}
    assert files.held_by(sam.holder) == {report}


def test_what_is_withdrawn_while_others_settle_is_not_granted(report, noor, sam, kim, at):
    """Owed to two; the reporter keeps one of them out just after the list was read."""
    files.withdraw(report, sam.holder, at=at)
    for one in (sam, kim):
        files.owe(report, to=one.holder, at=at)

    def keep_out_the_other(instance, **_kwargs):
        post_save.disconnect(keep_out_the_other, sender=Grant)
        other = ({sam.holder, kim.holder} - {instance.holder}).pop()
        files.withdraw(report, other, at=at)

    post_save.connect(keep_out_the_other, sender=Grant, weak=False)
    assert files.settle(noor, at=at) == 1
    assert len(files.readers(report) & {sam.holder, kim.holder}) == 1
