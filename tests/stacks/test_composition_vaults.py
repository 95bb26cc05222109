"""A workload that reads several vaults: what is in its pod, and that the settings know of all of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from aks_secrets_testing.builds import Build, build
from components.operators import Operator
from components.workloads import WORKLOADS, Capability, Technique
from stacks.all_in_one import all_in_one
from stacks.settings import load
from stacks.settings.loader import read
from stacks.settings.rules.reserved_names import reserved_names
from tests.settings.cases import as_config, document

OPERATORS = {
    operator.value: {"scheduler": False} if operator is Operator.DAPR else {}
    for technique in Technique
    for operator in [WORKLOADS[technique].spec.operator]
    if operator
}


def _stack(*secrets: Mapping[str, Any], technique: str = "csi", **changes: Any) -> dict[str, Any]:
    workload = {
        "name": "shop",
        "namespace": "shop",
        "technique": technique,
        "image": "registry.example/shop:1",
        "secrets": secrets,
    }
    return document(
        {"operators": OPERATORS, "vaults": [{"name": "payments"}], "workloads": [workload], **changes}
    )


def _build(stack: Mapping[str, Any]) -> Build:
    async def program() -> Any:
        return await all_in_one(load())

    return build(program, config=as_config(stack))


def _pod(built: Build) -> Any:
    return built.single("Deployment", "shop-deployment").plain()["spec"]["template"]["spec"]


def _secret(letter: str, technique: Technique, **keys: Any) -> dict[str, Any]:
    """A secret in every way that the technique delivers it."""
    spec = WORKLOADS[technique].spec
    delivery: dict[str, Any] = {}
    if Capability.ENV in spec.capabilities:
        delivery["env"] = letter.upper()
    if Capability.FILE in spec.capabilities:
        delivery["file"] = f"{letter}.txt"
    if Capability.KUBERNETES_SECRET in spec.capabilities and not spec.uses_kubernetes_secrets:
        delivery["kubernetes_secret"] = {"mount": True}
    return {"name": letter, "from": "random", **delivery, **keys}


@pytest.mark.parametrize("main", [True, False], ids=["two vaults", "a further one alone"])
@pytest.mark.parametrize("technique", Technique)
def test_the_settings_know_every_name_that_a_technique_has_in_a_pod_of_a_further_vault(
    technique: Technique, main: bool
) -> None:
    secrets = [_secret("a", technique)] if main else []
    stack = _stack(*secrets, _secret("b", technique, vault="payments"), technique=technique)
    settings, problems = read("aks-secrets", "dev", as_config(stack), lambda _: False)
    assert problems == []
    assert settings is not None
    taken = reserved_names(settings.workloads[0])

    pod = _pod(_build(stack))
    (container,) = pod["containers"]
    assert {variable["name"] for variable in container.get("env", [])} - {"A", "B"} <= taken.env
    assert {volume["name"] for volume in pod.get("volumes", [])} <= taken.volumes
    # Nothing is mounted elsewhere, and nothing else is kept free.
    assert {mount["mountPath"] for mount in container.get("volumeMounts", [])} == taken.mounts


def test_names_of_a_vault_that_is_not_read_are_free() -> None:
    stack = _stack({"name": "card-key", "vault": "payments", "from": "random"}, technique="sdk")
    stack["aks-secrets:workloads"][0]["env"] = {
        "KEYVAULT_URL": "https://kv-other.vault.azure.net/",
        "AZURE_CLIENT_ID_PAYMENTS": "x",
    }
    (container,) = _pod(_build(stack))["containers"]
    assert {"KEYVAULT_URL", "KEYVAULT_URL_PAYMENTS"} <= {variable["name"] for variable in container["env"]}


def test_objects_of_one_name_in_two_vaults_are_each_in_their_vaults_folder() -> None:
    """The driver mounts once per vault, so neither hides the other."""
    same = {"name": "db-password", "from": "random"}
    built = _build(_stack(same, {**same, "vault": "payments"}))
    classes = {
        resource.plain()["metadata"]["name"]: resource.plain()["spec"]["parameters"]
        for resource in built.of_type("SecretProviderClass")
    }
    assert set(classes) == {"shop", "shop.payments"}
    assert {parameters["objects"].count('"db-password"') for parameters in classes.values()} == {1}
    assert len({parameters["keyvaultName"] for parameters in classes.values()}) == 2
    pod = _pod(built)
    class_of = {
        volume["name"]: volume["csi"]["volumeAttributes"]["secretProviderClass"] for volume in pod["volumes"]
    }
    mounted = {mount["mountPath"]: class_of[mount["name"]] for mount in pod["containers"][0]["volumeMounts"]}
    assert mounted == {"/mnt/secrets-store": "shop", "/mnt/secrets-store-payments": "shop.payments"}
    scopes = [
        resource.inputs["scope"]
        for resource in built.of_type("RoleAssignment")
        if resource.inputs["scope"].endswith("/secrets/db-password")
    ]
    assert len(set(scopes)) == len(scopes) == 2
