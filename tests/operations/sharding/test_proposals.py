"""The files that `shard` proposes: the settings accept them, whatever the stack has."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.workloads import Access
from operations.commands.shard import sections
from operations.effective_settings import stack_settings
from operations.sharding.proposal import Proposal, proposal
from operations.sharding.state import State
from stacks.settings import Settings
from tests.each import each
from tests.support.plan import STACK_FILES
from tests.support.rehearse import REPOSITORY

_IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
_BINDING = "azure-native:containerservice:IdentityBinding"
_LAST = "changes this only: updates Reloader, which then also watches what the CSI driver mounts"


def _state(settings: Settings) -> State:
    """The identities of a stack that is up."""
    resources: list[dict[str, Any]] = []
    for workload in settings.workloads:
        name = workload.identity_name
        inputs = {"resourceGroupName": "rg-x", "resourceName": f"id-{name}"}
        resources.append({"type": _IDENTITY, "urn": f"urn:{_IDENTITY}::{name}-identity", "inputs": inputs})
        if workload.access is Access.IDENTITY_BINDING:
            inputs = {"identityBindingName": f"binding-{name}"}
            urn = f"urn:{_BINDING}::{name}-identity-binding"
            resources.append({"type": _BINDING, "urn": urn, "inputs": inputs})
    return State(resources)


def _proposed(file: Path, out: Path) -> Proposal:
    stack = file.name.split(".")[1]
    read = stack_settings(stack, REPOSITORY, file)
    assert read.settings, read.problems
    proposed = proposal(read, sections(read), _state(read.settings), 3, "organization")
    proposed.write(out, REPOSITORY)  # refuses what the settings refuse
    return proposed


@each("file", STACK_FILES)
def test_a_split_of_each_shipped_stack_is_accepted_and_has_all_its_workloads(
    file: Path, tmp_path: Path
) -> None:
    proposed = _proposed(file, tmp_path)
    read = stack_settings(file.name.split(".")[1], REPOSITORY, file)
    assert read.settings
    documents = [part.document["config"] for part in proposed.parts]
    moved = [entry["name"] for document in documents for entry in document["aks-secrets:workloads"]]
    assert sorted(moved) == sorted(workload.name for workload in read.settings.workloads)


def _written(folder: Path, **sections: Any) -> Path:
    config = {
        "azure-native:location": "westeurope",
        "aks-secrets:cluster": {"system_pool": {"vm_size": "Standard_D2s_v5", "count": 1}},
        **{f"aks-secrets:{key}": value for key, value in sections.items()},
    }
    file = folder / "Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    return file


def _workload(name: str, technique: str, **keys: Any) -> dict[str, Any]:
    secret = {"name": f"{name}-key", "from": "random"} | ({} if technique == "sdk" else {"env": "KEY"})
    image = "registry.example/app:1"
    return {
        "name": name,
        "namespace": name,
        "technique": technique,
        "image": image,
        "secrets": [secret],
        **keys,
    }


@pytest.mark.parametrize(
    ("technique", "operators", "last"),
    [
        ("eso", {"external_secrets": {}}, "changes nothing"),
        ("eso", {"external_secrets": {}, "csi_driver": {}}, _LAST),
        ("csi", {"csi_driver": {}}, "changes nothing"),
    ],
)
def test_the_last_step_says_what_reloader_watches_more(
    tmp_path: Path, technique: str, operators: Mapping[str, Any], last: str
) -> None:
    file = _written(
        tmp_path,
        operators={**operators, "reloader": {}},
        workloads=[_workload("orders", technique, reload=True), _workload("cart", technique)],
    )
    *_, step = _proposed(file, tmp_path / "out").steps(tmp_path)
    assert step.endswith(f"  # {last}")


def test_reloader_keeps_the_namespaces_that_it_watches_for_other_stacks(tmp_path: Path) -> None:
    file = _written(
        tmp_path,
        namespaces=[{"name": "legacy", "existing": True}, {"name": "cart"}],
        operators={"external_secrets": {}, "reloader": {"namespaces": ["cart"]}},
        workloads=[_workload("legacy", "eso", reload=True), _workload("cart", "eso")],
    )
    config = _proposed(file, tmp_path / "out").platform["config"]
    assert config["aks-secrets:operators"]["reloader"]["namespaces"] == ["cart", "legacy"]
    assert config["aks-secrets:namespaces"] == [{"name": "legacy", "existing": True}, {"name": "cart"}]


def test_a_namespace_of_aks_is_not_listed(tmp_path: Path) -> None:
    keda = {"kind": "none", "service_account": "keda-operator", "existing_service_account": True}
    reader = {"name": "keda", "namespace": "kube-system", "technique": "sdk", **keda}
    file = _written(
        tmp_path,
        workloads=[{**reader, "secrets": [{"name": "bus", "from": "existing"}]}, _workload("cart", "sdk")],
    )
    assert _proposed(file, tmp_path / "out").unlisted_namespaces == ["cart"]
