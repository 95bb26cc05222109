"""Refusals of resources that exist, in the exact words of the preflight."""

from aks_secrets_testing.builds import SUBSCRIPTION, TENANT
from tests.stacks.preflight.cases import (
    ELSEWHERE,
    GROUP,
    OLD,
    ON_EXISTING,
    ON_PLATFORM,
    case,
    existing,
    platform,
    published_vault,
    vault,
    workload,
)

_GROUP_ELSEWHERE = GROUP.replace(SUBSCRIPTION, ELSEWHERE)

_OWN = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-aks-secrets-dev"

_NOT_OURS = "remove this key, or adopt from another stack (docs/adopt.md)"

_THEIR_TENANT = "77777777-7777-4777-8777-777777777777"
_WRONG_TENANT = Exception(
    'Status=401 Code="InvalidAuthenticationTokenTenant" Message="The access token is from the wrong issuer'
    f" 'https://sts.windows.net/{TENANT}/'. It must match the tenant"
    f" 'https://sts.windows.net/{_THEIR_TENANT}/' associated with this subscription.\""
)
_NO_SUBSCRIPTION = Exception(
    f'Status=404 Code="SubscriptionNotFound" Message="The subscription \'{ELSEWHERE}\' could not be found."'
)

_FORBIDDEN = Exception('Status=403 Code="AuthorizationFailed" Message="no"')

CASES = [
    case(
        "existing-in-this-subscription",
        {
            "cluster": {"existing": existing("cluster", "aks-old", _GROUP_ELSEWHERE)},
            "vault": {"existing": existing("vault", "kv-old", _GROUP_ELSEWHERE)},
            "identities": [{"name": "ids", "existing": existing("identity", "id-far", _GROUP_ELSEWHERE)}],
            "monitoring": {
                "existing": existing("workspace", "log-far", _GROUP_ELSEWHERE),
                "alerts": {"action_group": existing("action group", "On call", _GROUP_ELSEWHERE)},
            },
            "vaults": [{"name": "made"}],
            "workloads": [workload(identity="ids")],
        },
        f"monitoring.alerts.action_group.id: is in subscription {ELSEWHERE}, but the alerts are in"
        f" {SUBSCRIPTION}, and an alert refers to action groups of its own subscription only; use one of that"
        " subscription, or list addresses in monitoring.alerts.emails",
        answers=OLD | {"identity id-far": {"principalId": "44444444-4444-4444-8444-444444444444"}},
    ),
    case(
        "resource-exists",
        {
            "composition": "workloads",
            "cluster": {"existing": existing("cluster", "aks-far", _GROUP_ELSEWHERE.upper())},
            "vault": {"existing": existing("vault", "kv-far", _GROUP_ELSEWHERE)},
        },
        f"cluster.existing: there is no cluster 'aks-far' in resource group 'RG-OLD' of subscription"
        f" {ELSEWHERE}; look for it (az aks list --output table --subscription {ELSEWHERE})",
        f"vault.existing: there is no subscription {ELSEWHERE}, or pulumi has no role in it; look for it (az"
        " account list --output table)",
        answers={"vault kv-far": _NO_SUBSCRIPTION},
    ),
    case(
        "existing-in-this-tenant",
        {
            "composition": "workloads",
            "cluster": {"existing": existing("cluster", "aks-far", _GROUP_ELSEWHERE)},
            "vault": {"existing": existing("vault", "kv-old", _GROUP_ELSEWHERE)},
        },
        f"cluster.existing: cluster 'aks-far' in resource group 'rg-old' of subscription {ELSEWHERE} is in"
        f" tenant {_THEIR_TENANT}, but pulumi is signed in to {TENANT}; no identity of this tenant has rights"
        " in it: use one of this tenant",
        f"vault.existing: vault 'kv-old' accepts tokens of tenant {_THEIR_TENANT} only, but pulumi is signed"
        f" in to {TENANT}; no identity of this tenant has rights in it: use one of this tenant",
        answers={"cluster aks-far": _WRONG_TENANT, "vault kv-old": vault(tenantId=_THEIR_TENANT)},
    ),
    case(
        "existing-is-not-managed-here",
        {
            "cluster": {"existing": existing("cluster", "AKS-dev", _OWN)},
            "vault": {"existing": {"name": "kv-other", "resource_group": "RG-aks-secrets-dev"}},
        },
        "cluster.existing: 'AKS-dev' in resource group 'rg-aks-secrets-dev' is created by this stack,"
        f" and as existing Pulumi would delete it; {_NOT_OURS}",
        "vault.existing: 'kv-other' is in resource group 'RG-aks-secrets-dev',"
        f" which this stack creates and deletes with everything in it; {_NOT_OURS}",
    ),
    case(
        "existing-is-not-managed-here",
        {
            "vault": {"resource_group": "rg-vaults"},
            "monitoring": {"existing": {"name": "log-old", "resource_group": "rg-vaults"}},
        },
        "monitoring.existing: 'log-old' is in resource group 'rg-vaults',"
        f" which this stack creates and deletes with everything in it; {_NOT_OURS}",
    ),
    case(
        "resource-exists",
        ON_EXISTING,
        "cluster.existing: there is no cluster 'aks-old' in resource group 'rg-old'; look for it (az aks"
        " list --output table)",
        "vault.existing: there is no vault 'kv-old' in resource group 'rg-old'; look for it (az keyvault"
        " list --output table)",
    ),
    case(
        "resource-is-readable",
        ON_EXISTING,
        "vault.existing: Azure did not return vault 'kv-old' in resource group 'rg-old': invoke of"
        " azure-native:keyvault:getVault"
        ' failed: Status=403 Code="AuthorizationFailed" Message="no"; check the sign-in of pulumi and its'
        " rights there",
        answers=OLD | {"vault kv-old": _FORBIDDEN},
    ),
    case(
        "resource-is-readable",
        {},
        "cluster: Azure did not return cluster 'aks-dev' in resource group 'rg-aks-secrets-dev': invoke of"
        " azure-native:containerservice:getManagedCluster failed: dial tcp: lookup management.azure.com:"
        " host not found;"
        " check the sign-in of pulumi and its rights there",
        answers={"cluster aks-dev": Exception("dial tcp: lookup management.azure.com: host not found")},
    ),
    case(
        "action-group-is-not-managed-here",
        {"monitoring": {"alerts": {"action_group": existing("action group", "AG-dev", _OWN)}}},
        "monitoring.alerts.action_group: 'AG-dev' in resource group 'rg-aks-secrets-dev' is created by this"
        " stack for"
        " monitoring.alerts.emails, and Pulumi deletes it when no address is listed there; list the"
        " addresses, and remove this key",
        answers={"action group AG-dev": {}},
    ),
]

