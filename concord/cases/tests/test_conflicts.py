"""Who has no conflict is asked in the second in which somebody presses "I agree": it costs the same in a large case."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.cases.conflicts import eligible, is_eligible
from concord.cases.read_elsewhere import read_elsewhere
from concord.cases.take_up import take_up
from concord.reports.keeps_out import kept_out_token
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from tests.cast import Cast, case_about_karim, colleague
from tests.looking_again import another_receiver


def questions(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        ask()
    return len(asked)


def test_as_many_questions_for_many_reports_and_a_large_team(cast: Cast) -> None:
    """And the answer is theirs: one report keeps out one of them, another went outside and lets in one alone."""
    case = case_about_karim(cast)
    amara = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}

    def all_of_them() -> list[str]:
        return [one.working_name for one in eligible(case, about=set(), at=cast.at)]

    def one_of_them() -> bool:
        return is_eligible(case, cast.amara.id, about={cast.karim.person_id}, at=cast.at)

    def more(number: int) -> None:
        told = receive_report(Told(f"Number {number}."), nonce=bytes([number]) * 16, at=cast.at)
        take_up(told.report, into=case, **amara)

    more(1)
    before = questions(all_of_them), questions(one_of_them)
    for number in range(2, 6):
        more(number)
    zoe, mina = colleague(cast, "zoe", "Zoe"), another_receiver(cast)
    assert {"Amara", "Luis", "Mina", "Noor", "Zoe"} <= set(all_of_them())
    first, second = (source.report for source in case.sources.filter(report__isnull=False)[:2])
    first.kept_out.create(token=kept_out_token(first.id, zoe.id))
    second.kept_out.create(token=kept_out_token(first.id, mina.id))  # another's token
    assert (questions(all_of_them), questions(one_of_them)) == before
    assert "Zoe" not in all_of_them()
    assert "Mina" in all_of_them()
    type(second).objects.filter(id=second.id).update(outside=True)
    second.let_in.create(token=kept_out_token(second.id, cast.amara.id))
    assert all_of_them() == ["Amara"]
    assert one_of_them()


def test_names_of_other_cases_are_looked_for_without_many_questions_for_each(cast: Cast) -> None:
    """Its key is asked for by two; who is in it, and what they are called, is asked once for all of them."""
    home = case_about_karim(cast)

    def paste() -> None:
        who = {"by": cast.amara.id, "keyring": cast.amara.keyring, "at": cast.at}
        read_elsewhere("Nothing of anybody.", about=home.id, **who)

    case_about_karim(cast)
    before = questions(paste)
    for _another in range(3):
        case_about_karim(cast)
    assert questions(paste) - before <= 2 * 3
