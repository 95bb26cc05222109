"""The id of every Azure resource that the program may create is known beforehand."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pulumi
import pulumi_azure_native

from operations.arm_ids import TEMPLATES, arm_id, parameters
from rehearsal.simulators.azure.types import TYPES
from tests.each import each

COMPONENTS = Path(__file__).parents[2] / "components"


def _created() -> Iterator[str]:
    """`keyvault:Vault` for each class of azure-native that the components call."""
    for file in COMPONENTS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                module = node.func.value
                name = module.id if isinstance(module, ast.Name) else getattr(module, "attr", "")
                service = getattr(pulumi_azure_native, name, None) if name else None
                made = getattr(service, node.func.attr, None)
                if isinstance(made, type) and issubclass(made, pulumi.CustomResource):
                    yield f"{name}:{made.__name__}"


def test_every_type_that_the_components_create_has_an_id_template_and_no_other_type() -> None:
    assert set(TEMPLATES) == set(_created())


@each("token", sorted(TEMPLATES))
def test_the_template_is_the_path_of_the_types_put_request(token: str) -> None:
    """The simulated ARM has the same paths, written down apart from these."""
    row = TYPES[f"azure-native:{token}"]
    values = {
        name: f"/some/{name}" if name in ("scope", "resourceUri") else f"a-{name}"
        for name in parameters(token)
    }
    assert arm_id(token, values, "sub") == row.id(values, "sub")
