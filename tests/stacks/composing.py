"""Building an all-in-one stack from changes of the accepted document."""

from collections.abc import Mapping
from typing import Any

from aks_secrets_testing.builds import Answer, Build, build
from components.authorization.roles import Role
from stacks.all_in_one import all_in_one
from stacks.settings import load
from tests.settings.cases import as_config, document


def compose(
    changes: Mapping[str, Any],
    *,
    preview: bool = False,
    secret_keys: tuple[str, ...] = (),
    answers: Mapping[str, Answer] | None = None,
) -> Build:
    """The resources that the stack with these changes registers."""

    async def program() -> Any:
        return await all_in_one(load())

    config = as_config(document(changes))
    return build(program, config=config, preview=preview, secret_keys=secret_keys, answers=answers)


def workload(name: str, *secrets: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A workload without a pod."""
    return {
        "name": name,
        "namespace": name,
        "technique": "sdk",
        "kind": "none",
        "secrets": list(secrets),
        **keys,
    }


def runs(**keys: Any) -> dict[str, Any]:
    """A workload with a Deployment."""
    return {"name": "web", "namespace": "web", "technique": "sdk", "image": "registry.example/web:1", **keys}


DRIVER: dict[str, Any] = {"operators": {"csi_driver": {}}}


DB, DB_AGAIN = {"name": "db", "from": "random"}, {"name": "db", "from": "existing"}


def roles(built: Build, identity: str) -> set[tuple[str, str]]:
    """(role, last part of the scope) of each grant of a workload's identity."""
    resource = [
        r.inputs
        for r in built.of_type("RoleAssignment")
        if r.inputs["principalId"] == f"<{identity}-identity.principalId>"
    ]
    return {
        (Role(inputs["roleDefinitionId"].rsplit("/", 1)[1]).name, inputs["scope"].split("vault-vault")[-1])
        for inputs in resource
    }
