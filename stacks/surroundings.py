"""What a cluster leans on and does not have: the network that deploys to it, and the key that encrypts for it.

Asked before anything is made: half an hour into an update is late to hear that two networks overlap, and a key that goes takes the cluster
with it.
"""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime

import pulumi
from pulumi_azure_native import containerservice, keyvault

from components import naming
from stacks import network_parts
from stacks.adopt import asked, is_missing
from stacks.facts import Facts
from stacks.settings import Settings
from stacks.settings.api_server import KmsSettings, PrivateSettings
from stacks.settings.cluster import ClusterSettings


def look_at_runner(settings: Settings, facts: Facts, private: PrivateSettings) -> None:
    """Two networks can be peered if their addresses differ; and of another subscription the owner makes one half.

    Raises:
        pulumi.RunError: the network is not there, or its addresses are those of ``network``, of pods or of Services.
    """
    key, network_id, ours = "cluster.private.deploy_from", private.deploy_from, network_parts.nodes_network_id(settings, facts)
    if settings.network is None or network_id.lower() == ours.lower():
        return
    _, _, subscription, _, group, *_, name = network_id.split("/")
    if not facts.deployer.reaches(network_id):
        pulumi.log.warn(
            f"{key}: of subscription {subscription}, where pulumi does not run, so it peers one side only. The other side has to be there"
            " before anything is made in the cluster: once the network is made,"
            f" az network vnet peering create --subscription {subscription} --resource-group {group} --vnet-name {name}"
            f" --name {naming.towards(ours)} --remote-vnet {ours} --allow-vnet-access"
        )
        return
    # Only for those who want it: start-up time.
    from pulumi_azure_native import network

    found = asked(
        lambda: network.get_virtual_network(resource_group_name=group, virtual_network_name=name),
        key,
        f"virtual network {name!r} in resource group {group!r}",
        "az network vnet list --output table",
    )
    prefixes = (found.address_space.address_prefixes if found.address_space else None) or []
    _must_be_apart("network.address_space", settings.network.address_space, name, prefixes, "and Azure peers no networks that overlap")
    for range_key in ("pod_cidr", "service_cidr"):
        why = "and what is sent there would stay in the cluster"
        _must_be_apart(f"cluster.network.{range_key}", getattr(settings.cluster.network, range_key), name, prefixes, why)


def _must_be_apart(key: str, ours: str, name: str, theirs: Sequence[str], why: str) -> None:
    """https://learn.microsoft.com/azure/virtual-network/virtual-network-manage-peering#requirements-and-constraints,
    https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay#ip-address-planning
    """
    space = ipaddress.ip_network(ours)
    for prefix in theirs:
        if space.overlaps(ipaddress.ip_network(prefix, strict=False)):
            raise pulumi.RunError(
                f"{key}: {space} overlaps {prefix} of {name!r} (cluster.private.deploy_from), {why}; choose another range"
            )


def look_at_cluster(settings: Settings, facts: Facts) -> None:
    """What a cluster that is there does not become, and what it would not survive; azure-native knows neither, and its preview would
    promise an update.

    Raises:
        pulumi.RunError: it is public and is to be private, or it is to lose its right to a key.
    """
    group, name = facts.resource_group, facts.cluster_name
    try:
        found = containerservice.get_managed_cluster(resource_group_name=group, resource_name=name)
    except Exception as error:  # the SDK raises no narrower one for an invoke that fails
        if is_missing(error):
            return
        raise
    public = not (found.api_server_access_profile and found.api_server_access_profile.enable_private_cluster)
    if settings.cluster.private and public:
        # "Changing enablePrivateCluster is not allowed. It can only be set while creating the cluster": Azure/azure-cli#12669
        raise pulumi.RunError(
            f"cluster.private: cluster {name!r} is there with a public API server, and AKS does not make it private; take it out, or make"
            " another cluster under another name (docs/config.md#clusterprivate)"
        )
    kms = found.security_profile.azure_key_vault_kms if found.security_profile else None
    if kms and kms.enabled and kms.key_id:
        _keep_its_key(settings.cluster, name, kms.key_id.split("/")[2].split(".")[0])


