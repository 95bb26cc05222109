"""A cluster with Dapr, and an application whose sidecar reads a vault; tests change them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.simulators.init_failed import InitFailedError
from rehearsal.simulators.kubernetes.cluster import SimulatedCluster
from rehearsal.simulators.kubernetes.operators.dapr import secrets_api
from rehearsal.simulators.kubernetes.operators.dapr.secrets_api import Answer
from rehearsal.simulators.wire import Secret
from tests.simulators.conftest import kubeconfig_of
from tests.support.acting import SECRETS_USER, Azure, Kubernetes, Resource, manifest
from tests.support.manifests import DEPLOYMENT, RELEASE, owner
from tests.support.mounting import VAULT

COMPONENT = "dapr.io/v1alpha1:Component"
CONFIGURATION = "dapr.io/v1alpha1:Configuration"
EXTENSION = "kubernetesconfiguration:Extension"
ENABLED: Mapping[str, str] = {"dapr.io/enabled": "true", "dapr.io/app-id": "shop"}
IDENTIFIED: Mapping[str, str] = {"app": "app", "azure.workload.identity/use": "true"}
WORKLOAD_IDENTITY: Mapping[str, Any] = {"workloadIdentity": {"enabled": True}}


class DaprScene:
    """A cluster with Dapr, a vault with the secrets `db` and `api`, an identity to read them, and a
    ServiceAccount.
    """

    def __init__(self, azure: Azure, *, installed: bool = True, role: bool = True, **cluster: Any) -> None:
        self.azure = azure
        self.aks = azure.cluster(**{"securityProfile": WORKLOAD_IDENTITY, **cluster}).outputs
        self.kubernetes = Kubernetes(azure, kubeconfig_of(azure))
        azure.vault(enableRbacAuthorization=True)
        azure.secret("db", Secret("hunter2"))
        azure.secret("api", Secret("hunter3"))
        self.identity = azure.identity("id-app").outputs
        azure.credential(
            "app", issuer=self.aks["oidcIssuerProfile"]["issuerURL"], subject="system:serviceaccount:demo:app"
        )
        if role:
            self.grant()
        self.kubernetes.namespace()
        self.account()
        if installed:
            self.release()

    @property
    def cluster(self) -> SimulatedCluster:
        (id_,) = self.azure.world.kubernetes
        return SimulatedCluster(self.azure.world, id_)

    def grant(self, scope: str = VAULT) -> Resource:
        return self.azure.assignment(
            scope=scope,
            roleDefinitionId=SECRETS_USER,
            principalId=self.identity["principalId"],
            principalType="ServicePrincipal",
            roleAssignmentName="11111111-2222-4333-8444-555555555555",
        )

    def account(self, name: str = "app", **more: Any) -> Resource:
        made = manifest("v1", "ServiceAccount", name, "demo", **more)
        made["metadata"]["annotations"] = {"azure.workload.identity/client-id": self.identity["clientId"]}
        return self.kubernetes.create("core/v1:ServiceAccount", made)

    def release(
        self, version: str = "1.18.3", *, name: str = "dapr", namespace: str = "dapr-system", **values: Any
    ) -> Resource:
        desired = {
            "chart": "dapr",
            "name": name,
            "namespace": namespace,
            "createNamespace": True,
            "version": version,
            "values": values,
        }
        return self.kubernetes.create(RELEASE, desired, name=name)

    def component(self, name: str = "vault", **more: Any) -> Resource:
        return self.kubernetes.create(COMPONENT, component(name, **more), name=name)

    def configuration(self, *scopes: Mapping[str, Any], **spec: Any) -> Resource:
        """The Configuration `shop`, which the pods name."""
        desired = {"secrets": {"scopes": list(scopes)}, **spec} if scopes else spec
        return self.kubernetes.create(
            CONFIGURATION, manifest("dapr.io/v1alpha1", "Configuration", "shop", "demo", spec=desired)
        )

    def deploy(self, annotations: Mapping[str, str | None] | None = None, **more: Any) -> Resource:
        return self.kubernetes.create(DEPLOYMENT, app(annotations=annotations, **more))

    def read(self, name: str = "db", store: str = "vault", **more: Any) -> Answer:
        return secrets_api.get_secret(self.cluster, "demo", "shop", store, name, **more)

    def bulk(self, store: str = "vault") -> Answer:
        return secrets_api.get_bulk(self.cluster, "demo", "shop", store)

    def pod(self) -> dict[str, Any]:
        """The only pod of the namespace."""
        (object_,) = [item for key, item in self.objects().items() if key.startswith("core/Pod/demo/")]
        return object_

    def sidecar(self) -> dict[str, Any]:
        spec = self.pod()["spec"]
        (object_,) = [
            item for item in (*spec["containers"], *spec.get("initContainers", [])) if item["name"] == "daprd"
        ]
        return object_

    def objects(self) -> dict[str, Any]:
        (objects,) = self.azure.world.kubernetes.values()
        return objects


def component(
    name: str = "vault",
    *,
    scopes: list[str] | None = None,
    type_: str = "secretstores.azure.keyvault",
    **metadata: Any,
) -> dict[str, Any]:
    """A Component; `metadata` adds to the vault's name, and None leaves an entry out."""
    settings = {"vaultName": "kv-one", "azureAuthMethods": "workloadidentity", **metadata}
    values = [{"name": key, "value": value} for key, value in settings.items() if value is not None]
    made = manifest(
        "dapr.io/v1alpha1",
        "Component",
        name,
        "demo",
        spec={"type": type_, "version": "v1", "metadata": values},
    )
    return {**made, **({"scopes": scopes} if scopes else {})}


def app(
    kind: str = "Deployment",
    *,
    annotations: Mapping[str, str | None] | None = None,
    labels: Mapping[str, str] = IDENTIFIED,
    spec: Mapping[str, Any] | None = None,
    **pods: Any,
) -> dict[str, Any]:
    """An owner of pods of the app `shop`, without annotations that are None; `spec` and `pods` add to both
    specs.
    """
    settings = {
        name: value for name, value in {**ENABLED, **(annotations or {})}.items() if value is not None
    }
    made = owner(kind, pods={"serviceAccountName": "app", **pods}, **(spec or {}))
    template = (
        made["spec"]["jobTemplate"]["spec"]["template"] if kind == "CronJob" else made["spec"]["template"]
    )
    template["metadata"] = {"labels": dict(labels), "annotations": settings}
    return made


def extension(**more: Any) -> dict[str, Any]:
    """The extension Microsoft.Dapr on `aks-one`."""
    return {
        "resourceGroupName": "rg",
        "clusterRp": "Microsoft.ContainerService",
        "clusterResourceName": "managedClusters",
        "clusterName": "aks-one",
        "extensionName": "dapr",
        "extensionType": "Microsoft.Dapr",
        **more,
    }


LOG = "; the last line of its log: "


def reasons(scene: DaprScene, desired: dict[str, Any] | None = None, token: str = DEPLOYMENT) -> list[str]:
    with pytest.raises(InitFailedError) as failed:
        scene.kubernetes.create(token, desired or app())
    return failed.value.reasons


def last_line(scene: DaprScene, desired: dict[str, Any] | None = None) -> str:
    """The last line of the sidecar's log."""
    failure = reasons(scene, desired)[-1]
    assert failure.startswith("BackOff: Back-off restarting failed container daprd in pod app-")
    return failure.split(LOG, 1)[1]
