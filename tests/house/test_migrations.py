"""Migrations lead back to nothing, too: what others rest on is added before them, and so is taken away after them."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from registers.constraints import SameOrganisation

OWN = {"organisations", "registers", "mailer", "sites"}


def operations() -> Iterator[tuple[str, Any]]:
    """(app, operation) in the order in which they are done."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    for app, name in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        if app in OWN:
            for operation in loader.graph.nodes[app, name].operations:
                for part in getattr(operation, "operations", [operation]):
                    yield app, part


def constraints(operation: Any) -> list[Any]:
    if constraint := getattr(operation, "constraint", None):
        return [constraint]
    return list((getattr(operation, "options", None) and operation.options.get("constraints", [])) or [])


def test_what_a_constraint_rests_on_stands_before_it():
    keys: set[str] = set()
    checked = 0
    for app, operation in operations():
        found = constraints(operation)
        model = apps.get_model(app, getattr(operation, "model_name", None) or operation.name)._meta if found else None
        keys |= {model.label for constraint in found if getattr(constraint, "fields", ()) == ("id", "organisation")}
        for constraint in found:
            if isinstance(constraint, SameOrganisation):
                assert constraint.to in keys, f"{constraint.name} comes before the key of {constraint.to}"
                checked += 1
    assert checked > 20
