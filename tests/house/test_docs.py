"""Docs that cannot rot: generated pages are fresh, links lead somewhere, every room says what it is for."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest

from concord.site.checking import KNOWN
from concord.site.clauses import page
from concord.site.clauses.catalogue import catalogue, ids
from tests.house.house import CHECKOUT, above_the_wall, committed, ground, order, rooms

LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")
CLAUSE = re.compile(r"\b[PAVSIRK]-[A-Z]{2,}(?:-[A-Z0-9]+)?\b")
SETTINGS = CHECKOUT / "concord" / "site" / "settings.py"
INSTALL = CHECKOUT / "docs" / "running" / "install.md"
DECISIONS = CHECKOUT / "docs" / "decisions"


def requirements(name: str) -> list[str]:
    lines = (CHECKOUT / "requirements" / f"{name}.in").read_text().splitlines()
    return [re.split(r"[\[~=<>]", line)[0] for line in lines if line and line[0].isalpha()]


def test_there_are_77_clauses():
    assert len(catalogue()) == 77


def test_each_clause_is_kept_by_a_room_of_the_house():
    unknown = [
        f"{clause.id}: {kept}"
        for clause in catalogue()
        for kept in clause.kept_by
        if kept.split(".")[0] not in order()
    ]
    assert unknown == []


def test_the_page_of_clauses_is_fresh():
    assert page.PAGE.read_text() == page.render(), "run bin/concord clauses --write"


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_every_room_says_what_it_is_for(room):
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text())) or ""
    named = set(CLAUSE.findall(said))
    assert said
    assert named <= ids()
    assert named or room.name in ground() | {"site", "desk"}, "name the clauses this room keeps"


def test_the_wall_stands_where_it_should():
    assert {"cases", "reports", "concurrence"} <= above_the_wall()
    assert not {"spaces", "access", "vault"} & above_the_wall()


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_every_dependency_has_its_reason(kind):
    told = (DECISIONS / "0002-dependencies.md").read_text().lower()
    assert [name for name in requirements(kind) if f"| {name.lower()} |" not in told] == []


def test_fewer_than_twenty_dependencies_run():
    assert len(requirements("run")) < 20


def test_the_package_asks_for_what_is_pinned():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == ">=3.11"


def test_each_setting_is_known_to_check_and_stands_on_the_page_that_lists_them():
    read = set(re.findall(r'"((?:CONCORD|DATABASE|REDIS)_[A-Z_]+)"', SETTINGS.read_text()))
    told = set(re.findall(r"`((?:CONCORD|DATABASE|REDIS)_[A-Z_]+)`", INSTALL.read_text()))
    assert read - {"DATABASE_URL", "REDIS_URL"} | {"CONCORD_SETTINGS"} == KNOWN
    assert read - told == set()


def test_links_between_documents_lead_somewhere():
    dead = [
        f"{path.relative_to(CHECKOUT)} → {target}"
        for path in committed()
        if path.suffix == ".md"
        for target in LINK.findall(path.read_text())
        if not (path.parent / target).exists()
    ]
    assert dead == []
