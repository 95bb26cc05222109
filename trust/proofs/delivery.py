"""Proofs that pods get what they read: each key of a Kubernetes Secret, each object of a CSI mount."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.delivered_secrets import delivered_secrets, mounted_files, synced
from trust.nodes.delivery import SecretProviderClass, class_objects
from trust.nodes.fields import known, listed, mapping
from trust.nodes.pods import PodOwner, SecretRef
from trust.operators import driver
from trust.proofs.proof import Finding, proof
from trust.requests import DeliveredSecret
from trust.techniques import driver_classes, own_names
from trust.values import UNKNOWN

DRIVER: Final = "secrets-store.csi.k8s.io"
_ByName = Mapping[tuple[str, str, str], list[DeliveredSecret]]


def _workload(chain: Chain, item: Any) -> str:
    workload = chain.workload_of(item.node)
    return workload.name if workload else ""


def mounted_classes(owner: PodOwner) -> dict[str, Mapping[str, Any]]:
    """SecretProviderClasses that the containers of pods mount: name → the volume's part for the driver."""
    mounts = {
        mapping(mount).get("name")
        for container in owner.containers
        for mount in listed(container.get("volumeMounts"))
    }
    classes: dict[str, Mapping[str, Any]] = {}
    for volume in owner.volumes:
        csi = mapping(volume.get("csi"))
        # The kubelet leaves out a volume that no container mounts.
        if csi.get("driver") == DRIVER and volume.get("name") in mounts:
            classes[str(mapping(csi.get("volumeAttributes")).get("secretProviderClass"))] = csi
    return classes


@proof(
    "secret-key-is-made",
    of=lambda chain: [ref for owner in chain.pod_owners for ref in owner.secret_refs if not ref.optional],
    reason="The pods stay in CreateContainerConfigError or in ContainerCreating.",
    source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-exist",
    follows=["workload-in-one-namespace", "class-is-mounted", "eso-target"],
)
def secret_key_is_made(chain: Chain) -> Iterator[Finding]:
    """Every key of a Kubernetes Secret of the stack that pods read is made."""
    by_name: dict[tuple[str, str, str], list[DeliveredSecret]] = defaultdict(list)
    for secret in delivered_secrets(chain):
        by_name[secret.key].append(secret)
    read = {
        (owner.node.provider, known(owner.namespace), known(ref.name))
        for owner in chain.pod_owners
        for ref in owner.secret_refs
    }
    for owner in chain.pod_owners:
        for ref in dict.fromkeys(owner.secret_refs):
            if problem := "" if ref.optional else _missing(chain, owner, ref, by_name, read):
                name = _workload(chain, owner)
                yield Finding(
                    workload=name,
                    text=f"{owner.kind} '{owner.name}' reads {problem}",
                    fix=f"workloads[name={name}].secrets: env, file or kubernetes_secret of the value",
                    urn=owner.node.urn,
                    unknown=ref.name is UNKNOWN,
                )


def _missing(
    chain: Chain, owner: PodOwner, ref: SecretRef, by_name: _ByName, read: set[tuple[str, str, str]]
) -> str:
    """The missing part of a reference; empty: none, or the Secret is not of this stack."""
    if ref.name is UNKNOWN:
        return "a Secret whose name is unknown"
    name = (owner.node.provider, known(owner.namespace), str(ref.name))
    if name in by_name:
        keys = [secret.keys for secret in by_name[name]]
        there = None in keys or not ref.key or any(str(ref.key) in made for made in keys if made)
        return "" if there else f"key '{ref.key}' of Secret '{ref.name}', which only has other keys"
    workload = chain.workload_of(owner.node)
    if workload and str(ref.name).startswith(tuple(f"{workload.name}{part}" for part in own_names())):
        return f"Secret '{ref.name}', which nothing makes"
    for other, made in by_name.items():
        beside = other[:2] == name[:2] and other not in read
        own = any(chain.workload_of(secret.node) is workload for secret in made)
        if beside and own and ref.key and any(_may_have(secret, str(ref.key)) for secret in made):
            return f"Secret '{ref.name}', which nothing makes, and nothing reads '{other[2]}'"
    return ""


