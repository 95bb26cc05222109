"""Rules for ``workloads[].compose``, ``find`` and ``external_secrets``."""

import re
from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.workloads import Capability, CreationPolicy, DeletionPolicy, RefreshPolicy
from components.workloads.vault_objects import TLS
from stacks.settings.model.external_secrets import (
    ComposeSettings,
    ExternalSecretsSettings,
    FindSettings,
)
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import Scope, WorkloadSettings
from stacks.settings.types.go_template import ACTION, CHAIN, COMMENT, HYPHENED, TEXT, unpaired
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule

_API = "https://external-secrets.io/latest/api/externalsecret/"
_PROVIDER = "https://external-secrets.io/latest/provider/azure-key-vault/"


@rule(
    "find-needs-list",
    WorkloadSettings,
    source=f"{_PROVIDER}; https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
)
def whoever_looks_may_list(workload: WorkloadSettings) -> Iterator[Violation]:
    """Listing is a right at the vault: a right at single secrets does not show which others there are."""
    for index, _ in enumerate(workload.find):
        if workload.scope is not Scope.VAULT:
            remedy = "say scope: vault, and it reads every secret of the vault; or list the secrets instead"
            yield Violation(
                ("find", index),
                f"scope is {workload.scope}, and to find secrets is to list them all",
                remedy,
            )


@rule("json-is-a-secret", SecretSettings, source=f"{_PROVIDER}#object-types")
def only_secrets_hold_json(secret: SecretSettings) -> Iterator[Violation]:
    """A key has its own form, and a certificate is no text."""
    for key, value in (("property", secret.property), ("extract", secret.extract)):
        if value and secret.type is not ObjectType.SECRET:
            yield Violation(
                (key,), f"a {secret.type} is no JSON", "take it out: it goes with secret", remove=True
            )


@rule(
    "extract-has-no-place",
    SecretSettings,
    source="https://external-secrets.io/latest/guides/all-keys-one-secret/",
)
def what_is_extracted_has_no_single_place(secret: SecretSettings) -> Iterator[Violation]:
    """Nobody knows beforehand which properties there are."""
    if secret.env_from and not secret.extract:
        yield Violation(("env_from",), "goes with extract: true", "use env for a single value", remove=True)
    if not secret.extract:
        return
    for key in ("env", "file", "property"):
        if getattr(secret, key) is not None:
            yield Violation(
                (key,),
                "extract takes every property, under its own name",
                "take one of them out; property picks one",
                remove=True,
            )
    if secret.kubernetes_secret and secret.kubernetes_secret.key:
        yield Violation(
            ("kubernetes_secret", "key"),
            "extract takes every property, under its own name",
            "take it out",
            remove=True,
        )


@rule(
    "composed-value-is-one", WorkloadSettings, source="https://external-secrets.io/latest/guides/templating/"
)
def composed_values_name_what_is_listed(workload: WorkloadSettings) -> Iterator[Violation]:
    """A field that is not there is an error of the whole Kubernetes Secret."""
    if Capability.COMPOSE not in workload.spec.capabilities:
        return
    places = [workload.secret_key_ref(secret) for secret in workload.secrets if not secret.extract]
    # What is extracted or found has names that nobody knows beforehand.
    open_ended = bool(workload.find) or any(secret.extract for secret in workload.secrets)
    for index, composed in enumerate(workload.compose):
        here, own = ("compose", index, "template"), workload.secret_key_ref(composed)
        if own.type == TLS:
            yield Violation(
                ("compose", index, "kubernetes_secret", "type"),
                f"{TLS} is made of one certificate",
                "list that in secrets",
            )
        repeated = sorted(
            {place.key for place in places if sum(other.key == place.key for other in places) > 1}
        )
        if composed.fields is None and repeated:
            problem = f"it may name any of the workload's secrets, and {repeated[0]!r} is the key of several"
            yield Violation(here, problem, "give one of them another kubernetes_secret.key")
        for name in sorted(composed.fields or ()):
            secrets = [place.secret for place in places if place.key == name]
            if not secrets and not open_ended:
                known = (
                    ", ".join(sorted({place.key for place in places}))
                    or "one of its secrets, once there are any"
                )
                yield Violation(
                    here, f"it names {name!r}, which is no key of this workload's secrets", f"choose {known}"
                )
            if len(secrets) > 1 and own.secret not in secrets:
                yield Violation(
                    here,
                    f"it names {name!r}, which several Kubernetes Secrets have",
                    "give one of them another kubernetes_secret.key",
                )


@rule("secret-that-nobody-makes", WorkloadSettings, source=_API)
def pods_read_secrets_that_are_made(workload: WorkloadSettings) -> Iterator[Violation]:
    """With creation_policy None there is no Kubernetes Secret, and a pod that reads one waits for ever."""
    if workload.external_secrets.creation_policy is not CreationPolicy.NONE:
        return
    read: list[Path] = [
        where for where, placed in workload.delivered_values if placed.env or workload.file_path(placed)
    ]
    read += [("secrets", index) for index, secret in enumerate(workload.secrets) if secret.env_from]
    read += [("find", index) for index, find in enumerate(workload.find) if find.env_from]
    for path in read:
        problem = (
            "the pod reads it, and external_secrets.creation_policy is None: no Kubernetes Secret is made"
        )
        yield Violation(path, problem, "choose Owner, or take it out")


