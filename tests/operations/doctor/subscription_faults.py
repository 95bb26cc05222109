"""Faults of the sign-in, the rights and what a region offers."""

from collections.abc import Mapping

from tests.operations.azure.services import SUBSCRIPTION, Entra, refused
from tests.operations.doctor.broken import (
    DEV,
    INVALID_SECRET,
    NETWORKED,
    OFFICER,
    PROD,
    ROOT,
    USER,
    VAULT,
    WRONG_ISSUER,
    Broken,
    all_conditional,
    condition,
    contributor,
    deleted,
    networked,
    reader,
    restricted,
    roles,
    taken,
    text,
)
from tests.operations.doctor.documents import cluster, size, usage, vault, version

FAULTS: Mapping[str, Broken] = {
    # sign-in
    "client secret is wrong": Broken(DEV, entra=Entra(refusal=INVALID_SECRET)),
    "no sign-in": Broken(DEV, environment={"ARM_USE_OIDC": ""}),
    "subscription is disabled": Broken(DEV, lambda cloud: cloud.subscription.update(state="Disabled")),
    "subscription is in another tenant": Broken(
        DEV, lambda cloud: cloud.subscription.update(tenantId="99999999-6a5b-4c39-9f0e-0c2f6a3e1b11")
    ),
    "token is of another tenant": Broken(
        DEV, lambda cloud: cloud.refusals.update({f"subscriptions/{SUBSCRIPTION}": WRONG_ISSUER})
    ),
    "subscription is invisible": Broken(
        DEV,
        lambda cloud: cloud.refusals.update(
            {f"subscriptions/{SUBSCRIPTION}": refused(404, "SubscriptionNotFound", "not found")}
        ),
    ),
    # registrations
    "provider is not registered": Broken(
        DEV, lambda cloud: cloud.registrations.update({"Microsoft.KeyVault": "NotRegistered"})
    ),
    "provider of the alerts is being registered": Broken(
        PROD, lambda cloud: cloud.registrations.update({"Microsoft.EventGrid": "Registering"})
    ),
    "feature is not registered": Broken(
        text(DEV, "count: 1", "count: 1\n      encryption_at_host: true"),
        lambda cloud: cloud.registrations.update({"Microsoft.Compute/EncryptionAtHost": "NotRegistered"}),
    ),
    "feature of identity bindings is not registered": Broken(
        text(DEV, "technique: sdk", "technique: sdk\n      access: identity-binding"),
        lambda cloud: cloud.registrations.update(
            {"Microsoft.ContainerService/IdentityBindingPreview": "NotRegistered"}
        ),
    ),
    # rights
    "deployer may not assign roles": Broken(PROD, contributor),
    "deployer may read only": Broken(DEV, reader),
    "deployer needs no roles with external grants": Broken(
        text(DEV, "aks-secrets:vault:", "aks-secrets:grants: external\n  aks-secrets:vault:"), contributor
    ),
    "condition admits other roles": Broken(DEV, condition(roles("ForAnyOfAnyValues:GuidEquals", USER))),
    "condition denies a role": Broken(DEV, condition(roles("ForAnyOfAllValues:GuidNotEquals", OFFICER))),
    "condition admits every needed role": Broken(
        DEV, condition(roles("ForAnyOfAnyValues:GuidEquals", USER, OFFICER))
    ),
    "condition admits other types of principals": Broken(
        DEV,
        condition(
            "@Request[Microsoft.Authorization/roleAssignments:PrincipalType]"
            " ForAnyOfAnyValues:StringEqualsIgnoreCase {'User'}"
        ),
    ),
    "condition is another one": Broken(DEV, all_conditional),
    "nobody grants rights in Kubernetes": Broken(
        text(PROD, "    entra:\n", "    entra:\n      grant_deployer: false\n"),
        lambda cloud: cloud.permissions.update({ROOT.lower(): [{"actions": ["*"], "notActions": []}]}),
    ),
    "Kubernetes RBAC decides": Broken(NETWORKED, cloud=networked),
    # quota, sizes, version
    "family's quota is short": Broken(
        DEV, lambda cloud: cloud.usages.__setitem__(2, usage("standardDSv5Family", 8, 10))
    ),
    "region's quota is short": Broken(
        PROD, lambda cloud: cloud.usages.__setitem__(0, usage("cores", 470, 500))
    ),
    "quota suffices for the first nodes only": Broken(
        PROD, lambda cloud: cloud.usages.__setitem__(3, usage("standardDDSv5Family", 0, 40))
    ),
    "quota of an own cluster that runs": Broken(
        DEV,
        lambda cloud: (
            cloud.add(cluster("aks-stack", "rg-aks-secrets-stack", aadProfile=None)),
            cloud.usages.__setitem__(2, usage("standardDSv5Family", 8, 10)),
        ),
    ),
    "family has no quota": Broken(DEV, lambda cloud: cloud.usages.pop(2)),
    "size is not in the region": Broken(DEV, lambda cloud: cloud.sizes.clear()),
    "size is restricted": Broken(
        PROD,
        restricted(type="Location", reasonCode="NotAvailableForSubscription", values=["westeurope"]),
    ),
    "zone is restricted": Broken(
        PROD,
        restricted(type="Zone", reasonCode="NotAvailableForSubscription", restrictionInfo={"zones": ["2"]}),
    ),
    "size has no ephemeral disk": Broken(
        PROD,
        lambda cloud: cloud.sizes.__setitem__(
            2,
            size(
                "Standard_D4ds_v5",
                "standardDDSv5Family",
                4,
                capabilities=[
                    {"name": "vCPUs", "value": "4"},
                    {"name": "EphemeralOSDiskSupported", "value": "False"},
                ],
            ),
        ),
    ),
    "version is not offered": Broken(DEV, lambda cloud: cloud.versions.pop(2)),
    "version has long-term support only": Broken(
        DEV, lambda cloud: cloud.versions.__setitem__(2, version("1.36", "AKSLongTermSupport"))
    ),
    "no version has community support": Broken(
        DEV, lambda cloud: cloud.versions.__setitem__(slice(None), [version("1.34", "AKSLongTermSupport")])
    ),
    "region has no AKS": Broken(DEV, lambda cloud: cloud.versions.clear()),
    # names
    "vault's name is taken": Broken(DEV, taken),
    "vault is soft-deleted": Broken(DEV, deleted(False)),
    "vault is soft-deleted with purge protection": Broken(DEV, deleted(True)),
    "vault is soft-deleted and comes back": Broken(
        text(DEV, "purge_protection: false", "purge_protection: false\n    recover: true"), deleted(True)
    ),
    "nothing to recover": Broken(
        text(DEV, "purge_protection: false", "purge_protection: false\n    recover: true")
    ),
    "vault is there": Broken(DEV, lambda cloud: cloud.add(vault(VAULT, "rg-aks-secrets-stack"))),
}
