"""A cluster with the controller of akv2k8s, and an identity for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.acting import Azure, Resource, manifest
from tests.support.manifests import RELEASE
from tests.support.mounting import MountScene

AKVS = "spv.no/v2beta1:AzureKeyVaultSecret"
SUBJECT = "system:serviceaccount:default:akv2k8s-controller"


class Akv2k8sScene(MountScene):
    """A cluster with the controller, whose identity may read the secret `db`."""

    def __init__(
        self,
        azure: Azure,
        *,
        granted: bool = True,
        webhook: bool = True,
        subject: str = SUBJECT,
        controller: Mapping[str, Any] | None = None,
        **values: Any,
    ) -> None:
        super().__init__(azure, addons=None)
        azure.credential("controller", issuer=self.issuer, subject=subject)
        if granted:
            self.grant()
        if webhook:
            chart = {"chart": "workload-identity-webhook", "name": "webhook", "namespace": "default"}
            self.kubernetes.create(RELEASE, chart, name="webhook")
        own: dict[str, Any] = {
            "serviceAccount": {
                "annotations": {"azure.workload.identity/client-id": self.identity["clientId"]}
            },
            "podLabels": {"azure.workload.identity/use": "true"},
        }
        values = {"global": {"keyVaultAuth": "environment-azidentity"}, **values}
        values["controller"] = {**own, **(controller or {})}
        release = {"chart": "akv2k8s", "name": "akv2k8s", "namespace": "default", "values": values}
        self.kubernetes.create(RELEASE, release, name="akv2k8s")

    def synced(
        self, akvs: str = "db", object_: Mapping[str, Any] | None = None, /, **output: Any
    ) -> Resource:
        return self.kubernetes.create(AKVS, self.manifest_of(akvs, object_, **output))

    def manifest_of(
        self, akvs: str = "db", object_: Mapping[str, Any] | None = None, /, **output: Any
    ) -> dict[str, Any]:
        transform = {"transform": output.pop("transform")} if "transform" in output else {}
        secret = {"name": "db", "dataKey": "password", **output}
        object_ = {"name": "db", "type": "secret", **(object_ or {})}
        spec = {
            "vault": {"name": "kv-one", "object": {key: value for key, value in object_.items() if value}},
            "output": {"secret": {key: value for key, value in secret.items() if value}, **transform},
        }
        return manifest("spv.no/v2beta1", "AzureKeyVaultSecret", akvs, "demo", spec=spec)

    def made(self, name: str = "db") -> dict[str, Any]:
        made: dict[str, Any] = self.objects().get(f"core/Secret/demo/{name}") or {}
        return made

    def event(self) -> tuple[str, str]:
        event = self.objects().get("core/Event/demo/db.azurekeyvaultsecret") or {}
        return event.get("reason", ""), event.get("message", "")

    def hash_of(self, value: str) -> str:
        return self.azure.world.keyed_hash(value)

    def own_secret(self, **more: Any) -> Resource:
        own = {**manifest("v1", "Secret", "db", "demo"), "stringData": {"other": "own"}, **more}
        return self.kubernetes.create("core/v1:Secret", own)

    def revoke(self) -> None:
        for id_ in [id_ for id_ in self.azure.world.azure if "roleassignments" in id_.lower()]:
            del self.azure.world.azure[id_]
