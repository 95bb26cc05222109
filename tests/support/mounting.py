"""A cluster with the CSI driver, and a pod that mounts objects of a vault; tests change them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.keyvault.data_plane import new_version
from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators.reloader import LAST_RELOADED
from rehearsal.simulators.wire import Secret
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import SECRETS_USER, SUBSCRIPTION, Azure, Kubernetes, Resource, manifest
from tests.support.manifests import DEPLOYMENT, RELEASE, container, deployment

CLASS = "secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
ADDON: Mapping[str, Any] = {
    "azureKeyvaultSecretsProvider": {"enabled": True, "config": {"enableSecretRotation": "true"}}
}
VAULT = f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-one"
SYNCED: Mapping[str, Any] = {
    "secretName": "db-synced",
    "type": "Opaque",
    "data": [{"objectName": "db", "key": "password"}],
}
ENV: Mapping[str, Any] = {
    "name": "PASSWORD",
    "valueFrom": {"secretKeyRef": {"name": "db-synced", "key": "password"}},
}
VOLUME: Mapping[str, Any] = {
    "name": "store",
    "csi": {
        "driver": "secrets-store.csi.k8s.io",
        "readOnly": True,
        "volumeAttributes": {"secretProviderClass": "app"},
    },
}
ROLE = SECRETS_USER.rsplit("/", 1)[0]
RELOADER: dict[str, Any] = {
    "reloadStrategy": "annotations",
    "watchGlobally": False,
    "namespaces": ["demo"],
    "enableCSIIntegration": True,
}
SYNCED_KEY = "core/Secret/demo/db-synced"
CSI_CHART = "csi-secrets-store-provider-azure"
FAILED_READ = "failed to get objectType:secret, objectName:db, objectVersion:: "
SECRETS_OFFICER, CERTIFICATE_USER, READER, OWNER = (
    f"{ROLE}/{guid}"
    for guid in (
        *("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"),
        *("21090545-7ca7-4776-b22c-e363652d74d2", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"),
    )
)


class MountScene:
    """A cluster, a vault with the secret `db`, an identity for it, and a ServiceAccount that it trusts."""

    def __init__(self, azure: Azure, addons: Mapping[str, Any] | None = ADDON, **vault: Any) -> None:
        self.azure = azure
        self.cluster = azure.cluster(**({"addonProfiles": addons} if addons else {})).outputs
        self.kubernetes = Kubernetes(azure, kubeconfig_of(azure))
        azure.vault(**{"enableRbacAuthorization": True, **vault})
        self.secret = azure.secret("db", Secret("hunter2"))
        self.identity = azure.identity("id-app").outputs
        self.issuer = self.cluster["oidcIssuerProfile"]["issuerURL"]
        azure.credential("app", issuer=self.issuer, subject="system:serviceaccount:demo:app")
        self.kubernetes.namespace()
        self.kubernetes.service_account("app")

    def grant(self, role: str = SECRETS_USER, scope: str = f"{VAULT}/secrets/db") -> Resource:
        return self.azure.assignment(
            scope=scope,
            roleDefinitionId=role,
            principalId=self.identity["principalId"],
            principalType="ServicePrincipal",
            roleAssignmentName="11111111-2222-4333-8444-555555555555",
        )

    def parameters(self, *objects: Mapping[str, Any] | str, **more: Any) -> dict[str, Any]:
        desired = objects or ({"objectName": "db", "objectType": "secret"},)
        array = [json.dumps(json.dumps(item) if isinstance(item, Mapping) else item) for item in desired]
        settings = {
            "keyvaultName": "kv-one",
            "tenantId": arm.TENANT,
            "clientID": self.identity["clientId"],
            "objects": "array:\n" + "".join(f"  - {item}\n" for item in array),
            **more,
        }
        return {name: value for name, value in settings.items() if value is not None}

    def class_of(
        self,
        *objects: Mapping[str, Any] | str,
        synced: Sequence[Mapping[str, Any]] | None = None,
        **more: Any,
    ) -> Resource:
        return self.kubernetes.create(CLASS, provider_class(self.parameters(*objects, **more), synced))

    def objects(self) -> dict[str, Any]:
        (objects,) = self.azure.world.kubernetes.values()
        return objects

    def poll(self) -> None:
        """The driver's poll interval is over."""
        (id_,) = self.azure.world.kubernetes
        SimulatedCluster(self.azure.world, id_).poll()

    def rotate(self, value: str = "hunter3") -> None:
        """Give the secret a new version, and let the driver poll."""
        new_version(self.azure.world, "kv-one", "db", value)
        self.poll()

    def the(self, kind: str) -> dict[str, Any]:
        """The only object of a kind in the namespace."""
        (object_,) = [value for key, value in self.objects().items() if key.split("/")[1:3] == [kind, "demo"]]
        return object_


def provider_class(
    parameters: Mapping[str, Any], synced: Sequence[Mapping[str, Any]] | None = None, **spec: Any
) -> dict[str, Any]:
    more = {"secretObjects": list(synced)} if synced else {}
    spec = {"provider": "azure", "parameters": parameters, **more, **spec}
    return manifest("secrets-store.csi.x-k8s.io/v1", "SecretProviderClass", "app", "demo", spec=spec)


def pods(*env: Mapping[str, Any], volume: Mapping[str, Any] = VOLUME, **more: Any) -> dict[str, Any]:
    item = container(volumeMounts=[{"name": "store", "mountPath": "/mnt"}], env=list(env))
    return {"serviceAccountName": "app", "containers": [item], "volumes": [dict(volume)], **more}


def mounting(*env: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return deployment(pods=pods(*env, **more))


FAILED = 'FailedMount: MountVolume.SetUp failed for volume "store" : '

PROVIDER = "rpc error: code = Unknown desc = failed to mount objects, error: "


def reasons(scene: MountScene, desired: dict[str, Any] | None = None, token: str = DEPLOYMENT) -> list[str]:
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(token, desired or mounting())
    return failed.value.reasons


def refused(scene: MountScene, desired: dict[str, Any] | None = None) -> str:
    """The Azure provider's error about the mount."""
    last = reasons(scene, desired)[-1]
    start = (
        f"{FAILED}rpc error: code = Unknown desc = failed to mount secrets store objects for pod demo/app-"
    )
    assert last.startswith(start)
    return last.split(", err: ", 1)[1].removeprefix(PROVIDER)


def with_csi_chart(azure: Azure, **driver: Any) -> MountScene:
    scene = MountScene(azure, addons=None)
    scene.grant()
    values = {"secrets-store-csi-driver": driver}
    scene.kubernetes.create(
        RELEASE, {"chart": CSI_CHART, "name": "csi", "namespace": "default", "values": values}
    )
    return scene


def install_reloader(scene: MountScene, **values: Any) -> None:
    desired = {
        "chart": "reloader",
        "name": "reloader",
        "namespace": "default",
        "values": {"reloader": {**RELOADER, **values}},
    }
    scene.kubernetes.create(RELEASE, desired, name="reloader")


def last_reloaded(scene: MountScene, kind: str = "Deployment") -> str | None:
    return (scene.the(kind)["spec"]["template"]["metadata"].get("annotations") or {}).get(LAST_RELOADED)


def config_error(scene: MountScene, desired: dict[str, Any]) -> str:
    with pytest.raises(InitFailedError) as error:
        scene.kubernetes.create(DEPLOYMENT, desired)
    assert error.value.reasons[-2].startswith("[Pod demo/app-")
    assert "]: containers with unready status: [app][CreateContainerConfigError] " in error.value.reasons[-2]
    return error.value.reasons[-1]