def _may_have(secret: DeliveredSecret, key: str) -> bool:
    """Whether it has the key, or hides its keys with its values."""
    return key in secret.keys if secret.keys is not None else secret.by.kind == "Secret"


_KEYS_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    # https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
    "kubernetes.io/tls": frozenset({"tls.crt", "tls.key"}),
    "kubernetes.io/dockerconfigjson": frozenset({".dockerconfigjson"}),
    "kubernetes.io/dockercfg": frozenset({".dockercfg"}),
    "kubernetes.io/ssh-auth": frozenset({"ssh-privatekey"}),
}


@proof(
    "secret-has-the-keys-of-its-type",
    of=lambda chain: [secret for secret in delivered_secrets(chain) if secret.type in _KEYS_OF_TYPE],
    reason="The API server refuses a Secret of such a type without these keys, so nothing makes it.",
    source="https://kubernetes.io/docs/concepts/configuration/secret/#secret-types",
)
def secret_has_the_keys_of_its_type(chain: Chain) -> Iterator[Finding]:
    """Every Kubernetes Secret of a type, such as kubernetes.io/tls, has the keys of this type."""
    for secret in delivered_secrets(chain):
        needed = _KEYS_OF_TYPE.get(secret.type, frozenset())
        if secret.keys is not None and (missing := sorted(needed - secret.keys)):
            name = _workload(chain, secret.by)
            yield Finding(
                workload=name,
                text=f"Secret '{secret.name}' has type {secret.type}, and no key {', '.join(missing)}",
                fix=f"workloads[name={name}].secrets: kubernetes_secret of the value, with key or type",
                urn=secret.node.urn,
            )


@proof(
    "class-is-mounted",
    of=lambda chain: [*driver_classes(chain), *_strange_classes(chain)],
    reason="The driver reads and syncs a class only while a pod mounts it.",
    source="https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret.html",
    follows=["workload-in-one-namespace"],
    about_requests=True,
)
def class_is_mounted(chain: Chain) -> Iterator[Finding]:
    """The pods of a workload mount each SecretProviderClass of the workload, read-only, and no other one."""
    for provider_class in driver_classes(chain):
        workload = chain.workload_of(provider_class.node)
        for owner in workload.pods if workload else ():
            csi = mounted_classes(owner).get(str(provider_class.name))
            if csi is None and UNKNOWN in (provider_class.name, owner.node.input("spec")):
                yield _class_finding(chain, provider_class, "gets its name from the update", unknown=True)
            elif csi is None:
                problem = f"is mounted by no container of {owner.kind} '{owner.name}'"
                yield _class_finding(chain, provider_class, problem)
            elif csi.get("readOnly") is not True:
                problem = f"is mounted by {owner.kind} '{owner.name}' to be written, which the driver refuses"
                yield _class_finding(chain, provider_class, problem)
    for owner, name in _strange_classes(chain):
        workload = _workload(chain, owner)
        yield Finding(
            workload=workload,
            text=f"{owner.kind} '{owner.name}' mounts SecretProviderClass '{name}', which nothing makes",
            fix=f"workloads[name={workload}].technique: csi",
            urn=owner.node.urn,
        )


def _strange_classes(chain: Chain) -> list[tuple[PodOwner, str]]:
    """Classes that pods of a workload mount, and that are not in their namespace."""
    names = {item.key for item in chain.secret_provider_classes}
    unknown = any(item.name is UNKNOWN for item in chain.secret_provider_classes)
    return [
        (owner, name)
        for owner in (() if unknown else chain.pod_owners)
        for name in mounted_classes(owner)
        if (owner.node.provider, known(owner.namespace), name) not in names
    ]


