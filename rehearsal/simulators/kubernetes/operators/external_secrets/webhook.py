"""The validating webhook of the External Secrets Operator, in its own words.

external-secrets v2.9.0, apis/externalsecrets/v1/{externalsecret,secretstore}_validator.go, ValidateStore in
providers/v1/azure/keyvault/keyvault.go, templates/validatingwebhook.yaml of the chart. Pure: it sees objects
with their defaults.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings, shown
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    CLUSTER_STORE,
    EXTERNAL_SECRET,
    STORE,
)

_UNITS: Final = ("ns", "us", "µs", "μs", "ms", "s", "m", "h")
_TOKEN: Final = "kubernetes.io/service-account-token"
_BOOTSTRAP: Final = "bootstrap.kubernetes.io/token"
_ACCOUNT_NAME: Final = "kubernetes.io/service-account.name"
_ELSEWHERE: Final = (
    "namespace should either be empty or match the namespace of the SecretStore for a namespaced SecretStore"
)


class DurationError(ValueError):
    """A duration that does not parse, in Go's words."""


def refusal(kind: GroupVersionKind, namespace: str, spec: Mapping[str, Any]) -> str:
    """The webhook's refusal of an object with this spec; empty: it admits it, or handles no such kind."""
    if kind.name == EXTERNAL_SECRET.name:
        why = "\n".join(_of_secret(spec))
    elif kind.name in (STORE.name, CLUSTER_STORE.name):
        why = next(_of_store(spec, namespace, cluster=kind.name == CLUSTER_STORE.name), "")
    else:
        return ""
    return (
        f'admission webhook "validate.{kind.name.lower()}.external-secrets.io" denied the request: {why}'
        if why
        else ""
    )


def seconds(text: str) -> float:
    """Length of a duration in Go's notation (time.ParseDuration). Raises DurationError."""
    rest = text.lstrip("+-") if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0.0
    total = 0.0
    if not rest:
        raise DurationError(f"time: invalid duration {shown(text)}")
    while rest:
        match = re.match(r"([0-9]*\.?[0-9]*)([^.0-9]*)", rest)
        assert match is not None, "it matches anything"
        number, unit = match.groups()
        if not number.strip("."):
            raise DurationError(f"time: invalid duration {shown(text)}")
        if not unit:
            raise DurationError(f"time: missing unit in duration {shown(text)}")
        if unit not in _UNITS:
            raise DurationError(f"time: unknown unit {shown(unit)} in duration {shown(text)}")
        scale = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}.get(unit, 1e-6)
        total += float(number) * scale
        rest = rest[match.end() :]
    return -total if text.startswith("-") else total


def _of_secret(spec: Mapping[str, Any]) -> Iterator[str]:
    interval = spec.get("refreshInterval")
    if isinstance(interval, str) and not is_hashed(interval):
        try:
            seconds(interval)
        except DurationError as error:
            # The webhook cannot decode such an object, and checks nothing else.
            yield str(error)
            return
    target, data, data_from = (
        mapping(spec.get("target")),
        mappings(spec.get("data")),
        mappings(spec.get("dataFrom")),
    )
    creation, deletion = target.get("creationPolicy"), target.get("deletionPolicy")
    if deletion == "Delete" and creation in ("Merge", "None", "CreateOrMerge"):
        yield (
            "deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set "
            "creationPolicy=Owner"
        )
    if deletion == "Merge" and creation == "None":
        yield (
            "deletionPolicy=Merge must not be used with creationPolicy=None. There is no Secret to merge with"
        )
    if not data and not data_from and not is_hashed(spec.get("data")) and not is_hashed(spec.get("dataFrom")):
        yield "either data or dataFrom should be specified"
    manifest = mapping(target.get("manifest"))
    into_secret = not manifest or (manifest.get("apiVersion"), manifest.get("kind")) == ("v1", "Secret")
    yield from template_failures(mapping(target.get("template")), into_secret=into_secret)
    for entry in data_from:
        source = entry.get("sourceRef")
        generator = mapping(source).get("generatorRef") is not None
        finds, extracts = entry.get("find") is not None, entry.get("extract") is not None
        if finds + extracts + generator > 1:
            yield "extract, find, or generatorRef cannot be set at the same time"
        if not finds and not extracts and source is None:
            yield "either extract, find, or sourceRef must be set to dataFrom"
        if source is not None and not generator and mapping(source).get("storeRef") is None:
            yield "generatorRef or storeRef must be set when using sourceRef in dataFrom"
    if deletion == "Retain":
        seen = set[str]()
        for key in (str(entry.get("secretKey")) for entry in data):
            if key in seen:
                yield f"duplicate secretKey found: {key}"
            seen.add(key)


