"""The Key Vault with the secrets that the program writes.

Owns: the vault, its seeded secrets, the role assignments of officers, and the grants that read its objects.
Deliberately not here: secrets that exist already (only their names are known), and the identities that read.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from ipaddress import IPv4Network

import pulumi
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import keyvault

from components.aliases import ROOT_ALIAS
from components.authorization.role_assignments import (
    NeededRoleAssignment,
    PlannedGrant,
    RoleAssignmentSpec,
    make_or_read_role_assignment,
)
from components.authorization.roles import READ_ACCESS, ObjectType, Role
from components.diagnostics import VAULT_LOGS, make_diagnostic_setting
from components.key_vault.access_policies import OFFICER, AccessPolicy, Authorization, entry
from components.key_vault.alerts import AlertTarget, make_vault_alerts
from components.key_vault.args import KeyVaultArgs
from components.key_vault.network_rules import DefaultAction
from components.key_vault.private_endpoint import make_private_endpoint
from components.key_vault.secrets import Manage, RandomValue, SeededSecret
from components.resource_ids import child_id


class KeyVault(pulumi.ComponentResource):
    """A Key Vault, authorized by Azure RBAC or by access policies.

    Creates: Vault (or reads it), one Secret per seeded secret, one RandomPassword per random value, one
    RoleAssignment per officer; in an existing vault with access policies one AccessPolicy per entry; if
    configured a PrivateEndpoint with its PrivateDnsZoneGroup, a DiagnosticSetting, and for alerts two
    MetricAlerts, a SystemTopic and its SystemTopicEventSubscription.
    """

    name: Output[str]
    resource_id: Output[str]
    vault_uri: Output[str]
    """``https://<name>.vault.azure.net/``, with the final slash."""

    grants: list[NeededRoleAssignment]
    """Role assignments of the officers, also those that the program does not make."""

    def __init__(self, name: str, args: KeyVaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:KeyVault", name, None, opts)
        # Neither a label nor a secret's name contains a slash.
        self._label = f"{args.label}/" if args.label else ""
        self._subscription_id = args.subscription_id
        vault = self._make_or_read(name, args)
        # Name and id of an existing vault are known before it is read, so the first preview shows names and
        # scopes.
        self.name = Output.from_input(args.vault_name) if args.existing_id else vault.name
        self.resource_id = Output.from_input(args.existing_id) if args.existing_id else vault.id
        # Derived, not read: the preview of an update knows only name, location and id, so a changed tag would
        # preview as a replaced Pod.
        # https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes-for-object-identifiers
        self.vault_uri = Output.concat("https://", self.name.apply(str.lower), ".vault.azure.net/")
        self._prerequisites: list[pulumi.Resource] = [vault, *self._make_policies(name, args)]
        if args.private_endpoint:
            self._prerequisites += make_private_endpoint(self, name, args.private_endpoint, self.resource_id)
        if args.log_workspace_id:
            make_diagnostic_setting(self, name, self.resource_id, args.log_workspace_id, VAULT_LOGS)
        # Event Grid sends no event about a secret that is older than the subscription, so secrets depend on
        # it.
        # https://learn.microsoft.com/azure/key-vault/general/event-grid-overview#key-vault-events-and-schemas
        self._expiry_subscription = (
            [make_vault_alerts(self, name, args.alerts, self._alert_target(args))] if args.alerts else []
        )
        self._values: dict[str, Output[str]] = {}
        self._secrets: dict[str, keyvault.Secret] = {}
        self._seeding = partial(self._seed, name, args, vault)
        self._to_seed = {secret.name.lower(): secret for secret in args.secrets}
        if not args.recover:
            self.seed()
        for key, secret_id in args.handed_over.items():
            # Read under its former name, it leaves the stack without being deleted.
            keyvault.Secret.get(f"{name}/{key}", secret_id, ResourceOptions(parent=self))
        # With access policies too: the role assignments take effect when the vault moves to RBAC, and need
        # minutes to propagate.
        self.grants = [
            make_or_read_role_assignment(
                f"{name}/officer/{officer.label}",
                RoleAssignmentSpec(officer, Role.KEY_VAULT_SECRETS_OFFICER, self.resource_id),
                args.subscription_id,
                ResourceOptions(parent=self),
                managed=args.grants_managed,
            )
            for officer in args.officers
        ]
        self.register_outputs(
            {"name": self.name, "resource_id": self.resource_id, "vault_uri": self.vault_uri}
        )

    def _make_or_read(self, name: str, args: KeyVaultArgs) -> keyvault.Vault:
        if args.existing_id:
            return keyvault.Vault.get(
                f"{name}-existing-vault", args.existing_id, ResourceOptions(parent=self)
            )
        return keyvault.Vault(
            f"{name}-vault",
            resource_group_name=args.resource_group_name,
            vault_name=args.vault_name,
            properties=_vault_properties(args),
            tags=args.tags,
            # createMode matters only at creation: sent again, `recover` finds no deleted vault and fails.
            opts=ResourceOptions(
                parent=self,
                protect=args.protect or None,
                ignore_changes=["properties.createMode"],
                import_=args.recovered_id,
            ),
        )

    def _alert_target(self, args: KeyVaultArgs) -> AlertTarget:
        return AlertTarget(
            resource_group_name=args.resource_group_name,
            name=args.vault_name,
            id=self.resource_id,
            tags=args.tags,
        )

    def _make_policies(self, name: str, args: KeyVaultArgs) -> list[pulumi.Resource]:
        """One resource per policy of an existing vault: ARM adds it to the vault's list and leaves other
        entries alone.
        """
        if args.existing_id is None or args.authorization is Authorization.RBAC:
            return []
        made: list[pulumi.Resource] = []
        for policy in _policies(args):
            opts = ResourceOptions(
                parent=self,
                # ARM refuses parallel writes to a vault (409 ConflictError, terraform-provider-azurerm#3130).
                depends_on=made[-1:],
                # The object id identifies the entry: an update would look for the new id in the vault's list
                # and not find it.
                replace_on_changes=["policy.objectId"],
            )
            made.append(
                keyvault.AccessPolicy(
                    f"{name}/policy/{policy.label}",
                    resource_group_name=args.resource_group_name,
                    vault_name=args.vault_name,
                    policy=entry(args.tenant_id, policy),
                    opts=opts,
                )
            )
        return made

    def read_grant(self, kind: ObjectType, object_name: str) -> PlannedGrant:
        """The grant that reads only this object."""
        access = READ_ACCESS[kind]
        return PlannedGrant(
            label=f"{self._label}{access.collection}/{object_name.lower()}",
            role=access.role,
            # Key Vault ignores case, Pulumi does not: another spelling would be another scope, and replace
            # the role assignment.
            scope=self.resource_id.apply(
                lambda vault_id: child_id(vault_id, access.collection, object_name.lower())
            ),
            depends_on=self._secrets.get(object_name.lower()) if access.collection == "secrets" else None,
            subscription_id=self._subscription_id,
        )

    def list_grant(self) -> PlannedGrant:
        """The grant that reads and lists all secrets of the vault, but no keys and certificates."""
        return PlannedGrant(
            label=f"{self._label}secrets",
            role=Role.KEY_VAULT_SECRETS_USER,
            scope=self.resource_id,
            subscription_id=self._subscription_id,
        )

    def dependencies_for(self, names: Iterable[str] | None) -> list[pulumi.Resource]:
        """Resources that have to exist before the named secrets can be read: the vault, its policies and the
        seeded secrets among them. None: all seeded secrets.
        """
        keys = self._secrets if names is None else [name.lower() for name in names]
        return [*self._prerequisites, *(self._secrets[key] for key in keys if key in self._secrets)]

    def seed(self, recovered: Mapping[str, str] | None = None) -> None:
        """Write the seeded secrets. With ``recover`` the caller does it, when the vault is back.

        ``recovered``: ARM ids by name of those that the vault holds; they keep the value that they have.
        """
        for key, secret in self._to_seed.items():
            # Marked as secret here, because azure-native does not mark it.
            self._values[key] = Output.secret(self._value_of(self._name, secret))
            self._secrets[key] = self._seeding(secret, (recovered or {}).get(key))

    def value_of(self, secret_name: str) -> Output[str]:
        """The value that the program wrote into a seeded secret, marked as secret. It does not follow a
        rotation in the vault.
        """
        return self._values[secret_name.lower()]

    def _seed(
        self,
        name: str,
        args: KeyVaultArgs,
        vault: keyvault.Vault,
        secret: SeededSecret,
        recovered_id: str | None,
    ) -> keyvault.Secret:
        # Through ARM, which needs neither a data-plane role nor a network path to the vault; ARM never
        # returns the value.
        return keyvault.Secret(
            f"{name}/{secret.name.lower()}",
            resource_group_name=args.resource_group_name,
            vault_name=self.name,
            # Lower case: another spelling would replace the secret, and overwrite a rotated value.
            secret_name=secret.name.lower(),
            properties=keyvault.SecretPropertiesArgs(
                value=self._values[secret.name.lower()],
                content_type=secret.content_type,
                attributes=keyvault.SecretAttributesArgs(
                    enabled=True, not_before=secret.not_before, expires=secret.expires
                ),
            ),
            tags=args.tags,
            opts=ResourceOptions(
                parent=self,
                depends_on=self._expiry_subscription,
                # Secrets are deleted with the vault, except in an existing vault. Not retain_on_delete: a
                # secret that is removed and added again would already exist.
                deleted_with=None if args.existing_id else vault,
                # A recovered vault has its former values.
                ignore_changes=["properties", "tags"] if args.recover else secret.ignored_inputs,
                retain_on_delete=secret.manage is Manage.RELEASE or None,
                aliases=[ROOT_ALIAS],
                import_=recovered_id,
            ),
        )

    def _value_of(self, name: str, secret: SeededSecret) -> Input[str]:
        if not isinstance(secret.value, RandomValue):
            return secret.value
        former_names = [pulumi.Alias(name=f"{other}/{secret.name.lower()}") for other in secret.former_vaults]
        return random.RandomPassword(
            f"{name}/{secret.name.lower()}",
            length=secret.value.length,
            special=secret.value.special,
            keepers={"rotated": secret.value.rotated} if secret.value.rotated else None,
            opts=ResourceOptions(parent=self, aliases=[ROOT_ALIAS, *former_names]),
        ).result


def _vault_properties(args: KeyVaultArgs) -> keyvault.VaultPropertiesArgs:
    return keyvault.VaultPropertiesArgs(
        tenant_id=args.tenant_id,
        sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName(args.sku.value)),
        # The default of this API version is False, which makes role assignments ineffective.
        enable_rbac_authorization=args.authorization is Authorization.RBAC,
        access_policies=[entry(args.tenant_id, policy) for policy in _policies(args)]
        if args.authorization is Authorization.ACCESS_POLICY
        else None,
        enable_soft_delete=True,
        soft_delete_retention_in_days=args.soft_delete_retention_days,
        # True or absent: ARM refuses False, also on a vault that never had it (azure-cli#29115).
        enable_purge_protection=True if args.purge_protection else None,
        public_network_access="Enabled" if args.network.public_access else "Disabled",
        network_acls=keyvault.NetworkRuleSetArgs(
            # Firewall rules have no effect while public access is disabled. Deny is set anyway, so that
            # enabling public access later does not open the vault to everyone. Azure's own policy requires it
            # too: azure-policy, Key Vault/FirewallEnabled_Modify.json
            default_action=(
                args.network.default_action if args.network.public_access else DefaultAction.DENY
            ).value,
            bypass=args.network.bypass.value,
            # A bare address comes back as /32 and would differ for ever: terraform-provider-azurerm#10266
            ip_rules=[keyvault.IPRuleArgs(value=str(IPv4Network(value))) for value in args.network.ip_rules],
            virtual_network_rules=[
                keyvault.VirtualNetworkRuleArgs(id=subnet) for subnet in args.network.subnet_ids
            ],
        ),
        create_mode=keyvault.CreateMode.RECOVER if args.recover and not args.recovered_id else None,
    )


def _policies(args: KeyVaultArgs) -> list[AccessPolicy]:
    officers = [
        AccessPolicy(label=f"officer/{officer.label}", object_id=officer.object_id, secrets=OFFICER)
        for officer in args.officers
    ]
    return [*officers, *args.policies]
