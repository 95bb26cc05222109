"""The External Secrets Operator in a cluster: whether it runs, and the settings of its release.

deploy/charts/external-secrets of external-secrets v2.9.0: values.yaml, templates/deployment.yaml,
templates/_helpers.tpl.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import CustomKind, chart_name
from rehearsal.simulators.kubernetes.api.store import RELEASE, ObjectStore
from rehearsal.simulators.kubernetes.apiserver import rbac
from rehearsal.simulators.kubernetes.operators import workload_identity
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import CUSTOM_KINDS
from rehearsal.simulators.world import World

CHART: Final = "external-secrets"
_USE: Final = "azure.workload.identity/use"
_CLIENT: Final = "azure.workload.identity/client-id"
_NAME_LENGTH: Final = 63
_SWITCHES: Final[Mapping[str, str]] = {
    # hack/helm.generate.sh of external-secrets: a kind without a switch here comes with `installCRDs` alone
    "ClusterSecretStore": "createClusterSecretStore",
    "ClusterExternalSecret": "createClusterExternalSecret",
    "PushSecret": "createPushSecret",
}
_KEEP: Final = ("helm.sh/resource-policy", "keep")
"""Annotation of what Helm does not delete with its release.

https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource
"""


@dataclass(frozen=True)
class EsoInstallation:
    """A running operator."""

    namespace: str
    account: str
    """Name of its own ServiceAccount; empty if the world has only the hash of it."""
    values: Mapping[str, Any]
    """Values of its release, with texts as hashes."""

    def on(self, *path: str) -> bool:
        """Whether a switch is on, as it is by default."""
        values: Any = self.values
        for name in path[:-1]:
            values = mapping(values.get(name))
        return values.get(path[-1], True) is True

    def handles(
        self, objects: ObjectStore, namespace: str, spec: Mapping[str, Any], *, cluster: bool = False
    ) -> bool:
        """Whether the operator handles an object, by namespace and class.

        `--namespace`, ShouldProcessStore.
        """
        scope = self.values.get("scopedNamespace")
        scoped = bool(scope) or self.values.get("scopedRBAC") is True
        here = objects.world.matches(scope, namespace) if scope else namespace == self.namespace
        class_ = spec.get("controller")
        return (cluster or not scoped or here) and (
            not class_ or objects.world.matches(self.values.get("controllerClass"), str(class_))
        )

    def has_flood_gate(self, objects: ObjectStore) -> bool:
        """Whether it reads from ready stores only, as it does by default (`--enable-flood-gate`)."""
        switch = mapping(self.values.get("extraArgs")).get("enable-flood-gate")
        return not objects.world.matches(switch, "false")

    def may_act_as(self, objects: ObjectStore, namespace: str, account: str) -> bool:
        """Whether it may request a token of a ServiceAccount, as it may unless the chart forbids it.

        templates/rbac.yaml; docs/guides/security-best-practices.md
        """
        name = mapping(self.values.get("serviceAccount")).get("name") or self.account
        request = rbac.ResourceAttributes("create", "serviceaccounts/token", account)
        return self.on("rbac", "serviceAccountTokenCreate") or rbac.may(
            objects, rbac.Account(self.namespace, name), namespace, request
        )

    def client_id(self, objects: ObjectStore) -> str | None:
        """Client id that the workload identity webhook gives the operator's own pods, mostly as a hash.

        None: the label, the annotation or the webhook is missing
        (https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html).
        """
        client_id = mapping(mapping(self.values.get("serviceAccount")).get("annotations")).get(_CLIENT)
        labelled = objects.world.matches(mapping(self.values.get("podLabels")).get(_USE), "true")
        return (
            str(client_id)
            if client_id and labelled and workload_identity.sees(objects, self.namespace)
            else None
        )


def installed(objects: ObjectStore) -> EsoInstallation | None:
    """The operator of the cluster; None if no release of its chart exists."""
    for release in objects.all_of(RELEASE):
        if chart_name(release["spec"]["chart"]) == CHART:
            values, metadata = mapping(release["spec"].get("values")), release["metadata"]
            return EsoInstallation(metadata["namespace"], _account(metadata["name"], values), values)
    return None


def kinds_of_release(values: Mapping[str, Any]) -> Iterable[CustomKind]:
    """Kinds that a release with these values serves."""
    switches = mapping(values.get("crds"))
    if values.get("installCRDs", True) is not True:
        return ()
    serves_beta = switches.get("unsafeServeV1Beta1") is True
    return [
        replace(kind, versions=("v1", "v1beta1")) if serves_beta and kind.versions == ("v1",) else kind
        for kind in CUSTOM_KINDS
        if switches.get(_SWITCHES.get(kind.name, ""), True) is True
    ]


def keeps_definitions(world: World, values: Mapping[str, Any]) -> bool:
    """Whether the values put Helm's annotation `keep` on the definitions."""
    policy = mapping(mapping(values.get("crds")).get("annotations")).get(_KEEP[0])
    return policy is not None and world.matches(policy, _KEEP[1])


def _account(release: str, values: Mapping[str, Any]) -> str:
    """Name of the operator's ServiceAccount (`external-secrets.serviceAccountName`)."""
    if (
        mapping(values.get("serviceAccount")).get("name")
        or values.get("fullnameOverride")
        or values.get("nameOverride")
    ):
        return ""
    if mapping(values.get("serviceAccount")).get("create", True) is not True:
        return "default"
    return (release if CHART in release else f"{release}-{CHART}")[:_NAME_LENGTH].removesuffix("-")