def _keep_its_key(said: ClusterSettings, cluster: str, vault: str) -> None:
    """The vault of the key with which the cluster encrypts now; its grant goes, if the settings forget it.

    https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations and
    https://learn.microsoft.com/azure/aks/update-kms-key-vault#update-a-key-vault-mode: after KMS was turned off the key is still needed.
    """
    now = said.kms.vault_id.rsplit("/", 1)[-1] if said.kms else None
    if now and now.lower() == vault.lower():
        return
    change = f"names vault {now!r}" if now else "is taken out"
    if vault.lower() not in {former.rsplit("/", 1)[-1].lower() for former in said.former_kms_vault_ids}:
        path = f"cluster.former_kms_vault_ids[{len(said.former_kms_vault_ids)}]"
        raise pulumi.RunError(
            f"cluster.kms: it {change}, and cluster {cluster!r} has encrypted its Secrets with a key of vault {vault!r}, for which it would"
            " lose its right: its API server would stop. Name that vault as a former one (pulumi config set --path"
            f""" '{path}' "$(az keyvault show --name {vault} --query id --output tsv)"; docs/config.md#another-vault-or-no-kms)"""
        )
    once_more = " and the key of kms was changed once more" if now else ""
    pulumi.log.warn(
        f"cluster.kms: it {change}, and what is in etcd stays encrypted with the key of vault {vault!r}; keep that key, and the vault in"
        " former_kms_vault_ids, until every Secret was written again after this `pulumi up`"
        f" (kubectl get secrets --all-namespaces -o json | kubectl replace -f -){once_more} (docs/config.md#another-vault-or-no-kms)"
    )


def look_at_key(facts: Facts, kms: KmsSettings) -> None:
    """A vault that AKS can ask, and a key that works.

    Raises:
        pulumi.RunError: it is not, or does not.
    """
    if kms.vault_id.lower() in {vault.id.lower() for vault in facts.vaults.values() if not vault.exists}:
        raise pulumi.RunError(
            "cluster.kms.vault_id: a vault that this stack makes, and it makes that after the cluster; use a vault that is there"
        )
    if not facts.deployer.reaches(kms.vault_id):
        return
    group, vault = kms.vault_id.split("/")[4], kms.vault_id.rsplit("/", 1)[-1]
    what = f"vault {vault!r} in resource group {group!r}"
    found = asked(
        lambda: keyvault.get_vault(resource_group_name=group, vault_name=vault),
        "cluster.kms.vault_id",
        what,
        "az keyvault list --output table",
    ).properties
    if not found.enable_rbac_authorization:
        raise pulumi.RunError(
            f"cluster.kms.vault_id: vault {vault!r} keeps access policies, and the cluster gets its right by role; move it to RBAC"
            f" (az keyvault update --name {vault} --enable-rbac-authorization true)"
        )
    # https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations
    if found.public_network_access == "Disabled" or (found.network_acls and found.network_acls.default_action == "Deny"):
        raise pulumi.RunError(
            f"cluster.kms.vault_id: vault {vault!r} has a firewall, through which AKS reaches no key; use a vault of the key's own that is"
            " open to all networks: only who has a role there can use it"
        )
    if not found.enable_purge_protection:
        pulumi.log.warn(
            f"cluster.kms.vault_id: vault {vault!r} has no purge protection, and a key that is purged takes the cluster's Secrets with it;"
            f" switch it on (az keyvault update --name {vault} --enable-purge-protection true)"
        )
    _must_work(kms, group, vault)


def _must_work(kms: KmsSettings, group: str, vault: str) -> None:
    name = kms.key_id.split("/")[4]
    key = asked(
        lambda: keyvault.get_key(resource_group_name=group, vault_name=vault, key_name=name),
        "cluster.kms.key_id",
        f"key {name!r} in vault {vault!r}",
        f"az keyvault key list --vault-name {vault} --output table",
    )
    if not (key.kty or "").startswith("RSA"):
        # Azure/AKS#3575: an elliptic one neither encrypts nor decrypts.
        raise pulumi.RunError(f"cluster.kms.key_id: {name!r} is of type {key.kty}; AKS encrypts with an RSA key")
    # Of the newest version, which need not be the one that is named.
    newest = (key.key_uri_with_version or "").rstrip("/").lower() == kms.key_id.lower()
    if newest and key.attributes and key.attributes.enabled is False:
        raise pulumi.RunError(
            f"cluster.kms.key_id: key {name!r} is disabled, and without it the API server stops; switch it on"
            f" (az keyvault key set-attributes --id {kms.key_id} --enabled true)"
        )
    if newest and key.attributes and key.attributes.expires:
        day = datetime.fromtimestamp(key.attributes.expires, UTC).date()
        pulumi.log.warn(
            f"cluster.kms.key_id: key {name!r} expires on {day}, and the API server stops with it; name another version before that, and"
            " keep this one until every Secret was written again (docs/config.md#clusterkms)"
        )
