"""KMS: the roles of the cluster's identity in the keys' vaults."""

from aks_secrets_testing.builds import build
from components.authorization.roles import Role
from components.cluster.kms import KmsKey
from tests.support import samples


def test_the_control_plane_may_use_the_key_before_the_cluster_is_made() -> None:
    built = build(
        lambda: samples.cluster(kms=KmsKey(key_id="https://kv/keys/etcd/1", vault_id=samples.VAULT))
    )
    grant = built.single("RoleAssignment", "cluster/key/kv-platform")
    assert (grant.inputs["scope"], grant.inputs["roleDefinitionId"][-36:]) == (
        samples.VAULT,
        Role.KEY_VAULT_CRYPTO_USER.value,
    )
    assert grant.urn in built.single("ManagedCluster").dependencies
    kms = built.single("ManagedCluster").inputs["securityProfile"]["azureKeyVaultKms"]
    assert kms == {"enabled": True, "keyId": "https://kv/keys/etcd/1", "keyVaultNetworkAccess": "Public"}


def test_a_vault_that_becomes_a_former_one_keeps_its_grant() -> None:
    kms = KmsKey(key_id="https://kv/keys/etcd/1", vault_id=samples.VAULT + "-2")
    now = build(lambda: samples.cluster(kms=kms, former_kms_vault_ids=[samples.VAULT]))
    off = build(lambda: samples.cluster(former_kms_vault_ids=[samples.VAULT]))
    scopes = {f"cluster/key/kv-platform{more}": samples.VAULT + more for more in ("", "-2")}
    assert {
        resource.name: resource.inputs["scope"]
        for resource in now.of_type("RoleAssignment")
        if "/key/" in resource.name
    } == scopes
    (kept,) = [resource for resource in off.of_type("RoleAssignment") if "/key/" in resource.name]
    assert kept.name == "cluster/key/kv-platform"
    assert off.single("ManagedCluster").inputs["securityProfile"]["azureKeyVaultKms"]["enabled"] is False
