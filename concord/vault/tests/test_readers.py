"""Whatever is done to a file and its case, those who are said to read are exactly those who can."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concord.vault import files
from concord.vault.errors import NoGrant
from concord.vault.tests.conftest import is_seen
from tests.proofs import NIGHTLY

DEEDS = ("grant", "withdraw", "make_dormant", "wake", "attach", "detach", "owe")
steps = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 2), st.booleans()), max_size=12)


@settings(
    max_examples=300 if NIGHTLY else 12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_who_is_said_to_read_is_who_can(noor, sam, kim, at, steps):
    people = [noor, sam, kim]
    case = files.open_file(readers=[noor.holder], at=at).id
    report = files.open_file(readers=[noor.holder, sam.holder], at=at).id
    for deed, place, on_case in steps:
        do(deed, people[place], case if on_case else report, case, report, people, at)
        for file in (case, report):
            sealed = files.seal(file, b"what happened", about="note:1")
            able = {one.holder for one in people if can_open(file, sealed, one)}
            assert able == files.readers(file)
            assert all(is_seen(file, holder) for holder in able)


def do(deed, person, file, case, report, people, at):
    try:
        if deed == "grant":
            files.grant(file, to=person.holder, by=people[0], at=at)
        elif deed == "withdraw":
            files.withdraw(file, person.holder, at=at)
        elif deed == "attach":
            files.attach(report, outer_file_id=case, by=person, at=at)
        elif deed == "detach":
            files.detach(report, outer_file_id=case, by=person.holder, at=at)
        elif deed == "owe":
            files.owe(file, to=person.holder, at=at)
            files.settle(people[0], at=at)
        else:
            getattr(files, deed)(file, person.holder)
    except NoGrant:
        return


def can_open(file, sealed, keyring):
    try:
        return files.unseal(file, sealed, about="note:1", keyring=keyring) == b"what happened"
    except NoGrant:
        return False
