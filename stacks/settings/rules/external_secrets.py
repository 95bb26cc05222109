"""Rules for ``workloads[].compose``, ``find`` and ``external_secrets``."""

from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.workloads import Capability, CreationPolicy, DeletionPolicy, RefreshPolicy
from components.workloads.vault_objects import TLS, TLS_KEYS
from stacks.settings.model.external_secrets import (
    ComposeSettings,
    ExternalSecretsSettings,
    FindSettings,
)
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import Scope, WorkloadSettings
from stacks.settings.types.go_template import actions, unpaired
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.spelling import near_word

_API = "https://external-secrets.io/latest/api/externalsecret/"
_PROVIDER = "https://external-secrets.io/latest/provider/azure-key-vault/"


@rule(
    "find-needs-list",
    WorkloadSettings,
    source=f"{_PROVIDER}; https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
)
def find_needs_the_right_to_list(workload: WorkloadSettings) -> Iterator[Violation]:
    """Listing is a right on the vault. A right on single secrets does not show the others."""
    for index, _ in enumerate(workload.find):
        if workload.scope is not Scope.VAULT:
            remedy = (
                "set scope: vault, which lets the workload read every secret of the vault, or list"
                " the secrets"
            )
            yield Violation(
                ("find", index),
                f"needs scope: vault, not {workload.scope}, because a search lists every secret",
                remedy,
            )


@rule("json-is-a-secret", SecretSettings, source=f"{_PROVIDER}#object-types")
def only_secrets_hold_json(secret: SecretSettings) -> Iterator[Violation]:
    """A key has its own format, and a certificate is not text."""
    for key, value in (("property", secret.property), ("extract", secret.extract)):
        if value and secret.type is not ObjectType.SECRET:
            yield Violation(
                (key,),
                f"has no effect on a {secret.type}",
                "remove it: only a secret can be JSON",
                remove=True,
            )


@rule(
    "extract-has-no-place",
    SecretSettings,
    source="https://external-secrets.io/latest/guides/all-keys-one-secret/",
)
def extracted_secrets_have_no_single_target(secret: SecretSettings) -> Iterator[Violation]:
    """The names of the properties are not known beforehand."""
    if secret.env_from and not secret.extract:
        yield Violation(
            ("env_from",), "has no effect without extract: true", "use env for a single value", remove=True
        )
    if not secret.extract:
        return
    for key in ("env", "file", "property"):
        if getattr(secret, key) is not None:
            yield Violation(
                (key,),
                "has no effect with extract, which delivers every property under its own name",
                "remove one of them",
                remove=True,
            )
    if secret.kubernetes_secret and secret.kubernetes_secret.key:
        yield Violation(
            ("kubernetes_secret", "key"),
            "has no effect with extract, which delivers every property under its own name",
            "remove it",
            remove=True,
        )


@rule(
    "composed-value-is-one", WorkloadSettings, source="https://external-secrets.io/latest/guides/templating/"
)
def templates_name_listed_secrets(workload: WorkloadSettings) -> Iterator[Violation]:
    """A field that does not exist makes the whole Kubernetes Secret fail."""
    if Capability.COMPOSE not in workload.spec.capabilities:
        return
    targets = [workload.secret_key_ref(secret) for secret in workload.secrets if not secret.extract]
    # The names of extracted properties and of matches are not known beforehand.
    open_ended = bool(workload.find) or any(secret.extract for secret in workload.secrets)
    for index, composed in enumerate(workload.compose):
        here, own = ("compose", index, "template"), workload.secret_key_ref(composed)
        if own.type == TLS and own.key not in TLS_KEYS:
            yield Violation(
                ("compose", index, "kubernetes_secret", "key"),
                f"{TLS} has the keys tls.crt and tls.key, and the template fills one",
                "choose one of them",
            )
        repeated = sorted(
            {target.key for target in targets if sum(other.key == target.key for other in targets) > 1}
        )
        if composed.fields is None and repeated:
            problem = "can name any secret of the workload, but two of them have one key"
            yield Violation(here, problem, "give one of them another kubernetes_secret.key")
        remedies: dict[str, None] = {}
        for name in sorted(composed.fields or ()):
            secrets = [target for target in targets if target.key == name]
            if not secrets and not open_ended:
                remedies[_known_keys(workload, name)] = None
            if len(secrets) > 1 and not any(target.place == own.place for target in secrets):
                yield Violation(
                    here,
                    "names a key of several Kubernetes Secrets",
                    "give one of them another kubernetes_secret.key",
                )
        for remedy in remedies:
            yield Violation(here, "names a key that the workload's secrets do not have", remedy)


def _known_keys(workload: WorkloadSettings, name: str) -> str:
    """The names that a template may use. A key of the stack file is not repeated, nor is the template."""
    own = [secret for secret in workload.secrets if not secret.extract]
    keys = {
        workload.secret_key_ref(secret).key
        for secret in own
        if not (secret.kubernetes_secret and secret.kubernetes_secret.key)
    }
    if near := near_word(name, keys):
        return f"did you mean {near!r}?"
    return f"choose {', '.join(sorted(keys)) or 'a key of its secrets, once it has any'}"


