"""Secrets that the program wrote and that are `from: existing` now: they stay in the vault."""

from collections.abc import Mapping
from dataclasses import replace

from pulumi_azure_native import keyvault

from stacks.args.vault import vault_component
from stacks.context import ResolvedVault
from stacks.preflight.lookup import Lookup
from stacks.preflight.own_state import SECRET
from stacks.settings.model.secrets import SecretSource


def with_handed_over(
    lookup: Lookup, vaults: Mapping[str | None, ResolvedVault]
) -> dict[str | None, ResolvedVault]:
    """The vaults with those of their secrets that the program wrote and that are `from: existing` now.

    Pulumi deletes what leaves the program. What it reads instead, under the same id, it lets go: pulumi,
    pkg/resource/deploy/step_generator.go ("relinquish").
    """
    written = lookup.state.of_type(SECRET)
    seeded = {secret.object_key for secret in lookup.settings.seeded_secrets}
    result = dict(vaults)
    for index, workload in enumerate(lookup.settings.workloads):
        for position, secret in enumerate(workload.secrets):
            label, name = key = secret.object_key
            is_handed_over = secret.source is SecretSource.EXISTING and key not in seeded
            if not is_handed_over or f"{vault_component(label)}/{name}" not in written:
                continue
            vault = result.get(label)
            if vault is None:  # the read of the vault has failed, which is reported
                continue
            answer = lookup.read_if_exists(
                ("workloads", index, "secrets", position, "from"),
                f"secret {name!r} of vault {vault.name!r}",
                lambda vault=vault, name=name: keyvault.get_secret(
                    resource_group_name=vault.resource_group,
                    vault_name=vault.name,
                    secret_name=name,
                    opts=lookup.options(vault.subscription_id),
                ),
            )
            if answer:
                result[label] = replace(vault, handed_over={**vault.handed_over, name: answer.id})
    return result
