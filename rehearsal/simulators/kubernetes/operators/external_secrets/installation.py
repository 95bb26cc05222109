"""The External Secrets Operator in a cluster: whether it runs, and what its release told it.

deploy/charts/external-secrets of external-secrets v2.9.0: values.yaml, templates/deployment.yaml, templates/_helpers.tpl.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore
from rehearsal.simulators.kubernetes.apiserver import rbac

CHART: Final = "external-secrets"
_USE: Final = "azure.workload.identity/use"
_CLIENT: Final = "azure.workload.identity/client-id"
_NAME_LENGTH: Final = 63


@dataclass(frozen=True)
class EsoInstallation:
    """One that runs."""

    namespace: str
    account: str
    """Its own ServiceAccount, or empty if the world knows the name's hash only."""
    values: Mapping[str, Any]
    """Of its release; the texts are hashes."""

    def on(self, *path: str) -> bool:
        """A switch that is on unless somebody turned it off."""
        values: Any = self.values
        for name in path[:-1]:
            values = mapping(values.get(name))
        return values.get(path[-1], True) is True

    def handles(
        self, objects: ObjectStore, namespace: str, spec: Mapping[str, Any], *, cluster: bool = False
    ) -> bool:
        """Whether an object is this operator's: its namespace and its class (`--namespace`, ShouldProcessStore)."""
        scope = self.values.get("scopedNamespace")
        scoped = bool(scope) or self.values.get("scopedRBAC") is True
        here = objects.world.matches(scope, namespace) if scope else namespace == self.namespace
        class_ = spec.get("controller")
        return (cluster or not scoped or here) and (
            not class_ or objects.world.matches(self.values.get("controllerClass"), str(class_))
        )

    def may_act_as(self, objects: ObjectStore, namespace: str, account: str) -> bool:
        """Whether it may ask for a token of a ServiceAccount: of every one, unless the chart was told to leave that right out.

        templates/rbac.yaml; docs/guides/security-best-practices.md
        """
        name = mapping(self.values.get("serviceAccount")).get("name") or self.account
        wish = rbac.ResourceAttributes("create", "serviceaccounts/token", account)
        return self.on("rbac", "serviceAccountTokenCreate") or rbac.may(
            objects, rbac.Account(self.namespace, name), namespace, wish
        )

    def client_id(self, objects: ObjectStore) -> str | None:
        """What the workload identity webhook gives the operator's own pods: a client id, which is mostly known as its hash.

        None without the label, the annotation or the webhook
        (https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html).
        """
        given = mapping(mapping(self.values.get("serviceAccount")).get("annotations")).get(_CLIENT)
        labelled = objects.world.matches(mapping(self.values.get("podLabels")).get(_USE), "true")
        return str(given) if given and labelled and _has_identity_webhook(objects) else None


def installed(objects: ObjectStore) -> EsoInstallation | None:
    for release in objects.all_of(RELEASE):
        if chart_name(release["spec"]["chart"]) == CHART:
            values, metadata = mapping(release["spec"].get("values")), release["metadata"]
            return EsoInstallation(metadata["namespace"], _account(metadata["name"], values), values)
    return None


def _account(release: str, values: Mapping[str, Any]) -> str:
    """`external-secrets.serviceAccountName`."""
    if (
        mapping(values.get("serviceAccount")).get("name")
        or values.get("fullnameOverride")
        or values.get("nameOverride")
    ):
        return ""
    if mapping(values.get("serviceAccount")).get("create", True) is not True:
        return "default"
    return (release if CHART in release else f"{release}-{CHART}")[:_NAME_LENGTH].removesuffix("-")


def _has_identity_webhook(objects: ObjectStore) -> bool:
    """AKS brings it with the workload identity of the cluster, else its own chart does."""
    cluster = objects.world.get(objects.id)
    profile = mapping(
        mapping((cluster.properties if cluster else {}).get("securityProfile")).get("workloadIdentity")
    )
    charts = [chart_name(release["spec"]["chart"]) for release in objects.all_of(RELEASE)]
    return profile.get("enabled") is True or "workload-identity-webhook" in charts