def template_failures(template: Mapping[str, Any], *, into_secret: bool = True) -> Iterator[str]:
    """Problems of a template (ValidateSecretTemplate), which the controller checks as well."""
    kind, froms = template.get("type"), mappings(template.get("templateFrom"))
    targets = [str(entry.get("target") or "") for entry in froms]
    if kind == _BOOTSTRAP:
        yield f"template.type={shown(kind)} is not allowed"
    elif kind == _TOKEN:
        if _ACCOUNT_NAME in mapping(mapping(template.get("metadata")).get("annotations")):
            yield f"template.type={shown(kind)} with annotation {shown(_ACCOUNT_NAME)} is not allowed"
        elif "annotations" in [target.lower() for target in targets]:
            yield f'template.type={shown(kind)} with templateFrom target="Annotations" is not allowed'
    for target in targets if into_secret else ():
        if target.lower() not in ("", "data", "annotations", "labels"):
            among = 'must be one of "Data", "Annotations" or "Labels"'
            yield f"templateFrom target={shown(target)} is not allowed when targeting a Secret, {among}"


def _of_store(spec: Mapping[str, Any], namespace: str, *, cluster: bool) -> Iterator[str]:
    for index, condition in enumerate(mappings(spec.get("conditions"))):
        for number, text in enumerate(condition.get("namespaceRegexes") or []):
            try:
                re.compile(str(text))
            except re.error as error:
                # Go words the mistake differently.
                yield (
                    f"failed to compile {number}th namespace regex in {index}th condition: error parsing "
                    f"regexp: {error}"
                )
    yield from _of_interval(spec.get("refreshInterval"))
    azure = mapping(spec.get("provider")).get("azurekv")
    if not isinstance(azure, Mapping):
        return
    secrets = mapping(azure.get("authSecretRef"))
    for name, field in (
        ("clientId", "AuthSecretRef.ClientID"),
        ("clientSecret", "AuthSecretRef.ClientSecret"),
    ):
        if not cluster and _is_elsewhere(secrets.get(name), namespace):
            yield f"invalid {field}: {_ELSEWHERE}"
    if not cluster and _is_elsewhere(azure.get("serviceAccountRef"), namespace):
        yield f"invalid ServiceAccountRef: {_ELSEWHERE}"
    cloud = azure.get("customCloudConfig")
    if cloud is not None and azure.get("useAzureSDK") is not True:
        yield (
            "CustomCloudConfig requires UseAzureSDK to be set to true - the legacy SDK does not support "
            "custom clouds"
        )
    if cloud is not None and mapping(cloud).get("activeDirectoryEndpoint") == "":
        yield "activeDirectoryEndpoint is required in CustomCloudConfig"
    if azure.get("environmentType") == "AzureStackCloud" and cloud is None:
        yield "CustomCloudConfig is required when EnvironmentType is AzureStackCloud"


def _of_interval(interval: Any) -> Iterator[str]:
    """Problems of a refreshInterval: whole seconds or a duration.

    GetRefreshInterval of secretstore_types.go.
    """
    if isinstance(interval, int | float) and interval < 0:
        yield f"invalid refreshInterval {int(interval)}: must not be negative"
    elif isinstance(interval, str) and not is_hashed(interval):
        try:
            if seconds(interval) < 0:
                yield f"invalid refreshInterval {shown(interval)}: must not be negative"
        except DurationError as error:
            yield f"invalid refreshInterval {shown(interval)}: {error}"


def _is_elsewhere(reference: Any, namespace: str) -> bool:
    other = mapping(reference).get("namespace")
    return other is not None and not is_hashed(other) and other != namespace
