"""Addresses of Services: what the stack publishes, and whether something answers there."""

from __future__ import annotations

from collections.abc import Iterator

from operations.checks import Finding
from operations.verify.cluster import Manifest, metadata
from operations.verify.observed import Observed
from operations.verify.sign_in import mend
from operations.verify.subjects import Subject
from trust.nodes.fields import known, listed, mapping
from trust.nodes.kubernetes import KubernetesObject


def services_of(subject: Subject) -> list[KubernetesObject]:
    """The Services of a workload."""
    chain = subject.chain
    everything = (KubernetesObject.of(node) for node in chain.graph.of_kind("core", "Service"))
    return [item for item in everything if chain.workload_of(item.node) is subject.workload]


def service(observed: Observed, subject: Subject, item: KubernetesObject) -> Iterator[Finding]:
    """The Service has its address, and pods behind it."""
    name = known(item.name)
    about = subject.about(f"service {name}")
    cluster = observed.kubernetes(subject.cluster_id)
    live = cluster.get("v1", "services", subject.namespace, name)
    if live is None:
        yield about.wrong(f"Service {subject.namespace}/{name} does not exist", mend(subject.stack))
        return
    if mapping(live.get("spec")).get("type") == "LoadBalancer":
        addresses = _addresses(live)
        published = str(mapping(mapping(subject.chain.graph.outputs).get("services")).get(subject.name) or "")
        if not addresses:
            text = "the load balancer has no address yet"
            yield about.wrong(
                text, f"kubectl describe service {name} --namespace {subject.namespace}", state="waiting"
            )
            return
        if published and published not in addresses:
            text = f"the load balancer has {', '.join(addresses)}, and the stack publishes {published}"
            yield about.wrong(text, mend(subject.stack))
            return
    behind = [
        endpoint
        for slice_ in cluster.items("discovery.k8s.io/v1", "endpointslices", subject.namespace)
        if mapping(metadata(slice_).get("labels")).get("kubernetes.io/service-name") == name
        for endpoint in map(mapping, listed(slice_.get("endpoints")))
        if mapping(endpoint.get("conditions")).get("ready") is not False
    ]
    if behind:
        yield about.fine(
            f"{len(behind)} pods behind {', '.join(_addresses(live)) or 'its name in the cluster'}"
        )
    else:
        text = f"no ready pod is behind Service {name}"
        yield about.wrong(text, f"kubectl get endpointslices --namespace {subject.namespace}")


def _addresses(live: Manifest) -> list[str]:
    ingress = listed(mapping(mapping(live.get("status")).get("loadBalancer")).get("ingress"))
    return [str(entry.get("ip") or entry.get("hostname")) for entry in map(mapping, ingress)]
