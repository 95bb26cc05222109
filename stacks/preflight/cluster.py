"""TODO: what this module owns."""

import pulumi
from pulumi_azure_native import containerservice

from components.resource_ids import ArmId, KeyId
from stacks.context import StackContext
from stacks.preflight.existing import is_not_found
from stacks.settings.model.cluster import ClusterSettings


def check_cluster(context: StackContext) -> None:
    """What a cluster that is there does not become, and what it would not survive; azure-native knows neither, and its preview would
    promise an update.

    Raises:
        pulumi.RunError: it is public and is to be private, or it is to lose its right to a key.
    """
    group, name = context.resource_group, context.cluster_name
    try:
        found = containerservice.get_managed_cluster(resource_group_name=group, resource_name=name)
    except Exception as error:  # the SDK raises no narrower one for an invoke that fails
        if is_not_found(error):
            return
        raise
    public = not (found.api_server_access_profile and found.api_server_access_profile.enable_private_cluster)
    if context.settings.cluster.private and public:
        # "Changing enablePrivateCluster is not allowed. It can only be set while creating the cluster": Azure/azure-cli#12669
        raise pulumi.RunError(
            f"cluster.private: cluster {name!r} is there with a public API server, and AKS does not make it private; take it out, or make"
            " another cluster under another name (docs/config/cluster.md#clusterprivate)"
        )
    kms = found.security_profile.azure_key_vault_kms if found.security_profile else None
    if kms and kms.enabled and kms.key_id:
        _keep_its_key(context.settings.cluster, name, KeyId.parse(kms.key_id).vault_name)


def _keep_its_key(said: ClusterSettings, cluster: str, vault: str) -> None:
    """The vault of the key with which the cluster encrypts now; its grant goes, if the settings forget it.

    https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations and
    https://learn.microsoft.com/azure/aks/update-kms-key-vault#update-a-key-vault-mode: after KMS was turned off the key is still needed.
    """
    now = ArmId.parse(said.kms.vault_id).name if said.kms else None
    if now and now.lower() == vault.lower():
        return
    change = f"names vault {now!r}" if now else "is taken out"
    if vault.lower() not in {ArmId.parse(former).name.lower() for former in said.former_kms_vault_ids}:
        path = f"cluster.former_kms_vault_ids[{len(said.former_kms_vault_ids)}]"
        raise pulumi.RunError(
            f"cluster.kms: it {change}, and cluster {cluster!r} has encrypted its Secrets with a key of vault {vault!r}, for which it would"
            " lose its right: its API server would stop. Name that vault as a former one (pulumi config set --path"
            f""" '{path}' "$(az keyvault show --name {vault} --query id --output tsv)"; docs/config/cluster.md#another-vault-or-no-kms)"""
        )
    once_more = " and the key of kms was changed once more" if now else ""
    pulumi.log.warn(
        f"cluster.kms: it {change}, and what is in etcd stays encrypted with the key of vault {vault!r}; keep that key, and the vault in"
        " former_kms_vault_ids, until every Secret was written again after this `pulumi up`"
        f" (kubectl get secrets --all-namespaces -o json | kubectl replace -f -){once_more} (docs/config/cluster.md#another-vault-or-no-kms)"
    )
