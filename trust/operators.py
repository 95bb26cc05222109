"""The operators of a cluster, as its resources describe them: an add-on, a Helm release, or an extension.

An operator that exists already is nowhere in a graph; the output ``platform`` lists it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from trust.chain import Chain
from trust.graph import Node
from trust.nodes.fields import flag, mapping, text
from trust.nodes.kubernetes import HelmRelease, KubernetesObject
from trust.published import operators as published_operators
from trust.published import own_platform
from trust.values import UNKNOWN, Flag, Text

EXTENSION: Final = "azure-native:kubernetesconfiguration:Extension"
CSI_DRIVER: Final = "csi-secrets-store-provider-azure"
EXTERNAL_SECRETS: Final = "external-secrets"
DAPR: Final = "dapr"
RELOADER: Final = "reloader"


def release(chain: Chain, chart: str, provider: str = "") -> HelmRelease | None:
    """The release of a chart, in one cluster or in any."""
    return next(
        (
            installed
            for installed in chain.releases
            if installed.chart == chart and provider in ("", installed.node.provider)
        ),
        None,
    )


def is_listed(chain: Chain, key: str) -> Flag:
    """Whether the output ``platform`` lists the operator of this key of section ``operators``, and not as one
    that the stack itself installs.
    """
    published = published_operators(chain)
    if published is None:
        return UNKNOWN
    is_own = bool(own_platform(chain))
    # An older release does not publish whether an operator exists already.
    return key in published and not (is_own and mapping(published[key]).get("existing") is False)


@dataclass(frozen=True)
class Driver:
    """The Secrets Store CSI driver of a cluster."""

    node: Node | None = None
    """The cluster with the add-on, or the release. None: it is not of this stack."""
    rotates: Flag = UNKNOWN
    interval: Text = UNKNOWN
    syncs: Flag = UNKNOWN
    """Whether it may write Kubernetes Secrets."""


def driver(chain: Chain, item: KubernetesObject) -> Driver:
    """The CSI driver of the cluster of an object."""
    installed = release(chain, CSI_DRIVER, item.node.provider)
    if installed:
        values = mapping(installed.values.get("secrets-store-csi-driver"))
        return Driver(
            installed.node,
            # Off by default in the chart: https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/installation/
            flag(values.get("enableSecretRotation")),
            text(values.get("rotationPollInterval"), "2m"),
            flag(mapping(values.get("syncSecret")).get("enabled")),
        )
    cluster = chain.cluster_of(item)
    if cluster and not cluster.is_reference and cluster.csi_addon:
        # The add-on may always write Secrets: secrets-store-csi-driver-provider-azure#878
        return Driver(cluster.node, cluster.secret_rotation, cluster.rotation_poll_interval or "2m", True)
    return Driver()


def dapr_namespaces(chain: Chain, provider: str) -> frozenset[str]:
    """Namespaces in which the control plane of Dapr runs."""
    if installed := release(chain, DAPR, provider):
        return frozenset({str(installed.namespace)})
    for node in chain.graph.of_type(EXTENSION):
        scope = mapping(mapping(node.input("scope")).get("cluster"))
        return frozenset({str(scope.get("releaseNamespace", "dapr-system"))})
    published: Mapping[str, Any] = mapping((published_operators(chain) or {}).get("dapr"))
    return frozenset({str(published.get("namespace") or "dapr-system")})
