"""The simulated providers on inputs that are not known yet."""

from pathlib import Path

from tests.stack_files import shipped
from tests.support.plan import registered
from tests.support.unknowns import failed_previews, providers


def test_a_preview_copes_with_an_unknown_value_in_any_place(tmp_path: Path) -> None:
    """tests/engine/test_every_type.py does the same with the types that no shipped stack has."""
    resources = [
        (resource.urn, resource.inputs)
        for stack_file in ("Pulumi.dev.yaml", "Pulumi.prod.yaml")
        for resource in registered(shipped(stack_file)).resources
        if resource.custom and not resource.type.startswith("pulumi:")
    ]
    assert failed_previews(resources, providers(tmp_path)) == {}