def _class_finding(
    chain: Chain,
    item: SecretProviderClass,
    problem: str,
    fix: str = "technique: csi",
    *,
    unknown: bool = False,
) -> Finding:
    name = _workload(chain, item)
    return Finding(
        workload=name,
        text=f"SecretProviderClass '{known(item.name) or item.node.name}' {problem}",
        fix=f"workloads[name={name}].{fix}",
        urn=item.node.urn,
        unknown=unknown,
    )


@proof(
    "class-names-a-vault",
    of=lambda chain: chain.secret_provider_classes,
    reason="The driver would read another vault, or none, and the pods stay in ContainerCreating.",
    source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/",
    about_requests=True,
)
def class_names_a_vault(chain: Chain) -> Iterator[Finding]:
    """Every SecretProviderClass is for Azure, and names a vault of the stack or one that the stack uses."""
    for provider_class in chain.secret_provider_classes:
        if provider_class.vault is UNKNOWN:
            yield _class_finding(chain, provider_class, "names an unknown vault", "secrets", unknown=True)
        elif chain.vault(provider_class.vault) is None:
            problem = f"names vault '{provider_class.vault}', which the stack neither makes nor uses"
            yield _class_finding(chain, provider_class, problem, "secrets[].vault: one of vaults")
        if provider_class.node.input("spec.provider") != "azure":
            problem = f"is for provider '{provider_class.node.input('spec.provider')}'"
            yield _class_finding(chain, provider_class, problem)


@proof(
    "class-lists-objects",
    of=lambda chain: chain.secret_provider_classes,
    reason="The driver refuses the mount, and the pods stay in ContainerCreating.",
    source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/",
    about_requests=True,
)
def class_lists_objects(chain: Chain) -> Iterator[Finding]:
    """Every SecretProviderClass lists objects in the form that the driver reads, each with its name."""
    for provider_class in chain.secret_provider_classes:
        objects = provider_class.parameters.get("objects")
        entries = class_objects(objects)
        if objects is UNKNOWN:
            yield _class_finding(chain, provider_class, "lists unknown objects", "secrets", unknown=True)
        elif not entries or not all(entry.get("objectName") for entry in entries):
            problem = "lists no objects that the driver can read (YAML: array, each entry with objectName)"
            yield _class_finding(chain, provider_class, problem, "secrets: list the objects")
        names = Counter(file for files in mounted_files(provider_class) or () for file in files)
        for file in (file for file, count in names.items() if count > 1):
            problem = f"mounts several objects as file '{file}', of which one remains"
            yield _class_finding(chain, provider_class, problem, "secrets[].file: one for each")


@proof(
    "synced-file-is-mounted",
    of=lambda chain: [
        provider_class for provider_class in chain.secret_provider_classes if synced(provider_class)
    ],
    reason="The driver fills a key of a Secret with a mounted file, and reports an error without the file.",
    source="https://secrets-store-csi-driver.sigs.k8s.io/topics/sync-as-kubernetes-secret.html",
    follows=["class-lists-objects", "vault-object-is-there"],
)
def synced_file_is_mounted(chain: Chain) -> Iterator[Finding]:
    """Every key of a synced Secret is a file of its class, and the driver may write Secrets."""
    for provider_class in chain.secret_provider_classes:
        mounted = mounted_files(provider_class)
        files = {file for versions in mounted or () for file in versions}
        for entry in synced(provider_class) if mounted is not None else ():
            for data in map(mapping, listed(entry.get("data"))):
                if str(data.get("objectName")) not in files:
                    problem = f"syncs '{data.get('objectName')}', which it does not mount"
                    yield _class_finding(chain, provider_class, problem, "secrets: list the object")
        if synced(provider_class) and driver(chain, provider_class).syncs is False:
            fix = "operators.csi_driver: the chart's syncSecret.enabled: true"
            yield _class_finding(chain, provider_class, "syncs Secrets, which the driver may not write", fix)
