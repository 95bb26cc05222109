"""Rules between a workload and its technique. They know techniques only by their ``TechniqueSpec``."""

import json
from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.workloads import WORKLOADS, Capability, Technique, WorkloadKind
from components.workloads.vault_objects import WORKLOAD_CAPABILITIES
from stacks.settings.model.delivery import (
    KubernetesSecretType,
)
from stacks.settings.model.secrets import SecretSettings, SecretSource
from stacks.settings.model.settings import Settings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule

_TECHNIQUES = "docs/techniques.md: what each technique can do"


def _techniques_with(capability: Capability) -> str:
    return join_or(
        [technique.value for technique in Technique if capability in WORKLOADS[technique].spec.capabilities]
    )


@rule("technique-cannot", WorkloadSettings, source=_TECHNIQUES)
def techniques_support_the_keys(workload: WorkloadSettings) -> Iterator[Violation]:
    """A key that the technique does not support would have no effect."""
    capabilities = workload.spec.capabilities
    problem = f"technique {workload.technique} does not support it: {workload.spec.description}"
    for capability in WORKLOAD_CAPABILITIES:
        if capability.value in workload.model_fields_set and capability not in capabilities:
            yield Violation(
                (capability.value,),
                problem,
                f"remove it, or choose {_techniques_with(capability)}",
                remove=True,
            )
    for index, secret in enumerate(workload.secrets):
        for capability in (item for item in Capability if item not in WORKLOAD_CAPABILITIES):
            if capability.value in secret.model_fields_set and capability not in capabilities:
                path = ("secrets", index, capability.value)
                yield Violation(
                    path, problem, f"remove it, or choose {_techniques_with(capability)}", remove=True
                )


@rule("technique-delivers-a-list", WorkloadSettings, source=_TECHNIQUES)
def techniques_have_secrets_to_deliver(workload: WorkloadSettings) -> Iterator[Violation]:
    """Only an application that reads the vault itself needs no list."""
    if workload.spec.capabilities and not (workload.objects or workload.find):
        others = " or ".join(
            technique.value for technique in Technique if not WORKLOADS[technique].spec.capabilities
        )
        yield Violation(
            ("secrets",),
            f"empty, but technique {workload.technique} delivers only listed secrets",
            f"list a secret, or choose {others}",
        )


@rule(
    "value-is-known",
    Settings,
    source="docs/techniques.md#kubernetes-secret: the program writes the value, so it has to have it",
)
def values_that_the_program_writes_are_known(settings: Settings) -> Iterator[Violation]:
    """The program knows only the name of an object that already exists in the vault."""
    seeded = {secret.object_key for secret in settings.seeded_secrets}
    for w, workload in enumerate(settings.workloads):
        if not workload.spec.writes_values:
            continue
        for s, secret in enumerate(workload.secrets):
            if secret.object_key not in seeded:
                problem = (
                    f"'existing' does not work with technique {workload.technique}, where the program"
                    " writes the value"
                )
                others = [
                    technique.value for technique in Technique if not WORKLOADS[technique].spec.writes_values
                ]
                yield Violation(
                    ("workloads", w, "secrets", s, "from"),
                    problem,
                    f"choose random or config, or technique {join_or(others)}",
                )


@rule(
    "random-is-no-json",
    SecretSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets",
)
def random_values_are_not_json(secret: SecretSettings) -> Iterator[Violation]:
    """Kubernetes refuses a pull secret that it cannot parse."""
    target = secret.kubernetes_secret
    if target is None or target.type is not KubernetesSecretType.DOCKER_CONFIG_JSON:
        return
    if secret.source is SecretSource.LITERAL and not (secret.property or _is_json_object(secret.value or "")):
        yield Violation(("value",), f"is no JSON object, and {target.type} holds one", "correct it")
    if secret.source is SecretSource.RANDOM:
        yield Violation(
            ("from",),
            f"'random' does not work with {target.type}, which holds JSON",
            "choose config or existing",
            "existing",
        )


def _is_json_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


@rule("technique-reads-the-type", WorkloadSettings, source=_TECHNIQUES)
def techniques_read_the_object_type(workload: WorkloadSettings) -> Iterator[Violation]:
    """Not every technique reads keys and certificates."""
    able = workload.spec.object_types
    for index, secret in enumerate(workload.secrets):
        if secret.type not in able:
            others = join_or(
                [
                    technique.value
                    for technique in Technique
                    if secret.type in WORKLOADS[technique].spec.object_types
                ]
            )
            readable = join_or([kind.value for kind in ObjectType if kind in able])
            problem = f"technique {workload.technique} reads {readable}, not {secret.type}"
            yield Violation(("secrets", index, "type"), problem, f"choose another technique: {others}")


@rule("technique-decodes", WorkloadSettings, source=_TECHNIQUES)
def techniques_decode_the_encoding(workload: WorkloadSettings) -> Iterator[Violation]:
    """Not every technique decodes every encoding."""
    able = workload.spec.encodings
    for index, secret in enumerate(workload.secrets):
        if secret.encoding is not None and able and secret.encoding.value not in able:
            problem = f"technique {workload.technique} cannot decode {secret.encoding}"
            yield Violation(
                ("secrets", index, "encoding"),
                problem,
                f"choose {join_or(sorted(able))}, or let the application decode it",
            )


@rule(
    "technique-allows-kind",
    WorkloadSettings,
    source=(
        "https://github.com/dapr/dapr/issues/5006,"
        " https://github.com/dapr/dapr/blob/v1.18.3/pkg/injector/service/handler.go"
    ),
)
def techniques_allow_the_kind(workload: WorkloadSettings) -> Iterator[Violation]:
    """A technique's additions to a pod do not work with every kind of owner."""
    not_for = workload.spec.unsupported_kinds
    if why := not_for.get(workload.kind):
        able = join_or(
            [
                technique.value
                for technique in Technique
                if workload.kind not in WORKLOADS[technique].spec.unsupported_kinds
            ]
        )
        problem = f"'{workload.kind}' does not work with technique {workload.technique}: {why}"
        yield Violation(
            ("kind",),
            problem,
            (
                f"choose {join_or([kind.value for kind in WorkloadKind if kind not in not_for])}, or"
                f" technique {able}"
            ),
        )


@rule(
    "port-of-the-technique",
    WorkloadSettings,
    source="https://docs.dapr.io/reference/arguments-annotations-overview/",
)
def ports_of_the_technique_are_reserved(workload: WorkloadSettings) -> Iterator[Violation]:
    """Containers of a pod share its ports, and the technique's sidecar uses some."""
    if workload.port in workload.spec.reserved_ports:
        problem = f"{workload.port} is a port that technique {workload.technique} has in the pod"
        yield Violation(("port",), problem, "let the application listen on another one", "8080")
