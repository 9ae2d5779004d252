"""Registering asks for an organisation."""

import pytest
from django import forms

from concord.convenings.forms import RegisterForm

STORY = "tests/policy/test_taking_part.py::test_anyone_registers_with_a_name_of_their_choice_and_an_address"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RegisterForm.base_fields, "organisation", forms.CharField())
