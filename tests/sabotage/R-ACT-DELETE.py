"""No copy stays in the case."""

import pytest

from concord.actions import delete_posts

STORY = "tests/policy/test_revoking_access.py::test_a_deleted_post_is_gone_for_everyone_and_stays_sealed_in_the_case"


def break_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delete_posts, "keep_evidence", lambda case, posts, at: [])
