"""Every sabotage breaks a clause of the policy and names a story that tells of that clause."""

from __future__ import annotations

import ast

import pytest

from concord.site.clauses.catalogue import ids, sabotages, stories
from tests import sabotaging
from tests.house.house import CHECKOUT

SABOTAGES = sorted(sabotages())


@pytest.mark.parametrize("clause", SABOTAGES)
def test_a_sabotage_names_a_story_of_its_clause(clause):
    assert clause in ids()
    assert clause in stories().get(sabotaging.story_of(clause), ())


@pytest.mark.parametrize("clause", SABOTAGES)
def test_a_sabotage_breaks_something(clause):
    tree = ast.parse((CHECKOUT / "tests" / "sabotage" / f"{clause}.py").read_text())
    breaks = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert [node for node in breaks if node.name == "break_it"]
