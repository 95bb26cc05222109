"""A workload moves from one technique to the next, and what does not belong to the technique stays.

Every member of ``Technique`` takes part, with the operator that its spec names: a new one needs no entry.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from aks_secrets_testing.builds import build
from components.workloads import WORKLOADS, Capability, Technique, Workload, WorkloadArgs
from components.workloads.pod_requirements import PodRequirements
from rehearsal.simulator_process import Simulators
from stacks.all_in_one import all_in_one
from stacks.settings import load
from tests.settings.cases import as_config
from tests.support.rehearse import Rehearsal, Run

pytestmark = pytest.mark.engine

NAMES = {"db-password", "greeting"}
FIRST, *OTHERS = Technique
# Each technique after each other one would be twenty updates; on this way each comes and goes, from and to
# both of its neighbours.
WAY = [FIRST, *OTHERS, *reversed([FIRST, *OTHERS[:-1]])]


class _Nothing(Workload):
    """A bundle that makes no objects of its own."""

    def _make_delivery(self, name: str, args: WorkloadArgs, /) -> PodRequirements:
        return PodRequirements()


def _variable(name: str) -> str:
    return name.upper().replace("-", "_")


def _secrets(technique: Technique) -> list[dict[str, Any]]:
    """Two secrets, in environment variables if the technique has them."""
    secrets: list[dict[str, Any]] = [
        {"name": "db-password", "from": "random"},
        {"name": "greeting", "from": "literal", "sensitive": False, "value": "hello"},
    ]
    if Capability.ENV in WORKLOADS[technique].spec.capabilities:
        return [{**secret, "env": _variable(secret["name"])} for secret in secrets]
    return secrets


@pytest.fixture
def stack(tmp_path: Path, simulators: Simulators) -> Rehearsal:
    """A cluster with every operator that a technique needs, and one workload."""
    rehearsal = Rehearsal.of("Pulumi.dev.yaml", tmp_path, simulators)
    needed = [WORKLOADS[technique].spec.operator for technique in Technique]
    rehearsal.config["aks-secrets:operators"] = {operator.value: {} for operator in needed if operator}
    rehearsal.config["aks-secrets:workloads"] = [
        {"name": "shop", "namespace": "shop", "image": "registry.example/shop:1"}
    ]
    return rehearsal


def _choose(stack: Rehearsal, technique: Technique) -> None:
    (workload,) = stack.config["aks-secrets:workloads"]
    workload |= {"technique": technique.value, "secrets": _secrets(technique)}


def _registered(config: Mapping[str, Any], *kinds: str) -> set[str]:
    """Logical names of what the program makes: everything, or resources of these kinds."""

    async def program() -> Any:
        return await all_in_one(load())

    return {
        resource.name
        for resource in build(program, config=as_config(config)).resources
        if not kinds or resource.type.rsplit(":", 1)[-1] in kinds
    }


def _reading(stack: Rehearsal) -> set[str]:
    """Logical names of what reads the vault: of the workload, or of an operator that reads as itself."""
    return _registered(
        stack.config,
        *("WorkloadIdentity", "UserAssignedIdentity", "FederatedIdentityCredential", "RoleAssignment"),
    )


def _own(stack: Rehearsal, technique: Technique) -> set[str]:
    """Logical names of what the bundle makes; everything else belongs to the workload, or to the stack."""
    bundle = WORKLOADS[technique]
    registered = _registered(stack.config)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(WORKLOADS, technique, type("_Nothing", (_Nothing,), {"spec": bundle.spec}))
        return registered - _registered(stack.config)


def _ops(run: Run) -> dict[str, set[str]]:
    names: dict[str, set[str]] = {}
    for resource in run.document["resources"]:
        names.setdefault(resource["op"], set()).add(resource["name"])
    return names


def _ways(run: Run, rehearsal: Rehearsal) -> Iterator[set[str]]:
    """For each way in which the pod gets at secrets, their names, as its consumer reads them."""
    (deployment,) = run.inputs("Deployment")
    template = deployment["spec"]["template"]
    (container,) = template["spec"]["containers"]
    variables = {variable["name"]: variable for variable in container.get("env", [])}
    if "SECRET_NAMES" in variables:  # the application asks for them
        yield set(variables["SECRET_NAMES"]["value"].split(","))
    if "dapr.io/config" in template["metadata"].get("annotations", {}):
        (configuration,) = run.inputs("Configuration")
        yield set(configuration["spec"]["secrets"]["scopes"][0]["allowedSecrets"])
    if any("csi" in volume for volume in template["spec"].get("volumes", [])):
        mounted = _object(rehearsal, "SecretProviderClassPodStatus")["status"]["objects"]
        yield {entry["id"].removeprefix("secret/") for entry in mounted}
    references = {
        name: variable["valueFrom"]["secretKeyRef"]
        for name, variable in variables.items()
        if "secretKeyRef" in variable.get("valueFrom", {})
    }
    if references:
        yield {
            secret
            for secret in NAMES
            for reference in [references[_variable(secret)]]
            for live in [_object(rehearsal, "Secret", reference["name"])]
            if reference["key"] in {**live.get("data", {}), **live.get("stringData", {})}
        }


def _object(rehearsal: Rehearsal, kind: str, name: str = "") -> dict[str, Any]:
    """The object of a kind (and name) in the workload's namespace."""
    (objects,) = rehearsal.world["kubernetes"].values()
    return next(
        manifest
        for manifest in objects.values()
        if (manifest["kind"], manifest["metadata"].get("namespace")) == (kind, "shop")
        and name in ("", manifest["metadata"]["name"])
    )


def test_another_technique_changes_its_own_objects_and_the_pods_and_nothing_else(stack: Rehearsal) -> None:
    _choose(stack, FIRST)
    ways = list(_ways(stack.up(), stack))
    assert ways == [NAMES] * len(ways)
    before_own, before_reading = _own(stack, FIRST), _reading(stack)
    for before, after in pairwise(WAY):
        _choose(stack, after)
        run, own, reading = stack.up(previews=True), _own(stack, after), _reading(stack)
        ops = _ops(run)
        assert ops.pop("create", set()) == own | (reading - before_reading), f"{before} to {after}"
        assert ops.pop("delete", set()) == before_own | (before_reading - reading), f"{before} to {after}"
        stays = WORKLOADS[before].spec.operator_reads == WORKLOADS[after].spec.operator_reads
        # Without an identity of its own the workload has none to name.
        assert ops.pop("update", set()) == {"shop-deployment", *([] if stays else ["shop-service-account"])}
        assert stays == (reading == before_reading), f"{before} to {after}"
        assert set(ops) <= {"same", "read"}, "nothing is replaced"
        ways = list(_ways(run, stack))
        assert ways, f"{after}: the pod's manifest names no secret in a way that this test knows"
        assert ways == [NAMES] * len(ways), after
        before_own, before_reading = own, reading
    assert stack.up().summary == {}
