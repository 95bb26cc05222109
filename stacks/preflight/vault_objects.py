"""The objects that workloads read from vaults that exist independently of the stack: whether each is there.

They are read side by side, and each once, in the preview that lists it first: an object that the last update
has listed is not read again. Deliberately not here: certificates, which ARM does not return, and vaults that
this stack or its platform makes, into which people put values after that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from components.arm_errors import is_not_found
from components.authorization.roles import ObjectType
from stacks.preflight.existing import PLATFORM_KEY, FoundVault, get_cluster, get_vaults
from stacks.preflight.lookup import Call, Lookup
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.validation.problems import Path

_READS = {ObjectType.SECRET: ("getSecret", "secretName"), ObjectType.KEY: ("getKey", "keyName")}


@dataclass(frozen=True, kw_only=True)
class ListedObject:
    """An object of a vault, and the key that names it first."""

    path: Path
    secret: SecretSettings
    vault: FoundVault

    @property
    def call(self) -> Call:
        """The read of it, which returns no value."""
        function, parameter = _READS[self.secret.type]
        return Call(
            token=f"azure-native:keyvault:{function}",
            arguments=(
                ("resourceGroupName", self.vault.resource_group),
                ("vaultName", self.vault.name),
                (parameter, self.secret.name),
            ),
            subscription_id=self.vault.subscription_id,
        )


async def ask_for_objects(lookup: Lookup) -> None:
    """Ask Azure for all of them at once."""
    get_cluster(lookup)  # before the vaults: reads that fail are reported in their order
    await lookup.ask_ahead(each.call for each in new_objects(lookup))


def new_objects(lookup: Lookup) -> Iterator[ListedObject]:
    """Those that the last update did not list, each once."""
    settings, vaults = lookup.settings, get_vaults(lookup)
    written = {secret.object_key for secret in settings.seeded_secrets}
    # What the operator writes need not be there before it does.
    written |= {push.written.object_key for workload in settings.workloads for push in workload.pushes}
    seen: set[tuple[str | None, str, ObjectType]] = set()
    for index, workload in enumerate(settings.workloads):
        for position, secret in enumerate(workload.secrets):
            key, vault = (*secret.object_key, secret.type), vaults.get(secret.vault)
            if vault is None or vault.path == PLATFORM_KEY or secret.type not in _READS:
                continue
            if key in seen or secret.object_key in written:
                continue
            seen.add(key)
            if (vault.name.lower(), secret.name.lower()) not in lookup.state.read_objects:
                path: Path = ("workloads", index, "secrets", position, "name")
                yield ListedObject(path=path, secret=secret, vault=vault)


def is_not_in_vault(lookup: Lookup, listed: ListedObject) -> bool:
    """Whether Azure has no such object. False: it has, or the deployer may not read it."""
    try:
        lookup.call(listed.call)
    except Exception as error:  # the SDK raises no narrower one for an invoke that fails
        return is_not_found(error)
    return False
