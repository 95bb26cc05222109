"""Refusals of the API server: SecretSyncs, by rules of their definition and by policies of the chart, and
Secrets that the controller itself writes.

secrets-store-sync-controller v0.0.4: the rules in CEL of charts/…/crds, and charts/…/templates/
{validate_label_format_secret_sync,validate_annotation_format_secret_sync,create_update_secrets_types,
update_secrets_based_on_label}.yaml. The words around a policy's message are those of k8s.io/apiserver,
pkg/admission/plugin/policy/validating/dispatcher.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.store import Manifest
from rehearsal.simulators.kubernetes.operators.sync_controller.detection import SyncInstallation

LABEL: Final = "secrets-store.sync.x-k8s.io"
"""Label and annotation of its Secrets, without a value."""
_KEY: Final = re.compile(
    r"([A-Za-z0-9][-A-Za-z0-9_.]*[A-Za-z0-9])?(/[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
)
_VALUE: Final = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_LABEL_LENGTH: Final = 63
_ANNOTATION_LENGTH: Final = 253


def refused_sync(operator: SyncInstallation | None, manifest: Mapping[str, Any]) -> str:
    """The reason that a SecretSync is refused; empty if it is not."""
    secret, name = (
        mapping(mapping(manifest.get("spec")).get("secretObject")),
        mapping(manifest.get("metadata")).get("name"),
    )
    for what, length in (("labels", _LABEL_LENGTH), ("annotations", _ANNOTATION_LENGTH)):
        entries = {str(key): str(value) for key, value in mapping(secret.get(what)).items()}
        if why := _of_definition(what, length, entries):
            value = f'spec.secretObject.{what}: Invalid value: "object": {why}'
            return f'SecretSync.secret-sync.x-k8s.io "{name}" is invalid: {value}'
        if operator is not None and operator.has_policies and not _has_form(entries):
            entry = what.removesuffix("s")
            policy = f"secrets-store-sync-controller-validate-{entry}-policy"
            message = f"One of the {what} applied on the secret has an invalid format."
            message += f" Update the {entry} and try again."
            return _denied(f'secretsyncs.secret-sync.x-k8s.io "{name}"', policy, message)
    return ""


def _of_definition(what: str, length: int, entries: Mapping[str, str]) -> str:
    if any(len(key) >= length or len(value) >= length for key, value in entries.items()):
        return f"{what.capitalize()} should have < {length} characters for both keys and values."
    if any(key.startswith(LABEL) for key in entries):
        return f"{what.capitalize()} should not contain {LABEL}. This key is reserved for the controller."
    return ""


def _has_form(entries: Mapping[str, str]) -> bool:
    return all(
        _KEY.fullmatch(key) and len(value) < _LABEL_LENGTH and _VALUE.fullmatch(value)
        for key, value in entries.items()
    )


def refused_secret(operator: SyncInstallation, type_: str, live: Manifest | None, name: str) -> str:
    """The reason that a policy refuses a Secret of the controller; empty if none does."""
    if not operator.has_policies:
        return ""
    what = f'secrets "{name}"'
    if type_ not in operator.types:
        message = "Only secrets with types defined in the allowedSecretTypes are allowed."
        return _denied(what, "secrets-store-sync-controller-create-update-policy", message)
    if live is not None and mapping(live["metadata"].get("labels")).get(LABEL) != "":
        message = "Only secrets with the correct label can be updated"
        return _denied(what, "secrets-store-sync-controller-update-label-policy", message)
    return ""


def _denied(what: str, policy: str, message: str) -> str:
    denied = f"ValidatingAdmissionPolicy '{policy}' with binding '{policy}-binding' denied request: {message}"
    return f"{what} is forbidden: {denied}"
