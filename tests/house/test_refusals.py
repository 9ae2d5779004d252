"""Whom the policy refuses on the public host is nobody to the ledger: it would say who flags, reports and comes in."""

from __future__ import annotations

import ast
from importlib import import_module
from inspect import getsource
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import RequestFactory
from django.utils import timezone

from concord.doors import note_refusal
from concord.ledger.models import Entry
from concord.refusals import Refused
from tests.house.test_doors import HOSTS, addresses

THE_OUTSIDE_CONTACT = "inside.contact.holder"
"""Who reads for the team with a code on the public host, and is on record like the team."""


def every(kind: type[Refused]) -> set[type[Refused]]:
    return {kind}.union(*(every(each) for each in kind.__subclasses__()))


def one_of(kind: type[Refused]) -> Refused:
    refused = kind.__new__(kind)
    Refused.__init__(refused, subject=uuid4())
    refused.__dict__.update(person=uuid4(), shut=uuid4())
    return refused


@pytest.mark.django_db
@pytest.mark.parametrize("is_desk", [False, True])
def test_no_refusal_on_the_public_host_says_who_it_was(is_desk):
    for urlconf in HOSTS:
        import_module(urlconf)
    request = RequestFactory().get("/")
    request.user, request.is_desk = SimpleNamespace(person_id=uuid4()), is_desk
    kinds = {kind for kind in every(Refused) if kind.__module__.startswith("concord.")}
    assert len(kinds) > 150
    for kind in kinds:
        note_refusal(request, one_of(kind), at=timezone.now())
    kept = Entry.objects.filter(verb="refused")
    assert kept.exists()
    assert kept.exclude(actor=None).exists() is is_desk


def test_no_view_of_the_public_host_tells_a_refusal_in_another_way():
    public = addresses(import_module("concord.site.urls_public").urlpatterns)
    modules = {pattern.callback.__module__ for _path, pattern in public}
    told = {
        ast.unparse(argument.value)
        for module in modules
        for call in ast.walk(ast.parse(getsource(import_module(module))))
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] == "tell"
        for argument in call.keywords
        if argument.arg == "actor"
    }
    assert told <= {THE_OUTSIDE_CONTACT}
