"""The ledger keeps ids and verbs, is chained after the fact, and shows where somebody changed it."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from concord.ledger.chain import chain, head
from concord.ledger.models import Entry, Link
from concord.ledger.record import record
from concord.ledger.verify import verify
from concord.refusals import Refused, tell

pytestmark = pytest.mark.django_db
AT = timezone.now()


def entries(count: int) -> list[Entry]:
    return [
        record("tests.verb", actor=uuid.uuid4(), subject=uuid.uuid4(), at=AT, n=n)
        for n in range(count)
    ]


def test_what_was_committed_is_chained_once() -> None:
    entries(3)
    assert chain() == 3
    assert chain() == 0
    assert head()[0] == 3
    assert verify().whole
    assert verify().unchained == 0


def test_the_tail_that_is_not_chained_yet_is_counted() -> None:
    entries(2)
    chain()
    entries(1)
    assert verify().unchained == 1


def test_a_changed_entry_breaks_its_link(owner: None) -> None:
    changed = entries(5)[2]
    chain()
    Entry.objects.filter(id=changed.id).update(verb="tests.other")
    assert verify().broken_at == 3


def test_a_removed_entry_breaks_the_chain(owner: None) -> None:
    gone = entries(5)[1]
    chain()
    Link.objects.filter(entry=gone).delete()
    Entry.objects.filter(id=gone.id).delete()
    assert verify().broken_at == 2


def test_a_text_is_refused_as_a_fact() -> None:
    with pytest.raises(ValueError, match="ids and short codes"):
        record("tests.verb", actor=None, subject=None, at=AT, words="x" * 81)


def test_a_refusal_is_kept_with_its_rule_and_without_words() -> None:
    class TestsRule(Refused):
        words = "in words"

    tell(TestsRule(subject=uuid.uuid4()), actor=None, at=AT)
    entry = Entry.objects.get(verb="refused")
    assert entry.facts == {"rule": "TestsRule"}
