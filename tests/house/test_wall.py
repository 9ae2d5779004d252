"""What import-linter cannot see: keys between tables, by which one room could reach into another."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model

from tests.house.house import above_the_wall, ground, order

PEOPLE = "people"


def room(model: type[Model]) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "concord" else None


def keys() -> Iterator[tuple[str, str, str, Field]]:
    """Each key between two rooms: its name, the room it starts in, the room it points to, the field."""
    for model in apps.get_models(include_auto_created=True):
        here = room(model)
        for field in model._meta.get_fields(include_hidden=True):
            if here is None or field.auto_created or not field.is_relation:
                continue
            target = getattr(field, "related_model", None)
            there = room(target) if isinstance(target, type) else None
            if there is not None:
                yield f"{model._meta.label}.{field.name}", here, there, field


def test_no_key_points_up_the_house():
    position = {name: place for place, name in enumerate(order())}
    upward = [name for name, here, there, _ in keys() if position[there] < position[here]]
    assert upward == []


def test_a_key_that_crosses_the_wall_cannot_be_followed_back():
    reachable = [
        name
        for name, here, there, field in keys()
        if here in above_the_wall() and there not in above_the_wall() and not hidden(field)
    ]
    assert reachable == [], 'give them related_name="+"'


def test_the_ground_holds_no_key_to_a_person():
    assert [name for name, here, there, _ in keys() if here in ground() and there == PEOPLE] == []


def hidden(field: Field) -> bool:
    return bool(field.remote_field and field.remote_field.hidden)
