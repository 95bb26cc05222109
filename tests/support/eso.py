"""A cluster with the External Secrets Operator, and objects for it that tests change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rehearsal.simulators.azure import arm
from rehearsal.simulators.init_failed import InitFailedError
from tests.support.acting import Azure, Resource, manifest
from tests.support.manifests import RELEASE, container, deployment
from tests.support.mounting import MountScene

STORE = "external-secrets.io/v1:SecretStore"
CLUSTER_STORE = "external-secrets.io/v1:ClusterSecretStore"
SECRET = "external-secrets.io/v1:ExternalSecret"
CLIENT = "azure.workload.identity/client-id"
TENANT = "azure.workload.identity/tenant-id"
WAIT: Mapping[str, str] = {"pulumi.com/waitFor": "condition=Ready"}
DATA: Mapping[str, Any] = {"secretKey": "password", "remoteRef": {"key": "db"}}


PASSWORD_ENV: dict[str, Any] = {
    "name": "PASSWORD",
    "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}},
}


class EsoScene(MountScene):
    """A cluster with the operator, an annotated ServiceAccount, and its right to read the secret `db`."""

    def __init__(
        self,
        azure: Azure,
        *,
        annotations: Mapping[str, str] | None = None,
        granted: bool = True,
        **values: Any,
    ) -> None:
        super().__init__(azure, addons=None)
        if granted:
            self.grant()
        self.release = self.install(**values)
        object_ = {CLIENT: self.identity["clientId"]} if annotations is None else dict(annotations)
        account = manifest("v1", "ServiceAccount", "reader", "demo")
        account["metadata"]["annotations"] = object_
        self.kubernetes.create("core/v1:ServiceAccount", account)
        azure.credential("reader", issuer=self.issuer, subject="system:serviceaccount:demo:reader")

    def install(self, **values: Any) -> Resource:
        desired = {"chart": "external-secrets", "name": "eso", "namespace": "default", "values": values}
        return self.kubernetes.create(RELEASE, desired, name="eso")

    def store(self, **azure: Any) -> Resource:
        return self.kubernetes.create(STORE, store(**azure))

    def secret_of(self, *data: Mapping[str, Any], **spec: Any) -> Resource:
        return self.kubernetes.create(SECRET, external_secret(*data, **spec))

    def made(self, name: str = "db") -> dict[str, Any]:
        """The Secret that the operator has written."""
        return self.objects()[f"core/Secret/demo/{name}"]

    def condition(self, kind: str = "ExternalSecret") -> tuple[str, str, str]:
        """Status, reason and message of the condition Ready."""
        (object_,) = self.the(kind)["status"]["conditions"]
        assert object_["type"] == "Ready"
        return object_["status"], object_["reason"], object_["message"]

    def event(self, kind: str = "ExternalSecret") -> str:
        """Reason and message of the event about an object."""
        (object_,) = [
            item
            for item in self.objects().values()
            if item["kind"] == "Event" and item["involvedObject"]["kind"] == kind
        ]
        return f"{object_['reason']}: {object_['message']}"


def store(**azure: Any) -> dict[str, Any]:
    settings = {
        "authType": "WorkloadIdentity",
        "vaultUrl": "https://kv-one.vault.azure.net/",
        "tenantId": arm.TENANT,
        "serviceAccountRef": {"name": "reader"},
        **azure,
    }
    azurekv = {name: value for name, value in settings.items() if value is not None}
    return manifest(
        "external-secrets.io/v1", "SecretStore", "azure", "demo", spec={"provider": {"azurekv": azurekv}}
    )


def external_secret(*data: Mapping[str, Any], name: str = "db", **spec: Any) -> dict[str, Any]:
    settings = (
        {"data": [dict(item) for item in data]}
        if data
        else {}
        if "dataFrom" in spec
        else {"data": [dict(DATA)]}
    )
    return manifest(
        "external-secrets.io/v1",
        "ExternalSecret",
        name,
        "demo",
        spec={"secretStoreRef": {"name": "azure"}, **settings, **spec},
    )


def waiting(desired: dict[str, Any], **annotations: str) -> dict[str, Any]:
    return {**desired, "metadata": {**desired["metadata"], "annotations": annotations or dict(WAIT)}}


def timed_out(scene: EsoScene, token: str, desired: dict[str, Any]) -> str:
    """The event that the provider reports with its error."""
    with pytest.raises(InitFailedError) as error:
        scene.kubernetes.create(token, waiting(desired))
    assert error.value.message.endswith(
        "failed to fully initialize or become live: timed out waiting for the condition"
    )
    (reason,) = error.value.reasons
    return reason


def reading_pods() -> dict[str, Any]:
    return deployment(pods={"containers": [container(env=[PASSWORD_ENV])]})


PUSH = "external-secrets.io/v1alpha1:PushSecret"
PASSWORD = "generators.external-secrets.io/v1alpha1:Password"


def push(*data: Mapping[str, Any], generated: bool = False, **spec: Any) -> dict[str, Any]:
    """A PushSecret of the Secret `db-app`, or of the generator `new`, into the vault's secret `new`."""
    reference = {"kind": "Password", "name": "new"}
    selector = {"generatorRef": reference} if generated else {"secret": {"name": "db-app"}}
    entries = data or ({"match": {"secretKey": "password", "remoteRef": {"remoteKey": "secret/new"}}},)
    settings = {
        "secretStoreRefs": [{"name": "azure"}],
        "selector": selector,
        "data": [dict(entry) for entry in entries],
        **({"refreshInterval": "0s", "updatePolicy": "IfNotExists"} if generated else {}),
        **spec,
    }
    return manifest("external-secrets.io/v1alpha1", "PushSecret", "new", "demo", spec=settings)


def generator() -> dict[str, Any]:
    """The generator `new`."""
    spec = {"length": 32, "allowRepeat": True, "noUpper": False}
    return manifest("generators.external-secrets.io/v1alpha1", "Password", "new", "demo", spec=spec)
