"""Private DNS zones that the settings name: linked to the networks that have to resolve their names.

Without a link the name of a vault with a private endpoint resolves to its public address, and the name of a
private cluster to none. Servers of a network's own may resolve a zone without a link, so a missing one is
`unknown`: https://learn.microsoft.com/azure/private-link/private-endpoint-dns-integration
"""

from __future__ import annotations

from collections.abc import Iterator

from operations.azure.api_versions import CONTAINER_SERVICE, PRIVATE_DNS
from operations.azure.documents import objects_at, text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.scopes import key, shown
from stacks.settings.validation.problems import Path


@family(asks_azure=True)
def zones_are_linked(examination: Examination) -> Iterator[Check]:
    """Each zone is linked to the network of the pods, and to the one in which `pulumi` runs."""
    private = examination.settings.cluster.private
    for path, label, vault in examination.settings.all_vaults:
        endpoint = vault.private_endpoint
        if endpoint and endpoint.dns_zone_id and examination.makes_vault(label):
            yield _check(
                examination, (*path, "private_endpoint", "dns_zone_id"), endpoint.dns_zone_id, "pods"
            )
    if examination.makes_cluster and private and private.dns_zone.startswith("/"):
        yield _check(examination, ("cluster", "private", "dns_zone"), private.dns_zone, private.deploy_from)


def _check(examination: Examination, path: Path, zone: str, network: str) -> Check:
    subject, check = shown(zone), f"links, {key(path)}"
    return Check(subject, check, lambda: _links(examination, zone, network, subject, check))


def _links(examination: Examination, zone: str, network: str, subject: str, check: str) -> Iterator[Finding]:
    if examination.reads.get_if_exists(zone, PRIVATE_DNS) is None:
        return  # the finding is that of the resource
    if network == "pods":
        network = _network_of_pods(examination)
    links = examination.reads.pages(f"{zone}/virtualNetworkLinks", PRIVATE_DNS)
    linked = {text_at(link, "properties", "virtualNetwork", "id").lower() for link in links}
    if not network:
        text = f"{len(linked)} virtual networks are linked; the one of the nodes has to be"
        yield Finding(subject, check, "fine", text)
    elif network.lower() in linked:
        yield Finding(subject, check, "fine", f"is linked to {shown(network)}")
    else:
        group, name = zone.split("/")[4], zone.rpartition("/")[2]
        text = (
            f"is not linked to {shown(network)}, so its names do not resolve there without other DNS servers"
        )
        step = (
            f"az network private-dns link vnet create --resource-group {group} --zone-name {name}"
            f" --name {network.rpartition('/')[2]} --virtual-network {network} --registration-enabled false"
        )
        yield Finding(subject, check, "unknown", text, step)


def _network_of_pods(examination: Examination) -> str:
    """ARM id of the virtual network of the nodes. Empty: it does not exist yet, or AKS makes it."""
    subnet = examination.settings.cluster.network.subnet_id or ""
    if not subnet and not examination.makes_cluster and examination.cluster_id:
        cluster = examination.reads.get_if_exists(examination.cluster_id, CONTAINER_SERVICE)
        pools = objects_at(cluster, "properties", "agentPoolProfiles")
        subnet = next((text_at(pool, "vnetSubnetID") for pool in pools), "")
    return subnet.partition("/subnets/")[0]
