"""The identity of an operator that reads the vaults as itself, for all workloads of its technique."""

from __future__ import annotations

from collections.abc import Iterator

from trust.chain import Chain
from trust.links import Link
from trust.proofs.proof import Finding, proof
from trust.readers import reads_for_others
from trust.rights.holders import delivered
from trust.workloads import Workload


def _links(chain: Chain) -> list[tuple[Workload, Link]]:
    """Each workload that an operator serves, with the links from the operator to its identity."""
    return [
        (workload, link)
        for workload, ways in delivered(chain)
        for way in ways
        for reader in way.readers
        if reads_for_others(reader)
        for link in reader.links
    ]


@proof(
    "operator-identity",
    of=_links,
    reason="Entra gives the operator no token (AADSTS700213), and no workload of its technique gets a value.",
    source="https://azure.github.io/azure-workload-identity/docs/topics/federated-identity-credential.html",
    follows=["credential-parent", "credential-issuer", "credential-subject"],
)
def operator_identity(chain: Chain) -> Iterator[Finding]:
    """The ServiceAccount of every operator that reads as itself names an identity, which trusts it."""
    for workload, link in _links(chain):
        if link.state == "missing":
            yield Finding(
                workload=workload.name,
                text=f"{workload.name}: it is not true that {link}",
                fix="operators: let the chart annotate the ServiceAccount that the identity trusts",
                urn=link.urn or workload.node.urn,
            )
