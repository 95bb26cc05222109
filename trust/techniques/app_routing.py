"""The application routing add-on: it reads a certificate for the Ingress of a workload, and the pods do not.

https://learn.microsoft.com/azure/aks/app-routing-dns-ssl
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.graph import Node
from trust.links import Link, State
from trust.nodes.azure import Cluster
from trust.nodes.fields import known, mapping, text
from trust.readers import Reader, identity_label
from trust.requests import Delivery, Request
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

NAME: Final = "app-routing"
AGENT: Final = "the application routing add-on"
IS_FALLBACK: Final = False
CERTIFICATE: Final = "kubernetes.azure.com/tls-cert-keyvault-uri"
_URI: Final = re.compile(r"https://([^./]+)\.[^/]+/(?:certificates|secrets)/([^/]+)")


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The certificates that the workload's Ingresses name."""
    own = [node for node in ingresses(chain) if chain.workload_of(node) is workload]
    if not own:
        return None
    requests = [_request(chain, workload, node) for node in own]
    readers = tuple(request.reader for request in requests if request.reader)
    return Delivery(NAME, tuple(requests), readers, agent=AGENT, reaches_pods=False)


def ingresses(chain: Chain) -> list[Node]:
    """The Ingresses for which the add-on reads a certificate."""
    nodes = chain.graph.of_kind("networking.k8s.io", "Ingress")
    return [node for node in nodes if CERTIFICATE in mapping(node.input("metadata.annotations"))]


def _request(chain: Chain, workload: Workload, node: Node) -> Request:
    uri = mapping(node.input("metadata.annotations")).get(CERTIFICATE)
    match = _URI.fullmatch(uri) if isinstance(uri, str) else None
    cluster = chain.cluster_of(workload)
    client_id = cluster.app_routing_client_id if cluster else UNKNOWN
    identity = chain.identity_by_client_id(client_id)
    state: State = "held" if identity else "unknown"
    label = (
        f"Ingress {known(text(node.input('metadata.namespace')))}/{known(text(node.input('metadata.name')))}"
    )
    link = Link(
        "has the application routing add-on read as",
        label,
        identity_label(identity, client_id),
        node.urn,
        state,
    )
    return Request(
        vault=chain.vault_name(match[1], node) if match else chain.vault_name(UNKNOWN, node),
        kind="secret",
        name=match[2] if match else UNKNOWN,
        links=(),
        reader=Reader(identity, (link,)),
        copied=True,
    )


def node_principals(chain: Chain, cluster: Cluster) -> Iterator[Text]:
    """The add-on's identity, if an Ingress has a certificate of a vault."""
    if ingresses(chain):
        yield cluster.app_routing_principal_id
