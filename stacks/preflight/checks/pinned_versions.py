"""Versions of secrets that the stack has not written yet."""

from collections.abc import Iterator

from stacks.args.vault import vault_component
from stacks.preflight.lookup import Lookup
from stacks.preflight.own_state import SECRET
from stacks.preflight.registry import check
from stacks.settings.validation.registry import Violation


@check(
    "pinned-version-is-there",
    "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#objects-identifiers-and-versioning:"
    " Key Vault makes the version when a secret is written",
)
def pinned_versions_are_there(lookup: Lookup) -> Iterator[Violation]:
    """No secret that this stack will write has a version that is known beforehand.

    The state tells which secrets it has written. A vault that is recovered may have others. An empty state
    may also be one that the backend does not give; the proof vault-object-version judges a first update.
    """
    if not lookup.state.names:
        return
    settings, written = lookup.settings, lookup.state.of_type(SECRET)
    seeded = {secret.object_key for secret in settings.seeded_secrets}
    recovered = {label for _, label, vault in settings.all_vaults if vault.recover}
    for index, workload in enumerate(settings.workloads):
        for position, secret in enumerate(workload.secrets):
            label, name = key = secret.object_key
            if secret.version is None or key not in seeded or label in recovered:
                continue
            if f"{vault_component(label)}/{name}" not in written:
                yield Violation(
                    ("workloads", index, "secrets", position, "version"),
                    "is of a secret that this stack has yet to write, and Key Vault chooses its version then",
                    "remove it, and pin a version after the first update",
                    remove=True,
                )
