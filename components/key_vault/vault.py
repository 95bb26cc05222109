"""The Key Vault that holds the secrets.

Owns: the vault, the secrets that the program seeds (each written once), the rights of people, and which role reads which object.
Deliberately not here: secrets that exist already (only their names are known), the identities that read.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

import pulumi
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions
from pulumi_azure_native import keyvault

from components.aliases import ROOT_ALIAS
from components.authorization.role_assignments import (
    PlannedGrant,
    RoleAssignmentSpec,
    make_role_assignment,
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
    """A Key Vault, which authorizes by Azure RBAC unless it has to keep to its access policies.

    Creates: Vault (or reads it), one Secret per seeded secret, one RandomPassword per random value, one RoleAssignment per officer; in a
    vault that exists and keeps a list of its own, one AccessPolicy per entry; where wanted a PrivateEndpoint with its PrivateDnsZoneGroup
    (and PrivateZone and VirtualNetworkLink), a DiagnosticSetting, and for alerts two MetricAlerts, a SystemTopic and its
    SystemTopicEventSubscription.
    """

    name: Output[str]
    resource_id: Output[str]
    vault_uri: Output[str]
    """``https://<name>.vault.azure.net/``, with the final slash."""

    grants: list[RoleAssignmentSpec]

    def __init__(self, name: str, args: KeyVaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("aks-secrets:index:KeyVault", name, None, opts)
        # A slash is in no vault's name, nor in any secret's.
        self._label = f"{args.label}/" if args.label else ""
        vault = self._make_or_read(name, args)
        # Of one that exists both are known before it is read: a first preview shows names and scopes.
        self.name = Output.from_input(args.vault_name) if args.existing_id else vault.name
        self.resource_id = Output.from_input(args.existing_id) if args.existing_id else vault.id
        # Not read back: an update's preview knows only name, location and id, and a Pod would preview as replaced on a tag edit.
        # https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#dns-suffixes-for-object-identifiers
        self.vault_uri = Output.concat("https://", self.name.apply(str.lower), ".vault.azure.net/")
        self._prerequisites: list[pulumi.Resource] = [vault, *self._make_policies(name, args)]
        if args.private_endpoint:
            self._prerequisites += make_private_endpoint(self, name, args.private_endpoint, self.resource_id)
        if args.log_workspace_id:
            make_diagnostic_setting(self, name, self.resource_id, args.log_workspace_id, VAULT_LOGS)
        # Of a secret that was there before its subscription Event Grid is told nothing.
        # https://learn.microsoft.com/azure/key-vault/general/event-grid-overview#key-vault-events-and-schemas
        self._expiry_subscription = (
            [make_vault_alerts(self, name, args.alerts, self._alert_target(args))] if args.alerts else []
        )
        # Marked here, whatever it was before: azure-native does not do it by itself.
        self._values = {
            secret.name.lower(): Output.secret(self._value_of(name, secret)) for secret in args.secrets
        }
        self._secrets = {
            secret.name.lower(): self._seed(name, args, vault, secret) for secret in args.secrets
        }
        # With access policies too: they act from the day on which the vault moves to RBAC, and need minutes to get about.
        self.grants = [
            RoleAssignmentSpec(officer, Role.KEY_VAULT_SECRETS_OFFICER, self.resource_id)
            for officer in args.officers
        ]
        if args.grants_managed:
            for grant in self.grants:
                opts_of_grant = ResourceOptions(parent=self)
                make_role_assignment(
                    f"{name}/officer/{grant.principal.label}", grant, args.subscription_id, opts_of_grant
                )
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
            # How a vault came to be matters once. Sent again, `recover` finds nothing deleted and fails.
            opts=ResourceOptions(
                parent=self, protect=args.protect or None, ignore_changes=["properties.createMode"]
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
        """Each entry alone: ARM adds it to the list that somebody else keeps, and takes out no other."""
        if args.existing_id is None or args.authorization is Authorization.RBAC:
            return []
        made: list[pulumi.Resource] = []
        for policy in _policies(args):
            opts = ResourceOptions(
                parent=self,
                # ARM refuses a vault that another write is changing (409 ConflictError, terraform-provider-azurerm#3130).
                depends_on=made[-1:],
                # An entry is found by its object id: azure-native would look for the new one in the list, and not find it.
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
        """The grant that reads one object and no other."""
        access = READ_ACCESS[kind]
        return PlannedGrant(
            label=f"{self._label}{access.collection}/{object_name.lower()}",
            role=access.role,
            # Key Vault does not mind case, Pulumi does: written otherwise it would be another scope, and replaced.
            scope=self.resource_id.apply(
                lambda vault_id: child_id(vault_id, access.collection, object_name.lower())
            ),
            depends_on=self._secrets.get(object_name.lower()) if access.collection == "secrets" else None,
        )

    def list_grant(self) -> PlannedGrant:
        """The grant that reads and lists every secret of the vault; keys and certificates it does not open."""
        return PlannedGrant(
            label=f"{self._label}secrets", role=Role.KEY_VAULT_SECRETS_USER, scope=self.resource_id
        )

    def dependencies_for(self, names: Iterable[str] | None) -> list[pulumi.Resource]:
        """What has to be there before these secrets can be read: the vault with its policies, and those that the program writes. None:
        before all of them can."""
        wanted = self._secrets if names is None else [name.lower() for name in names]
        return [*self._prerequisites, *(self._secrets[name] for name in wanted if name in self._secrets)]

    def value_of(self, secret_name: str) -> Output[str]:
        """What the program wrote into a seeded secret, marked as a secret; a rotation in the vault does not show here."""
        return self._values[secret_name.lower()]

    def _seed(
        self, name: str, args: KeyVaultArgs, vault: keyvault.Vault, secret: SeededSecret
    ) -> keyvault.Secret:
        # Through ARM, which needs no right and no network path to the data plane; ARM never returns the value.
        return keyvault.Secret(
            f"{name}/{secret.name.lower()}",
            resource_group_name=args.resource_group_name,
            vault_name=self.name,
            secret_name=secret.name.lower(),  # else another spelling would replace it, and write the first value over a rotation
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
                # The vault takes them along, unless it stays. Not retain_on_delete: a secret removed and added back would already exist.
                deleted_with=None if args.existing_id else vault,
                # Every write makes a new version with *our* value: one that was rotated in the vault would be lost.
                # So does a recovery: the vault comes back with the values it had.
                ignore_changes=["properties", "tags"]
                if secret.manage is not Manage.ALWAYS or args.recover
                else None,
                retain_on_delete=secret.manage is Manage.RELEASE or None,
                aliases=[ROOT_ALIAS],
                import_=child_id(args.recovered_id, "secrets", secret.name.lower())
                if args.recover and args.recovered_id
                else None,
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
            opts=ResourceOptions(parent=self, aliases=[ROOT_ALIAS, *former_names]),
        ).result


def _vault_properties(args: KeyVaultArgs) -> keyvault.VaultPropertiesArgs:
    return keyvault.VaultPropertiesArgs(
        tenant_id=args.tenant_id,
        sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName(args.sku.value)),
        # Off is the default of azure-native's API version, and with it no role assignment would open the vault.
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
            # Behind a closed door the rules count for nothing; whoever opens it by hand should not open it to everybody.
            # Azure's own policy wants it so, too: azure-policy, Key Vault/FirewallEnabled_Modify.json
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
        create_mode=keyvault.CreateMode.RECOVER if args.recover else None,
    )


def _policies(args: KeyVaultArgs) -> list[AccessPolicy]:
    officers = [
        AccessPolicy(label=f"officer/{officer.label}", object_id=officer.object_id, secrets=OFFICER)
        for officer in args.officers
    ]
    return [*officers, *args.policies]