@rule(
    "constant-beside-a-secret",
    WorkloadSettings,
    source="https://external-secrets.io/latest/guides/templating/",
)
def constants_stand_beside_secrets(workload: WorkloadSettings) -> Iterator[Violation]:
    """A Kubernetes Secret without a secret would hide nothing."""
    if Capability.COMPOSE not in workload.spec.capabilities:
        return
    secret = {workload.secret_key_ref(listed).place for listed in workload.secrets}
    secret |= {find.kubernetes_secret or workload.secret_group(find.vault) for find in workload.find}
    secret |= {workload.secret_key_ref(c).place for c in workload.compose if c.fields != frozenset()}
    for index, composed in enumerate(workload.compose):
        if composed.fields == frozenset() and workload.secret_key_ref(composed).place not in secret:
            yield Violation(
                ("compose", index, "template"),
                "names no secret, and its Kubernetes Secret holds none",
                "write {{ .key }}, use env, or name the Secret of a listed one in kubernetes_secret.name",
            )


@rule("secret-that-nobody-makes", WorkloadSettings, source=_API)
def pods_read_secrets_that_exist(workload: WorkloadSettings) -> Iterator[Violation]:
    """With creation_policy None there is no Kubernetes Secret, and a pod that reads one waits forever."""
    if workload.external_secrets.creation_policy is not CreationPolicy.NONE:
        return
    read: list[Path] = [
        where for where, value in workload.delivered_values if value.env or workload.file_path(value)
    ]
    read += [("secrets", index) for index, secret in enumerate(workload.secrets) if secret.env_from]
    read += [("find", index) for index, find in enumerate(workload.find) if find.env_from]
    for path in read:
        problem = (
            "the pod cannot read it: with external_secrets.creation_policy None there is no Kubernetes Secret"
        )
        yield Violation(path, problem, "choose Owner, or remove it")


@rule("reload-needs-refresh", WorkloadSettings, source=_API)
def reload_needs_a_refresh(workload: WorkloadSettings) -> Iterator[Violation]:
    """A Secret that is written once never changes."""
    policy = workload.external_secrets.refresh_policy
    if (
        workload.reload
        and Capability.EXTERNAL_SECRETS.value in workload.model_fields_set
        and policy is not RefreshPolicy.PERIODIC
    ):
        problem = f"has no effect with external_secrets.refresh_policy {policy}: the Secret never changes"
        yield Violation(("reload",), problem, "choose Periodic, or set reload: false", "false")


_TEMPLATES = "https://external-secrets.io/latest/guides/templating/"

_OWNERSHIP = "https://external-secrets.io/latest/guides/ownership-deletion-policy/"

_FIND = "https://external-secrets.io/latest/guides/getallsecrets/"


@rule("template-can-be-read", ComposeSettings, source=_TEMPLATES)
def templates_are_valid(composed: ComposeSettings) -> Iterator[Violation]:
    """The operator reports a template that Go cannot parse only in the status of the ExternalSecret."""
    text = composed.template
    if unpaired(text):
        yield Violation(("template",), "has unpaired braces", "write {{ .key }}")
    # The names are text of the template, and are not repeated.
    names = [name for action in actions(text) for name in action.fields]
    if any("." in name for name in names):
        problem = "Go reads a name with a full stop as a field of a field"
        yield Violation(("template",), problem, 'write {{ index . "NAME" }}')
    if any("-" in name and "." not in name for name in names):
        problem = "Go does not read a name with a hyphen as a field"
        yield Violation(("template",), problem, 'write {{ index . "NAME" }}')


@rule("find-says-what", FindSettings, source=_FIND)
def find_has_a_criterion(find: FindSettings) -> Iterator[Violation]:
    """Without a criterion the search would copy every secret of the vault."""
    if find.regexp is None and not find.tags:
        yield Violation(
            ("regexp",),
            "neither regexp nor tags is set",
            "set the names or the tags to search for",
        )


@rule(
    "refresh-interval-lowest",
    ExternalSecretsSettings,
    source=(
        "our own choice: each refresh reads every listed secret, and an interval of 0 means once"
        " (https://external-secrets.io/latest/api/externalsecret/)"
    ),
)
def refreshes_are_a_minute_apart(sync: ExternalSecretsSettings) -> Iterator[Violation]:
    """Key Vault answers 4,000 reads in 10 seconds."""
    if sync.refresh_seconds < 60:
        remedy = "choose at least a minute, or another refresh_policy"
        yield Violation(
            ("refresh_interval",), f"{sync.refresh_interval!r} is less than a minute", remedy, "1h"
        )


@rule("refresh-interval-is-read", ExternalSecretsSettings, source=_API)
def refresh_interval_needs_periodic(sync: ExternalSecretsSettings) -> Iterator[Violation]:
    """The operator reads the interval only with refresh_policy Periodic."""
    if "refresh_interval" in sync.model_fields_set and sync.refresh_policy is not RefreshPolicy.PERIODIC:
        yield Violation(
            ("refresh_interval",),
            f"has no effect with refresh_policy {sync.refresh_policy}",
            "remove one of them",
            remove=True,
        )


@rule(
    "deletion-fits-creation",
    ExternalSecretsSettings,
    source=f"{_OWNERSHIP}; the operator's webhook or its controller refuses it",
)
def deletion_policy_fits_creation_policy(sync: ExternalSecretsSettings) -> Iterator[Violation]:
    """Only the owner of a Secret may delete it, and without a Secret there is nothing to merge."""
    here, problem = (
        ("deletion_policy",),
        f"'{sync.deletion_policy}' does not work with creation_policy {sync.creation_policy}",
    )
    # The webhook accepts Orphan, but the controller then reports that it does not own the Secret.
    if sync.deletion_policy is DeletionPolicy.DELETE and sync.creation_policy is not CreationPolicy.OWNER:
        yield Violation(here, problem, "choose Retain, or creation_policy Owner", "Retain")
    if sync.deletion_policy is DeletionPolicy.MERGE and sync.creation_policy is CreationPolicy.NONE:
        yield Violation(here, problem, "choose Retain, or another creation_policy", "Retain")
