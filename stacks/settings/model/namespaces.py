"""Section ``namespaces``: namespaces that differ from the defaults."""

from collections.abc import Mapping

from components.namespace import PodSecurityLevel
from stacks.settings.model.metadata import AnnotationKey, LabelKey, LabelValue
from stacks.settings.model.section import Section
from stacks.settings.types.kubernetes import DnsLabel

# Namespaces of AKS and its add-ons, and default, where every object without a namespace lands.
# https://learn.microsoft.com/azure/aks/managed-namespaces#limitations, https://learn.microsoft.com/azure/aks/faq,
# https://learn.microsoft.com/azure/aks/istio-deploy-addon, and for `az aks command invoke`
# https://learn.microsoft.com/azure/aks/access-private-cluster. Other names that begin with aks- are the
# users': aks-store is that of AKS' own tutorials.
_SYSTEM_NAMESPACES = {
    "default",
    "aks-command",
    "aks-istio-egress",
    "aks-istio-ingress",
    "aks-istio-system",
    "app-routing-system",
    "calico-system",
    "dapr-system",
    "flux-system",
    "gatekeeper-system",
    "istio-system",
    "tigera-operator",
}


def is_system_namespace(namespace: str) -> bool:
    """Whether a namespace belongs to Kubernetes, AKS or one of its add-ons: the program does not make it."""
    return namespace in _SYSTEM_NAMESPACES or namespace.startswith("kube-")


class NamespaceSettings(Section):
    """A namespace of the workloads."""

    name: DnsLabel
    """Name of the namespace, as workloads have it in `namespace`."""
    existing: bool = False
    """The namespace already exists: the program neither makes nor labels it."""
    release: bool = False
    """Keep the namespace in the cluster when it is removed from the list. Set it before another tool takes
    the namespace over.
    """
    enforce: PodSecurityLevel = PodSecurityLevel.BASELINE
    """Pod Security Standard that Kubernetes enforces: pods that violate it are refused."""
    warn: PodSecurityLevel = PodSecurityLevel.RESTRICTED
    """Pod Security Standard that Kubernetes warns about when pods that violate it are deployed."""
    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels of the namespace, besides the top-level `labels` and those of its Pod Security Standards."""
    annotations: Mapping[AnnotationKey, str] = {}
    """Annotations of the namespace."""
    isolated: bool = False
    """Deny all traffic of its pods, except what their technique needs and the ports of their Services."""
