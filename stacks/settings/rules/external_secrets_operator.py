"""Rules for ``operators.external_secrets``."""

from collections.abc import Iterator

from components.operators import Operator, external_secrets
from components.workloads import CreationPolicy
from stacks.settings.model.external_secrets_operator import (
    ExternalSecretsInstall,
    ExternalSecretsOperatorSettings,
)
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.rules.operators import NOT_READ, unread_keys, version_numbers
from stacks.settings.validation.registry import Violation, rule


@rule("external-secrets-key-of-another-install", ExternalSecretsOperatorSettings, source=NOT_READ)
def keys_belong_to_the_install_method(
    operator: ExternalSecretsOperatorSettings,
) -> Iterator[Violation]:
    """The program configures only an operator that it installs."""
    keys = (
        *("namespace", "version", "replicas", "resources"),
        *("scoped_namespace", "cluster_wide", "push_secrets"),
    )
    yield from unread_keys(operator, operator.install, {key: [ExternalSecretsInstall.HELM] for key in keys})


@rule(
    "external-secrets-scope-is-one",
    ExternalSecretsOperatorSettings,
    source="the chart's values: scopedNamespace shuts it in, whatever else is on",
)
def a_cluster_wide_operator_is_not_scoped(operator: ExternalSecretsOperatorSettings) -> Iterator[Violation]:
    """The operator watches either one namespace or all of them."""
    if operator.cluster_wide and operator.scoped_namespace:
        yield Violation(
            ("scoped_namespace",), "has no effect with cluster_wide: true", "remove one of them", remove=True
        )


@rule(
    "external-secrets-push-is-on", ExternalSecretsOperatorSettings, source="components/operators: its values"
)
def a_cluster_wide_operator_pushes(operator: ExternalSecretsOperatorSettings) -> Iterator[Violation]:
    """Serving all kinds includes PushSecrets."""
    if operator.cluster_wide and operator.push_secrets:
        problem = "has no effect with cluster_wide: true, which includes it"
        yield Violation(("push_secrets",), problem, "remove it", remove=True)


_SERVED_SINCE, _TOKENS_SINCE = (0, 17, 0), (2, 5, 0)


@rule(
    "external-secrets-chart-serves-v1",
    ExternalSecretsOperatorSettings,
    source="https://github.com/external-secrets/external-secrets/issues/4840",
)
def the_chart_serves_v1(operator: ExternalSecretsOperatorSettings) -> Iterator[Violation]:
    """Before chart 0.17 the kinds had another API version."""
    if version_numbers(operator.version) < _SERVED_SINCE:
        newest = external_secrets.CHART.version
        yield Violation(
            ("version",),
            f"{operator.version} does not serve external-secrets.io/v1",
            f"choose {newest}",
            newest,
        )


@rule(
    "external-secrets-chart-limits-tokens",
    ExternalSecretsOperatorSettings,
    source="https://external-secrets.io/latest/guides/security-best-practices/",
)
def the_chart_can_limit_tokens(operator: ExternalSecretsOperatorSettings) -> Iterator[Violation]:
    """An older chart ignores rbac.serviceAccountTokenCreate, and the operator may request tokens of every
    ServiceAccount.
    """
    if _SERVED_SINCE <= version_numbers(operator.version) < _TOKENS_SINCE and not operator.cluster_wide:
        oldest = ".".join(map(str, _TOKENS_SINCE))
        problem = f"{operator.version} may request tokens of every ServiceAccount"
        yield Violation(
            ("version",),
            problem,
            f"choose {oldest} or newer, or set cluster_wide: true",
            external_secrets.CHART.version,
        )


@rule(
    "scoped-operator-serves-all",
    Settings,
    source="https://github.com/external-secrets/external-secrets/issues/1050: one namespace, or all",
)
def a_scoped_operator_serves_every_workload(settings: Settings) -> Iterator[Violation]:
    """The operator ignores ExternalSecrets in other namespaces, so `up` would wait 20 minutes for them."""
    operator = settings.operators.external_secrets
    for index, workload in enumerate(settings.workloads):
        uses_operator = workload.spec.operator is Operator.EXTERNAL_SECRETS
        if uses_operator and operator and operator.scoped_namespace not in (None, workload.namespace):
            problem = (
                f"{workload.namespace!r} is not watched: operators.external_secrets.scoped_namespace is"
                f" {operator.scoped_namespace!r}"
            )
            yield Violation(
                ("workloads", index, "namespace"),
                problem,
                "choose that namespace, or remove scoped_namespace",
            )


@rule(
    "scoped-namespace-is-there",
    Settings,
    source="the chart makes a Role in scopedNamespace (templates/rbac.yaml)",
)
def the_scoped_namespace_exists(settings: Settings) -> Iterator[Violation]:
    """Helm needs the namespace for the chart's Role."""
    operator = settings.operators.external_secrets
    if (
        operator
        and operator.scoped_namespace
        and operator.scoped_namespace not in settings.namespaces_by_name
    ):
        problem = f"{operator.scoped_namespace!r} is the namespace of no workload"
        if settings.composition is Composition.PLATFORM:
            problem = f"{operator.scoped_namespace!r} is not in namespaces"
        yield Violation(
            ("operators", "external_secrets", "scoped_namespace"), problem, "choose a namespace of the stack"
        )


# CreateOrMerge exists since 2.8 (external-secrets, externalsecret_types.go).
_CREATE_OR_MERGE_SINCE = (2, 8)


@rule("operator-knows-the-policy", Settings, source="https://external-secrets.io/latest/api/externalsecret/")
def the_operator_supports_the_policy(settings: Settings) -> Iterator[Violation]:
    """Kubernetes refuses a policy that the operator's CRD does not list."""
    operator = settings.operators.external_secrets
    if (
        operator is None
        or tuple(int(number) for number in operator.version.split(".")[:2]) >= _CREATE_OR_MERGE_SINCE
    ):
        return
    for index, workload in enumerate(settings.workloads):
        if workload.external_secrets.creation_policy is CreationPolicy.CREATE_OR_MERGE:
            problem = (
                "'CreateOrMerge' needs operators.external_secrets.version 2.8.0 or newer, not"
                f" {operator.version}"
            )
            path = ("workloads", index, "external_secrets", "creation_policy")
            yield Violation(path, problem, "choose another policy, or a newer version", "Owner")
