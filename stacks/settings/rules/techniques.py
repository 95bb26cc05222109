"""What a workload may ask of its technique, and what the technique needs: the rules that know techniques by their bundles alone."""

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


def _who_can(way: Capability) -> str:
    return join_or(
        [technique.value for technique in Technique if way in WORKLOADS[technique].spec.capabilities]
    )


@rule("technique-cannot", WorkloadSettings, source=_TECHNIQUES)
def techniques_are_asked_for_what_they_can(workload: WorkloadSettings) -> Iterator[Violation]:
    """An environment variable that nobody fills would be an empty one."""
    able = workload.spec.capabilities
    problem = f"technique {workload.technique} cannot do that ({workload.spec.description})"
    for way in WORKLOAD_CAPABILITIES:
        if way.value in workload.model_fields_set and way not in able:
            yield Violation((way.value,), problem, f"take it out, or choose {_who_can(way)}", remove=True)
    for index, secret in enumerate(workload.secrets):
        for way in (way for way in Capability if way not in WORKLOAD_CAPABILITIES):
            if way.value in secret.model_fields_set and way not in able:
                path = ("secrets", index, way.value)
                yield Violation(path, problem, f"take it out, or choose {_who_can(way)}", remove=True)


@rule("technique-delivers-a-list", WorkloadSettings, source=_TECHNIQUES)
def techniques_that_deliver_have_something_to(workload: WorkloadSettings) -> Iterator[Violation]:
    """Only an application that asks by itself can do without a list."""
    if workload.spec.capabilities and not (workload.secrets or workload.find):
        others = " or ".join(
            technique.value for technique in Technique if not WORKLOADS[technique].spec.capabilities
        )
        yield Violation(
            ("secrets",),
            f"empty, and technique {workload.technique} delivers what stands there",
            f"list something, or choose {others}",
        )


@rule(
    "value-is-known",
    Settings,
    source="docs/techniques.md#kubernetes-secret: the program writes the value, so it has to have it",
)
def values_that_the_program_writes_are_known(settings: Settings) -> Iterator[Violation]:
    """Of an object that exists in the vault the program knows the name only."""
    seeded = {secret.object_key for secret in settings.seeded_secrets}
    for w, workload in enumerate(settings.workloads):
        if not workload.spec.writes_values:
            continue
        for s, secret in enumerate(workload.secrets):
            if secret.object_key not in seeded:
                problem = (
                    f"existing, and technique {workload.technique} writes a value that the program knows"
                )
                others = [
                    technique.value for technique in Technique if not WORKLOADS[technique].spec.writes_values
                ]
                yield Violation(
                    ("workloads", w, "secrets", s, "from"),
                    problem,
                    f"seed it (random, config), or choose {join_or(others)}",
                )


@rule(
    "random-is-no-json",
    SecretSettings,
    source="https://kubernetes.io/docs/concepts/configuration/secret/#docker-config-secrets",
)
def random_values_are_no_json(secret: SecretSettings) -> Iterator[Violation]:
    """Kubernetes refuses a pull secret that it cannot parse."""
    said = secret.kubernetes_secret
    if said and said.type is KubernetesSecretType.DOCKER_CONFIG_JSON and secret.source is SecretSource.RANDOM:
        yield Violation(
            ("from",), f"random, and {said.type} holds JSON", "choose config or existing", "existing"
        )


# ------------------------------------------------------------------------------------------------- what a bundle says of itself


@rule("technique-reads-the-type", WorkloadSettings, source=_TECHNIQUES)
def techniques_read_the_types_that_they_can(workload: WorkloadSettings) -> Iterator[Violation]:
    """Dapr knows secrets, and neither keys nor certificates."""
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
            problem = f"{secret.type}, and technique {workload.technique} reads {readable}"
            yield Violation(("secrets", index, "type"), problem, f"choose another technique: {others}")


@rule("technique-decodes", WorkloadSettings, source=_TECHNIQUES)
def techniques_decode_what_they_can(workload: WorkloadSettings) -> Iterator[Violation]:
    """The operator knows Base64, the driver hexadecimal digits too."""
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
    source="https://github.com/dapr/dapr/issues/5006, https://github.com/dapr/dapr/blob/v1.18.3/pkg/injector/service/handler.go",
)
def techniques_allow_the_kind(workload: WorkloadSettings) -> Iterator[Violation]:
    """Not every kind of pod gets along with what a technique puts beside the container."""
    not_for = workload.spec.unsupported_kinds
    if why := not_for.get(workload.kind):
        able = join_or(
            [
                technique.value
                for technique in Technique
                if workload.kind not in WORKLOADS[technique].spec.unsupported_kinds
            ]
        )
        problem = f"{workload.kind}, and with technique {workload.technique} {why}"
        yield Violation(
            ("kind",),
            problem,
            f"choose {join_or([kind.value for kind in WorkloadKind if kind not in not_for])}, or technique {able}",
        )


@rule(
    "port-of-the-technique",
    WorkloadSettings,
    source="https://docs.dapr.io/reference/arguments-annotations-overview/",
)
def ports_of_the_technique_are_left_alone(workload: WorkloadSettings) -> Iterator[Violation]:
    """Containers of a pod share their ports, and the sidecar has taken some."""
    if workload.port in workload.spec.reserved_ports:
        problem = f"{workload.port} is a port that technique {workload.technique} has in the pod"
        yield Violation(("port",), problem, "let the application listen on another one", "8080")