CASES += [
    case(
        "vaults-are-distinct",
        ON_PLATFORM
        | {"vaults": [{"name": "mine", "existing": {"name": "kv-old", "resource_group": "rg-old"}}]},
        "vaults[0].existing: 'kv-old' is also the vault of the platform; list each vault once",
        answers=OLD | {"platform": platform()},
    ),
    case(
        "vaults-are-distinct",
        ON_PLATFORM
        | {
            "vaults": [{"name": "mine", "existing": {"name": "kv-pay", "resource_group": "rg-old"}}],
            "workloads": [workload(secrets=[{"name": "card", "from": "existing", "vault": "payments"}])],
        },
        "vaults[0].existing: 'kv-pay' is also vault 'payments' of the platform; list each vault once",
        answers=OLD
        | {"vault kv-pay": vault(), "platform": platform(vaults={"payments": published_vault("kv-pay")})},
    ),
    case(
        "access-policies-open-an-existing-vault",
        ON_EXISTING
        | {"workloads": [workload(secrets=[{"name": "db", "from": "existing"}]), workload(name="blog")]},
        "workloads[0].scope: 'object' does not fit vault 'kv-old', which uses access policies: they grant"
        " every secret in it;"
        " choose vault, or move the vault to RBAC as docs/migrations.md describes"
        " (pulumi config set --path 'workloads[0].scope' vault)",
        answers=OLD | {"vault kv-old": vault(by_role=False)},
    ),
]
