"""No two objects of a stack have one name in Azure or in a namespace.

An update would stop in its middle, or one would overwrite the other.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build
from stacks.all_in_one import all_in_one
from stacks.settings import load
from stacks.settings.loader import read
from tests.settings.cases import as_config, document
from tests.settings.samples import pod

_SUFFIXES = ("payments", "key-vault", "eso", "csi", "synced", "default-deny", "app")
_OPERATORS: dict[str, Any] = {"csi_driver": {}, "external_secrets": {}, "dapr": {}, "reloader": {}}


def _stack(technique: str, *names: str) -> dict[str, Any]:
    secrets = [{"name": "db", "from": "existing"}, {"name": "card", "from": "existing", "vault": "payments"}]
    workload = {"technique": technique, "namespace": "apps", "secrets": secrets}
    return {
        "operators": _OPERATORS,
        "vaults": [{"name": "payments"}],
        "namespaces": [{"name": "apps", "isolated": True}],
        "workloads": [pod(**{**workload, "name": name}) for name in names],
    }


def duplicates(built: Build) -> list[Any]:
    """The names that two objects have: type, and namespace and name, or group and name."""
    names = Counter(name for resource in built.resources if (name := _name(resource.type, resource.plain())))
    return [name for name, count in names.items() if count > 1]


def _name(kind: str, inputs: Mapping[str, Any]) -> tuple[str, ...] | None:
    metadata = inputs.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("name"):
        return (kind, str(metadata.get("namespace")), str(metadata["name"]))
    own = [
        key for key in ("resourceName", "vaultName", "virtualNetworkName", "workspaceName") if key in inputs
    ]
    if (
        kind.startswith("azure-native:")
        and own
        and kind.rsplit(":", 1)[-1]
        in (
            "UserAssignedIdentity",
            "Vault",
            "ManagedCluster",
            "VirtualNetwork",
            "Workspace",
        )
    ):
        return (kind, str(inputs.get("resourceGroupName")).lower(), str(inputs[own[0]]).lower())
    if kind.endswith(":ResourceGroup"):
        return (kind, str(inputs["resourceGroupName"]).lower())
    return None


def _accepted(changes: dict[str, Any]) -> bool:
    return not read("aks-secrets", "dev", as_config(document(changes)), lambda _: False)[1]


def _built(changes: dict[str, Any]) -> Build:
    async def program() -> Any:
        return await all_in_one(load())

    return build(program, config=as_config(document(changes)))


@pytest.mark.parametrize("technique", ["csi", "eso", "dapr", "sdk"])
def test_names_that_are_put_together_differ(technique: str) -> None:
    others = [f"shop-{suffix}" for suffix in _SUFFIXES]
    accepted = [other for other in others if _accepted(_stack(technique, "shop", other))]
    together = _stack(technique, "shop", *accepted)
    assert accepted
    assert _accepted(together)
    assert duplicates(_built(together)) == []


_IDENTITIES = (
    "id-aks-secrets-dev-cart",
    "ID-aks-secrets-dev-cart",
    "id-aks-dev",
    "id-aks-secrets-dev-readers",
)


@pytest.mark.parametrize("resource_name", _IDENTITIES)
def test_the_name_of_an_identity_that_another_one_has_is_refused(resource_name: str) -> None:
    """The same name without the rule ends in two identities of one name."""
    changes: dict[str, Any] = {
        "identities": [{"name": "shared", "resource_name": resource_name}, {"name": "readers"}],
        "workloads": [
            pod(identity="shared"),
            pod(name="cart", namespace="apps"),
            pod(name="b", namespace="apps", identity="readers"),
        ],
    }
    assert not _accepted(changes)
    changes["identities"][0]["resource_name"] = "id-other"
    assert _accepted(changes)
    assert duplicates(_built(changes)) == []


def test_a_duplicate_is_found() -> None:
    changes = _stack("sdk", "shop", "cart")
    built = _built(changes)
    assert duplicates(built) == []
    built.resources.append(next(resource for resource in built.resources if resource.type.endswith(":Vault")))
    assert len(duplicates(built)) == 1
