"""Rules for sections ``vault`` and ``vaults``; the way from the nodes to a vault has its own in
``vault_network.py``.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from components.key_vault.access_policies import Authorization
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.workloads import Scope, WorkloadSettings
from stacks.settings.validation.problems import (
    Path,
    join_or,
    other_names,
    remove_command,
    set_command,
)
from stacks.settings.validation.registry import Violation, rule

_NAMES = "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#vault-name-and-object-name"


@rule("vault-names-differ", Settings, source=f"{_NAMES} (unique in all of Azure)")
def vault_names_differ(settings: Settings) -> Iterator[Violation]:
    """Secrets identify a vault by its label, Azure by its name, also a vault that exists."""
    labels: set[str] = set()
    first = settings.vault.existing.resource_group_and_name[1] if settings.vault.existing else None
    names = {(first or settings.vault.name or "").lower()} - {""}
    for index, vault in enumerate(settings.vaults):
        if vault.name in labels:
            yield Violation(
                ("vaults", index, "name"),
                f"{vault.name!r} is the name of another entry",
                "choose another name",
                other_names(vault.name),
            )
        name = vault.existing.resource_group_and_name[1] if vault.existing else vault.resource_name
        if name and name.lower() in names and vault.existing:
            yield Violation(
                ("vaults", index, "existing"),
                f"{name!r} is also the vault of another entry",
                "list each vault once",
                # without `existing` the program would make another vault
                command=remove_command(("vaults", index)),
            )
        elif name and name.lower() in names:
            problem = f"{name!r} is the name of another vault"
            yield Violation(("vaults", index, "resource_name"), problem, "choose another name")
        labels.add(vault.name)
        names |= {name.lower()} if name else set()


def named_vaults(workload: WorkloadSettings) -> Iterator[tuple[Path, str]]:
    """The keys of a workload that name a vault of section ``vaults``, each with the vault's label."""
    for key in ("secrets", "find", "pushes"):
        for index, entry in enumerate(getattr(workload, key)):
            if entry.vault:
                yield (key, index, "vault"), entry.vault
    if workload.service and workload.service.ingress and workload.service.ingress.vault:
        yield ("service", "ingress", "vault"), workload.service.ingress.vault


@rule(
    "vault-is-declared", Settings, source="our own choice: a misspelled vault must not look like another one"
)
def named_vaults_are_listed(settings: Settings) -> Iterator[Violation]:
    """A misspelled label must not stand for another vault. Labels of a platform's vaults are checked by
    preflight.
    """
    if settings.platform:
        return
    declared = {vault.name for vault in settings.vaults}
    for index, workload in enumerate(settings.workloads):
        for at, label in named_vaults(workload):
            if label in declared:
                continue
            path, problem = ("workloads", index, *at), f"{label!r} is not in vaults"
            if near := get_close_matches(label, declared, 1):
                yield Violation(path, problem, f"choose {join_or(sorted(declared))}", near[0])
            else:
                command = set_command(("vaults", len(declared), "name"), label)
                yield Violation(
                    path,
                    problem,
                    "list it there, or remove the key to use the vault of section vault",
                    command=command,
                )


@rule("further-vault-exists", Settings, source="docs/compositions.md: what each composition makes")
def stacks_of_workloads_make_no_vault(settings: Settings) -> Iterator[Violation]:
    """With composition workloads the vaults are the platform's, or already exist."""
    for index, vault in enumerate(settings.vaults):
        if settings.composition is Composition.WORKLOADS and vault.existing is None:
            remedy = "set the vault, or let the platform's stack make it"
            yield Violation(
                ("vaults", index, "existing"), "missing, but composition: workloads makes no vault", remedy
            )


@rule(
    "access-policies-open-the-vault",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy#access-control-models-overview",
)
def access_policies_need_vault_scope(settings: Settings) -> Iterator[Violation]:
    """An access policy opens every secret of a vault, so scope: object would promise too much."""
    policies = {
        label for _, label, vault in settings.all_vaults if vault.authorization is not Authorization.RBAC
    }
    for index, workload in enumerate(settings.workloads):
        if workload.scope is Scope.OBJECT and policies.intersection(workload.vaults):
            problem = "'object' is not possible: an access policy opens every secret of the vault"
            others = ", which opens its other vaults too" if set(workload.vaults) - policies else ""
            remedy = f"choose vault{others}, or move the vault to rbac as docs/migrations.md describes"
            yield Violation(("workloads", index, "scope"), problem, remedy, "vault")
