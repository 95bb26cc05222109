"""Warnings about vaults."""

from collections.abc import Iterator

from components.key_vault.access_policies import Authorization
from components.key_vault.secrets import Manage
from stacks.args.vault import vault_component
from stacks.preflight.checks.vault_networks import EGRESS, egress, egress_addresses, opened_by_addresses
from stacks.preflight.lookup import Lookup
from stacks.preflight.own_state import VAULT, VAULT_COMPONENT
from stacks.preflight.recovery import seeded_names, vaults_to_recover
from stacks.preflight.registry import warning
from stacks.settings import Composition
from stacks.settings.model.secrets import SecretSource
from stacks.settings.validation.registry import Violation


@warning("additional-vault-network", "https://learn.microsoft.com/azure/key-vault/general/network-security")
def additional_vaults_are_closed_too(lookup: Lookup) -> Iterator[Violation]:
    """No setting of section ``vault`` applies to section ``vaults``."""
    settings = lookup.settings
    for path, label, vault in settings.all_vaults:
        created = label and not vault.existing
        if created and settings.vault.network.closed and not vault.network.closed:
            yield Violation(
                (*path, "network"),
                "allows public access although section vault denies it",
                "set it here too: settings are not inherited between vaults",
            )


@warning(
    "access-policies",
    "https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def vaults_use_rbac(lookup: Lookup) -> Iterator[Violation]:
    """Access policies cannot grant a single secret."""
    for path, _, vault in lookup.settings.all_vaults:
        if vault.authorization is Authorization.ACCESS_POLICY:
            yield Violation(
                (*path, "authorization"),
                "with access-policy every workload can read every secret of the vault",
                "move it to rbac in the order that docs/migrations.md describes",
            )


@warning("unprotected-vault", "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/")
def what_stands_beside_protected_resources_is_protected(lookup: Lookup) -> Iterator[Violation]:
    """Pulumi refuses a protected resource when it comes to it, after it has deleted others."""
    settings = lookup.settings
    protected = [
        f"vault {lookup.context.vaults[label].name!r}"
        for _, label, vault in settings.all_vaults
        if vault.protect
    ]
    if settings.cluster.protect:
        protected.append("the cluster")
    for path, _, vault in settings.all_vaults:
        if protected and not vault.protect and not vault.existing:
            yield Violation(
                (*path, "protect"),
                f"is off although {protected[0]} is protected: a `pulumi destroy --skip-preview` deletes this"
                " vault before it is refused",
                "protect it too",
                "true",
            )


@warning("vault-may-be-deleted", "https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview")
def a_vault_that_the_state_lost_is_recovered(lookup: Lookup) -> Iterator[Violation]:
    """Azure refuses the name of a deleted vault in the middle of an update."""
    settings = lookup.settings
    for path, label, vault in settings.all_vaults:
        is_made = vault.existing is None and (label or settings.composition is not Composition.WORKLOADS)
        component = vault_component(label)
        # Without its component too it is new in the settings.
        was_made = component in lookup.state.of_type(VAULT_COMPONENT)
        is_in_state = f"{component}-vault" in lookup.state.of_type(VAULT)
        if is_made and was_made and not is_in_state and not vault.recover:
            yield Violation(
                (*path, "recover"),
                f"the state has no vault {lookup.context.vaults[label].name!r}, so the update creates it; if"
                " a vault of this name was deleted, Azure answers that it already exists in deleted state",
                "recover it then",
                "true",
            )


@warning("recover-is-temporary", "https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery")
def recovery_is_switched_off_again(lookup: Lookup) -> Iterator[Violation]:
    """Azure recovers only a deleted vault (terraform-provider-azurerm#12972)."""
    for label, vault in vaults_to_recover(lookup).items():
        path = next(path for path, named, _ in lookup.settings.all_vaults if named == label)
        if vault.recovered_secrets is None:
            problem = (
                f"vault {vault.name!r} does not exist, so the update recovers it with its secrets, which the"
                " preview shows as created; if `az keyvault list-deleted` does not list it, Azure answers"
                " SoftDeletedVaultDoesNotExist"
            )
        elif vault.recovered_secrets:
            names = ", ".join(vault.recovered_secrets)
            problem = (
                f"vault {vault.name!r} exists, so there is no vault to recover, and the state takes over what"
                f" it lacks of the vault and of its secrets {names}"
            )
        else:
            problem = f"vault {vault.name!r} exists, so there is nothing to recover"
        yield Violation((*path, "recover"), problem, "remove it after this `pulumi up`", remove=True)


@warning("recovered-secret", "https://github.com/pulumi/pulumi-azure-native/pull/4759")
def deleted_secrets_are_recovered_first(lookup: Lookup) -> Iterator[Violation]:
    """azure-native recovers a deleted secret before it creates it, and then writes the program's value."""
    for label, vault in vaults_to_recover(lookup).items():
        path = next(path for path, named, _ in lookup.settings.all_vaults if named == label)
        for name in seeded_names(lookup.settings, label):
            if vault.recovered_secrets is not None and name not in vault.recovered_secrets:
                yield Violation(
                    (*path, "recover"),
                    f"vault {vault.name!r} has no secret {name!r}, so the program writes a new value",
                    "if it is deleted and its value is to come back, recover it first",
                    command=f"az keyvault secret recover --vault-name {vault.name} --name {name}",
                )


@warning("vault-admits-the-egress", EGRESS)
def ip_rules_have_to_hold_the_egress(lookup: Lookup) -> Iterator[Violation]:
    """Before the cluster exists, Azure has not chosen the address by which it leaves."""
    if egress_addresses(lookup):
        return
    for at, _ in opened_by_addresses(lookup):
        yield Violation(
            (*at, "network", "ip_rules"),
            f"are the only way into the vault, and have to hold {egress(lookup)}, which is not known yet",
            "use subnet_ids or a private endpoint, or compare the address after this `pulumi up`",
        )


@warning(
    "recovered-value",
    "our own choice: ARM never returns a value, so the program cannot deliver the one of a recovered vault",
)
def a_recovered_value_is_not_delivered_by_the_program(lookup: Lookup) -> Iterator[Violation]:
    """A technique for which the program writes the value delivers that of the state."""
    recovered = vaults_to_recover(lookup)
    for index, workload in enumerate(lookup.settings.workloads):
        for position, secret in enumerate(workload.secrets):
            vault = recovered.get(secret.vault)
            is_new = secret.source is SecretSource.RANDOM and secret.management is not Manage.ALWAYS
            if workload.spec.writes_values and vault and vault.recovered_id is None and is_new:
                yield Violation(
                    ("workloads", index, "secrets", position, "manage"),
                    f"vault {vault.name!r} comes back with its value of {secret.name!r}, and"
                    f" {workload.technique.value} delivers the one in the state, which is new after a"
                    " `pulumi destroy`",
                    "if both have to be equal, let the program write its own",
                    "always",
                )