@rule("reload-needs-refresh", WorkloadSettings, source=_API)
def reloads_have_something_to_see(workload: WorkloadSettings) -> Iterator[Violation]:
    """A Secret that is written once never changes."""
    policy = workload.external_secrets.refresh_policy
    if (
        workload.reload
        and Capability.EXTERNAL_SECRETS.value in workload.model_fields_set
        and policy is not RefreshPolicy.PERIODIC
    ):
        problem = f"true, and external_secrets.refresh_policy is {policy}: no pod would see a new value"
        yield Violation(("reload",), problem, "choose Periodic, or switch reload off", "false")


# ------------------------------------------------------------------------------------------------------------------------- Dapr


_TEMPLATES = "https://external-secrets.io/latest/guides/templating/"

_OWNERSHIP = "https://external-secrets.io/latest/guides/ownership-deletion-policy/"

_FIND = "https://external-secrets.io/latest/guides/getallsecrets/"


@rule("template-can-be-read", ComposeSettings, source=_TEMPLATES)
def templates_can_be_read(composed: ComposeSettings) -> Iterator[Violation]:
    """What Go cannot parse, the operator says in the status of an ExternalSecret, where nobody looks."""
    text = composed.template
    if unpaired(text):
        yield Violation(("template",), "its braces do not pair up", "write {{ .key }}")
    for action in ACTION.findall(COMMENT.sub("", text)):
        for name in CHAIN.findall(TEXT.sub("", action)):
            yield Violation(
                ("template",), f".{name} is a field of a field to Go", f'write {{{{ index . "{name}" }}}}'
            )
        for name in HYPHENED.findall(TEXT.sub("", action)):
            yield Violation(
                ("template",),
                f".{name} is no field to Go: it has a hyphen",
                f'write {{{{ index . "{name}" }}}}',
            )
    if composed.fields == frozenset():
        yield Violation(
            ("template",),
            "it names no secret, so it would be the same for everybody",
            "write {{ .key }}, or use env",
        )


@rule("find-says-what", FindSettings, source=_FIND)
def something_is_looked_for(find: FindSettings) -> Iterator[Violation]:
    """Everything of a vault in one Kubernetes Secret is nobody's intention."""
    if find.regexp is None and not find.tags:
        yield Violation(("regexp",), "missing, and tags too", "say which names or which tags", "'^orders-'")


# What Python's expressions have and Go's have not (https://github.com/google/re2/wiki/Syntax).
_NOT_IN_GO = re.compile(r"\(\?(?:[=!]|<[=!]|P=|#|\()|\\[1-9]|[*+?}]\+")


@rule("find-regexp", FindSettings, source="https://github.com/google/re2/wiki/Syntax")
def expressions_are_gos(find: FindSettings) -> Iterator[Violation]:
    """The operator is written in Go: its expressions look neither ahead nor back."""
    if find.regexp is None:
        return
    if _NOT_IN_GO.search(find.regexp):
        yield Violation(
            ("regexp",),
            f"{find.regexp!r} looks ahead or back, which Go's expressions cannot",
            "write it without",
            "'^orders-'",
        )
        return
    try:
        # Classes that Go knows and Python does not (\\pL, \\z) are Go's to judge.
        re.compile(re.sub(r"\\(?:[pP](?:\{\w+\}|\w)|[zQECa])", "x", find.regexp))
    except re.error as error:
        yield Violation(("regexp",), f"{find.regexp!r}: {error}", "correct it", "'^orders-'")


@rule(
    "refresh-interval-lowest",
    ExternalSecretsSettings,
    source="our own choice: each refresh reads every listed secret, and an interval of 0 means once (https://external-secrets.io/latest/api/externalsecret/)",
)
def refreshes_are_a_minute_apart(sync: ExternalSecretsSettings) -> Iterator[Violation]:
    """Key Vault answers 4,000 reads in 10 seconds and no more."""
    if sync.refresh_seconds < 60:
        remedy = "choose a minute at least, or a refresh_policy that does without"
        yield Violation(
            ("refresh_interval",), f"{sync.refresh_interval!r} is less than a minute", remedy, "1h"
        )


@rule("refresh-interval-is-read", ExternalSecretsSettings, source=_API)
def intervals_go_with_periodic(sync: ExternalSecretsSettings) -> Iterator[Violation]:
    """A setting that is not read is a setting that does not hold."""
    if "refresh_interval" in sync.model_fields_set and sync.refresh_policy is not RefreshPolicy.PERIODIC:
        yield Violation(
            ("refresh_interval",),
            f"goes with refresh_policy Periodic, not with {sync.refresh_policy}",
            "take one of them out",
            remove=True,
        )


@rule(
    "deletion-fits-creation",
    ExternalSecretsSettings,
    source=f"{_OWNERSHIP}; the operator's webhook or its controller refuses it",
)
def deletion_fits_creation(sync: ExternalSecretsSettings) -> Iterator[Violation]:
    """Only who owns a Secret may delete it, and where there is none nothing is merged."""
    here, problem = (
        ("deletion_policy",),
        f"{sync.deletion_policy}, and creation_policy is {sync.creation_policy}",
    )
    # The webhook lets Orphan pass, and the controller then says that it does not own the Secret.
    if sync.deletion_policy is DeletionPolicy.DELETE and sync.creation_policy is not CreationPolicy.OWNER:
        yield Violation(here, problem, "choose Retain, or creation_policy Owner", "Retain")
    if sync.deletion_policy is DeletionPolicy.MERGE and sync.creation_policy is CreationPolicy.NONE:
        yield Violation(here, problem, "choose Retain, or another creation_policy", "Retain")
