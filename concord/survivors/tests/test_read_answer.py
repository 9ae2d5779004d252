"""What is laid into a reporter's box is read by the guard too, once there is a case (K-NAME-1)."""

from __future__ import annotations

import os

import pytest

from concord.cases.add_party import add_party
from concord.cases.take_up import take_up
from concord.reports.acknowledge_report import acknowledge_report
from concord.reports.receive_report import receive_report
from concord.reports.told import Told
from concord.survivors.read_text import NamesSomebodyProtected
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_an_answer_that_names_somebody_else_in_the_case_is_refused(cast: Cast) -> None:
    report = receive_report(Told(text="It was unkind."), nonce=os.urandom(16), at=cast.at).report
    by = {"by": cast.amara.staff, "keyring": cast.amara.keyring, "at": cast.at}
    case = take_up(report, **by)
    add_party(case, role="witness", name="Tomas Vega", by=cast.amara.staff, at=cast.at)
    with pytest.raises(NamesSomebodyProtected):
        acknowledge_report(report, answer="Tomas saw it as well.", **by)
    report.refresh_from_db()
    assert report.acknowledged_at is None
    acknowledge_report(report, answer="Thank you. We have read it.", **by)
    report.refresh_from_db()
    assert report.acknowledged_at is not None
