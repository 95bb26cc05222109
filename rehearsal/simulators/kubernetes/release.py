"""helm.v3.Release: what installing a chart leaves in the cluster. No chart is fetched or rendered.

Read in pulumi-kubernetes, provider/pkg/provider/helm_release.go.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

from rehearsal.simulators.kubernetes.cluster import NAMESPACE, RELEASE, Cluster
from rehearsal.simulators.provider import Call, Properties, ProviderError
from rehearsal.simulators.sdk import resource_type
from rehearsal.simulators.shape import Failure, failures
from rehearsal.simulators.wire import marked, plain

TOKEN: Final = "kubernetes:helm.sh/v3:Release"


def check(call: Call) -> tuple[Properties, list[Failure]]:
    inputs = {name: value for name, value in call.inputs.items() if value is not None}
    sdk = resource_type(TOKEN)
    assert sdk is not None, "the SDK has Release"
    # `compat` is how the SDK says which release schema it speaks.
    found = list(failures(plain(inputs), sdk.inputs, also=frozenset({"compat", "resourceNames"})))
    if "name" not in inputs:
        seed = (call.seed or secrets.token_bytes(4))[:4].hex()
        inputs["name"] = plain(call.olds).get("name") or call.proposed_name or f"{call.name}-{seed}"
    inputs.setdefault("namespace", plain(call.olds).get("namespace", "default"))
    return inputs, found


def create(call: Call, cluster: Cluster) -> tuple[str, Properties]:
    bare = plain(call.inputs)
    name, namespace = bare["name"], bare["namespace"]
    if cluster.get(RELEASE, namespace, name) is not None:
        # pulumi-kubernetes#2758
        raise ProviderError("cannot re-use a name that is still in use")
    if cluster.get(NAMESPACE, "", namespace) is None:
        if not bare.get("createNamespace"):
            raise ProviderError(f'create: failed to create: namespaces "{namespace}" not found')
        cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    cluster.create(_manifest(bare))
    return f"{namespace}/{name}", marked(_outputs(bare, 1), call.inputs)


def update(call: Call, cluster: Cluster) -> Properties:
    bare = plain(call.inputs)
    if cluster.get(RELEASE, bare["namespace"], bare["name"]) is None:
        raise ProviderError(f'update: "{bare["name"]}" has no deployed releases')
    live = cluster.replace(_manifest(bare))
    return marked(_outputs(bare, int(live["metadata"]["generation"])), call.inputs)


def read(call: Call, cluster: Cluster) -> tuple[str, Properties, Properties] | None:
    namespace, _, name = call.id.rpartition("/")
    return (call.id, call.olds, call.inputs) if cluster.get(RELEASE, namespace, name) else None


def delete(call: Call, cluster: Cluster) -> None:
    namespace, _, name = call.id.rpartition("/")
    cluster.delete(RELEASE, namespace, name)


def _manifest(bare: Properties) -> dict[str, Any]:
    """The world keeps no values: a chart's values may hold a secret that nobody marked."""
    return {
        "apiVersion": RELEASE.api_version,
        "kind": RELEASE.name,
        "metadata": {"name": bare["name"], "namespace": bare["namespace"]},
        "spec": {"chart": bare["chart"], "version": bare.get("version", "")},
    }


def _outputs(bare: Properties, revision: int) -> Properties:
    status = {
        "name": bare["name"],
        "namespace": bare["namespace"],
        "chart": bare["chart"],
        "version": bare.get("version", ""),
        "appVersion": bare.get("version", ""),
        "revision": revision,
        "status": "deployed",
    }
    return {**bare, "status": status, "resourceNames": {}}
