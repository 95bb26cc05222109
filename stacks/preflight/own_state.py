"""What the state of this stack has, as the last operation left it: the secrets that the program wrote.

Owns: the read of the stack's own state, and what follows from it for secrets that change their place or their
owner in one update. Values in the state are not looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

import pulumi
from pulumi_azure_native import keyvault

from stacks.args.vault import vault_component
from stacks.context import ResolvedVault
from stacks.preflight.lookup import Lookup
from stacks.settings.model.secrets import SecretSource

SECRET = "azure-native:keyvault:Secret"
RANDOM = "random:index/randomPassword:RandomPassword"
# The engine's own function, also behind StackReference: pulumi, pkg/resource/deploy/builtins.go
_READ = "pulumi:pulumi:readStackResourceOutputs"


@dataclass(frozen=True)
class OwnState:
    """Logical names of the resources in the state by type."""

    names: Mapping[str, frozenset[str]]

    @classmethod
    def read(cls) -> Self:
        """The state of this stack. It is empty before the first update, and if the backend cannot be read."""
        stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
        try:
            answer: Any = pulumi.runtime.invoke(_READ, {"stackName": stack}).value
        except (
            Exception
        ) as error:  # the SDK raises no narrower one; the update fails at the backend by itself
            pulumi.log.debug(f"the state of {stack} cannot be read: {error}")
            return cls({})
        names: dict[str, set[str]] = {}
        outputs: Mapping[str, Any] = answer["outputs"] if answer else {}
        for urn in outputs:
            _, _, types, name = urn.removeprefix("urn:pulumi:").split("::", 3)
            names.setdefault(types.rsplit("$", 1)[-1], set()).add(name)
        return cls({token: frozenset(of_type) for token, of_type in names.items()})

    def of_type(self, token: str) -> frozenset[str]:
        """Logical names of the resources of a type."""
        return self.names.get(token, frozenset())


def with_handed_over(
    lookup: Lookup, state: OwnState, vaults: Mapping[str | None, ResolvedVault]
) -> dict[str | None, ResolvedVault]:
    """The vaults with those of their secrets that the program wrote and that are `from: existing` now.

    Pulumi deletes what leaves the program. What it reads instead, under the same id, it lets go: pulumi,
    pkg/resource/deploy/step_generator.go ("relinquish").
    """
    written = state.of_type(SECRET)
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
                    resource_group_name=vault.resource_group, vault_name=vault.name, secret_name=name
                ),
            )
            if answer:
                result[label] = replace(vault, handed_over={**vault.handed_over, name: answer.id})
    return result
