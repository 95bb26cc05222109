"""Arguments of the Key Vault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pulumi import Input

from components.authorization.role_assignments import Principal
from components.key_vault.access_policies import AccessPolicy, Authorization
from components.key_vault.alerts import Alerts
from components.key_vault.network_rules import VaultNetwork
from components.key_vault.private_endpoint import PrivateEndpoint
from components.key_vault.secrets import SeededSecret


class VaultSku(StrEnum):
    """Pricing tier; premium adds keys in hardware security modules."""

    STANDARD = "standard"
    PREMIUM = "premium"


@dataclass(frozen=True, kw_only=True)
class KeyVaultArgs:
    """Arguments of ``KeyVault``."""

    resource_group_name: Input[str]
    vault_name: str
    label: str | None = None
    """Distinguishes the vaults of a stack. None: the vault of section ``vault``."""
    existing_id: str | None = None
    """ARM id of an existing vault, which gets secrets and role assignments and is never changed. None: the
    program creates the vault.
    """
    subscription_id: str
    """Subscription of the vault."""
    tenant_id: str
    sku: VaultSku = VaultSku.STANDARD
    soft_delete_retention_days: int = 90
    """Days for which a deleted vault or secret can be recovered, 7 to 90. ARM cannot change it later."""
    purge_protection: bool = True
    """Azure does not allow it to be switched off again."""
    network: VaultNetwork = field(default_factory=VaultNetwork)
    secrets: Sequence[SeededSecret] = ()
    officers: Sequence[Principal] = ()
    """People and pipelines that manage the secrets' values: role Key Vault Secrets Officer."""
    private_endpoint: PrivateEndpoint | None = None
    """None: the vault has no private address."""
    log_workspace_id: Input[str] | None = None
    """ARM id of the Log Analytics workspace for audit logs of the data plane. None: no diagnostic setting."""
    alerts: Alerts | None = None
    """Alerts on denied and throttled requests and on expiring objects. None: no alerts."""
    authorization: Authorization = Authorization.RBAC
    policies: Sequence[AccessPolicy] = ()
    """With ``access-policy``: the principals that read. They are part of a created vault, since the vault's
    next update would empty a separate list. In an existing vault each policy is a resource of its own, since
    the list is managed elsewhere.
    """
    grants_managed: bool = True
    """False: the program makes no role assignment."""
    handed_over: Mapping[str, str] = field(default_factory=dict[str, str])
    """ARM ids by name of secrets that the program wrote and writes no more: it lets go of them, and they stay
    in the vault.
    """
    recover: bool = False
    """Recover the soft-deleted vault. Its secrets follow by ``KeyVault.seed``, which has to know those that
    came back.
    """
    recovered_id: str | None = None
    """With ``recover``: ARM id of a vault that is not deleted (any more). It is imported unless the state has
    it. None: it is deleted.
    """
    protect: bool = False
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
