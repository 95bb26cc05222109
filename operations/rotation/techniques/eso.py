"""Technique eso: the operator refreshes each ExternalSecret at its interval."""

from __future__ import annotations

from typing import Final

from operations.rotation.variables import reads
from trust.chain import Chain
from trust.nodes.delivery import ExternalSecret
from trust.nodes.fields import listed, mapping
from trust.workloads import Workload

NAME: Final = "eso"


def arrival(chain: Chain, workload: Workload, name: str) -> tuple[str, bool]:
    """At the next refresh, or by one that a person requests."""
    every = chain.own(chain.external_secrets, workload)
    externals = [item for item in every if _copies(item, name)] or every
    policies = {str(item.spec.get("refreshPolicy", "Periodic")) for item in externals}
    intervals = sorted({str(item.spec.get("refreshInterval", "1h")) for item in externals})
    refresh = f"kubectl annotate externalsecret --all --namespace {workload.namespace} " + (
        "force-sync=$(date +%s) --overwrite"
    )
    names = {str(item.target) for item in externals}
    if policies - {"Periodic"}:
        return f"by a refresh: {refresh}", not reads(workload.pods, names)
    when = f"at the next refresh, every {' or '.join(intervals) or '1h'} (at once: {refresh})"
    return when, not reads(workload.pods, names)


def _copies(item: ExternalSecret, name: str) -> bool:
    """Whether an ExternalSecret names the object, whose key may begin with the type: `secret/orders`."""
    keys = [mapping(mapping(data).get("remoteRef")).get("key") for data in listed(item.spec.get("data"))]
    keys += [mapping(mapping(data).get("extract")).get("key") for data in listed(item.spec.get("dataFrom"))]
    return name.lower() in {str(key).rpartition("/")[2].lower() for key in keys}
