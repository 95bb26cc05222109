"""What an API server knows about kinds: scope, plural, which custom ones something has installed. Mostly data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.sdk_schema import resource_type

CLUSTER_SCOPED: Final = frozenset(
    {
        *(
            "Namespace",
            "Node",
            "PersistentVolume",
            "ClusterRole",
            "ClusterRoleBinding",
            "StorageClass",
            "CSIDriver",
        ),
        *("CSINode", "VolumeAttachment", "PriorityClass", "IngressClass", "RuntimeClass", "APIService"),
        *("CustomResourceDefinition", "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"),
        *("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "CertificateSigningRequest"),
        *("FlowSchema", "PriorityLevelConfiguration", "ClusterTrustBundle", "DeviceClass"),
    }
)
_PLURALS: Final[Mapping[str, str]] = {
    "NetworkPolicy": "networkpolicies",
    "Ingress": "ingresses",
    "IngressClass": "ingressclasses",
    "StorageClass": "storageclasses",
    "PriorityClass": "priorityclasses",
    "RuntimeClass": "runtimeclasses",
    "SecretProviderClass": "secretproviderclasses",
    "Resiliency": "resiliencies",
    "Endpoints": "endpoints",
}


@dataclass(frozen=True)
class GroupVersionKind:
    """A group, version and kind."""

    group: str
    version: str
    name: str

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> GroupVersionKind:
        group, _, version = str(manifest.get("apiVersion", "")).rpartition("/")
        return cls(group, version, str(manifest.get("kind", "")))

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def plural(self) -> str:
        """As the API server words it: `serviceaccounts`, `deployments.apps`."""
        plural = _PLURALS.get(self.name, self.name.lower() + "s")
        return f"{plural}.{self.group}" if self.group else plural

    @property
    def is_built_in(self) -> bool:
        return resource_type(f"kubernetes:{self.group or 'core'}/{self.version}:{self.name}") is not None


@dataclass(frozen=True)
class CustomKind:
    """A kind that a CustomResourceDefinition serves."""

    group: str
    versions: tuple[str, ...]
    name: str
    namespaced: bool = True


def _eso(name: str, *, namespaced: bool = True, versions: tuple[str, ...] = ("v1",)) -> CustomKind:
    return CustomKind("external-secrets.io", versions, name, namespaced)


_CSI: Final = tuple(
    CustomKind("secrets-store.csi.x-k8s.io", ("v1", "v1alpha1"), name)
    for name in ("SecretProviderClass", "SecretProviderClassPodStatus")
)
_DAPR: Final = (
    CustomKind("dapr.io", ("v1alpha1",), "Component"),
    CustomKind("dapr.io", ("v1alpha1",), "Configuration"),
    CustomKind("dapr.io", ("v1alpha1",), "Resiliency"),
    CustomKind("dapr.io", ("v1alpha1",), "HTTPEndpoint"),
    CustomKind("dapr.io", ("v2alpha1", "v1alpha1"), "Subscription"),
)

CHARTS: Final[Mapping[str, tuple[CustomKind, ...]]] = {
    # deploy/charts/external-secrets of external-secrets 2.9.0: v1 alone is served (external-secrets#4840)
    "external-secrets": (
        _eso("ExternalSecret"),
        _eso("SecretStore"),
        _eso("ClusterSecretStore", namespaced=False),
        _eso("ClusterExternalSecret", namespaced=False),
        _eso("PushSecret", versions=("v1alpha1",)),
    ),
    # charts/dapr/crds of dapr 1.18
    "dapr": _DAPR,
    # charts/secrets-store-csi-driver 1.6; the Azure provider's chart bundles it
    "secrets-store-csi-driver": _CSI,
    "csi-secrets-store-provider-azure": _CSI,
}
"""Chart name → the custom kinds it installs. A chart that is not listed installs none that matter here."""

ADDONS: Final[Mapping[str, tuple[CustomKind, ...]]] = {
    # https://learn.microsoft.com/azure/aks/csi-secrets-store-driver
    "azureKeyvaultSecretsProvider": _CSI,
}
EXTENSIONS: Final[Mapping[str, tuple[CustomKind, ...]]] = {
    # https://learn.microsoft.com/azure/aks/dapr
    "microsoft.dapr": _DAPR,
}


CHARTS_WITH_LASTING_KINDS: Final = ("dapr",)
"""Their definitions are in crds/: Helm makes them before all else and never deletes them
(https://helm.sh/docs/chart_best_practices/custom_resource_definitions/)."""

_ESO_SWITCHES: Final[Mapping[str, str]] = {
    # hack/helm.generate.sh of external-secrets: the kinds that are not named here come with `installCRDs` alone
    "ClusterSecretStore": "createClusterSecretStore",
    "ClusterExternalSecret": "createClusterExternalSecret",
    "PushSecret": "createPushSecret",
}


def installed_by(chart: str, values: Mapping[str, Any]) -> Iterable[CustomKind]:
    """What a release of this chart brings with these values, of which the world knows texts as hashes only."""
    kinds = CHARTS.get(chart_name(chart), ())
    if chart_name(chart) != "external-secrets":
        return kinds
    switches = mapping(values.get("crds"))
    if values.get("installCRDs", True) is not True:
        return ()
    old = ("v1", "v1beta1") if switches.get("unsafeServeV1Beta1") is True else ("v1",)
    return [
        _eso(
            kind.name, namespaced=kind.namespaced, versions=old if kind.versions == ("v1",) else kind.versions
        )
        for kind in kinds
        if switches.get(_ESO_SWITCHES.get(kind.name, ""), True) is True
    ]


KEEP: Final = ("helm.sh/resource-policy", "keep")
"""What Helm does not delete with its release. https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource"""


def chart_name(chart: str) -> str:
    """`oci://host/charts/dapr` and `./charts/dapr` are `dapr`."""
    return chart.rstrip("/").rsplit("/", 1)[-1]


def definition_of(kind: CustomKind) -> dict[str, Any]:
    """As an object of the cluster. It has no schema: what crds/ has for the kind stands for it."""
    plural = GroupVersionKind(kind.group, kind.versions[0], kind.name).plural.partition(".")[0]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{kind.group}"},
        "spec": {
            "group": kind.group,
            "names": {"kind": kind.name, "plural": plural},
            "scope": "Namespaced" if kind.namespaced else "Cluster",
            "versions": [
                {"name": version, "served": True, "storage": version == kind.versions[0]}
                for version in kind.versions
            ],
        },
    }


def defined_by(definitions: Iterable[Mapping[str, Any]]) -> Iterable[CustomKind]:
    """The kinds of CustomResourceDefinition objects."""
    for definition in definitions:
        spec = definition.get("spec") or {}
        versions = tuple(v["name"] for v in spec.get("versions") or [] if v.get("served", True))
        name = (spec.get("names") or {}).get("kind", "")
        yield CustomKind(spec.get("group", ""), versions, name, spec.get("scope") != "Cluster")
