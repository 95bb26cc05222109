"""The Secrets Store Sync Controller: a SecretSync is not synced, and its Secret is old or missing.

Its conditions have a reason alone; what the provider says is in its log.
"""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

_CONDITIONS = (
    "https://github.com/kubernetes-sigs/secrets-store-sync-controller/blob/v0.0.4/internal/controller/"
    "conditions.go"
)
_PROOF = "`kubectl describe secretsync --namespace {namespace}` shows the condition and its reason."
_LOGS = (
    "kubectl logs deployment/secrets-store-sync-controller-manager --all-containers"
    " --namespace secrets-store-sync"
)

FAILURES: Final = (
    Failure(
        id="sync-provider-error",
        title="Sync provider error",
        symptom=(
            Sign(reason="ProviderError"),
            Sign(code="ProviderError"),
            Sign(text=r"Secret creation failed due to provider error"),
        ),
        example="Secret creation failed due to provider error, check the logs or the events for more "
        "information.",
        cause="The Azure provider beside the Sync Controller did not get an object from the vault: no "
        "right, no such object, no path to the vault, or no token.",
        proof=_PROOF,
        next_step=f"mend what the provider names (`{_LOGS}`), after which the controller tries again by "
        f"itself; `python -m operations verify --stack {{stack}}` checks each link from the token to the "
        "secret",
        source=_CONDITIONS,
        wraps=1,
    ),
    Failure(
        id="sync-without-a-class",
        title="Sync without a class",
        symptom=(
            Sign(reason="ControllerSPCError"),
            Sign(code="ControllerSPCError"),
            Sign(text=r"could not retrieve the Secret Provider Class or the SPC is misconfigured"),
        ),
        example="Secret update failed because the controller could not retrieve the Secret Provider Class "
        "or the SPC is misconfigured. Check the logs or the events for more information.",
        cause="The SecretProviderClass that the SecretSync names is not in its namespace, or the "
        "controller runs without the Azure provider.",
        proof=_PROOF,
        next_step="type `pulumi up --refresh --stack {stack}`, which makes a class that was deleted; of an "
        "existing controller, look whether `providerContainer` of its chart has the Azure provider",
        source=_CONDITIONS,
    ),
    Failure(
        id="sync-of-another-file",
        title="Sync of another file",
        symptom=(
            Sign(reason="UserInputValidationFailed"),
            Sign(code="UserInputValidationFailed"),
            Sign(text=r"due to SecretProviderClass or SecretSync error"),
        ),
        example="Secret create or update failed due to SecretProviderClass or SecretSync error, check the "
        "logs or the events for more information.",
        cause="A key of the SecretSync is filled from a file that its SecretProviderClass does not have, "
        "or a TLS Secret from an object that is no certificate with its private key.",
        proof=_PROOF,
        next_step="type `pulumi up --refresh --stack {stack}`, which writes both anew; for a TLS Secret "
        "list the object with `type: cert-key-pair`",
        source=_CONDITIONS,
    ),
    Failure(
        id="sync-refused-by-a-policy",
        title="Sync refused by a policy",
        symptom=(
            Sign(reason="ValidatingAdmissionPolicyCheckFailed"),
            Sign(code="ValidatingAdmissionPolicyCheckFailed"),
            Sign(text=r"due to validating admission policy check failure"),
            Sign(text=r"secrets-store-sync-controller has failed to \w{1,10} secret"),
        ),
        example="Secret update failed due to validating admission policy check failure, check the logs or "
        "the events for more information.",
        cause="A Secret of this name exists that the Sync Controller has not made, or the chart's policy "
        "does not allow its type. The policy keeps the controller from other Secrets.",
        proof="`kubectl get secret --namespace {namespace} --show-labels` shows which Secrets have the "
        "label secrets-store.sync.x-k8s.io.",
        next_step="choose another `kubernetes_secret.name`, or delete the Secret: `kubectl delete secret "
        "{secret} --namespace {namespace}`",
        source="https://github.com/kubernetes-sigs/secrets-store-sync-controller/tree/v0.0.4/charts",
    ),
    Failure(
        id="sync-unknown-error",
        title="Sync unknown error",
        symptom=(
            Sign(reason="UnknownError"),
            Sign(code="UnknownError"),
            Sign(text=r"Secret patch failed due to unknown error"),
        ),
        example="Secret patch failed due to unknown error, check the logs or the events for more "
        "information.",
        cause="The Sync Controller got no token of the ServiceAccount, which may be missing, or the API "
        "server refused the Secret: a key that its type requires is not there, or the type of a Secret "
        "that exists is another one.",
        proof=_PROOF,
        next_step=f"read what the controller was refused (`{_LOGS}`), then type `pulumi up --refresh "
        f"--stack {{stack}}`, which makes a ServiceAccount that was deleted",
        source=_CONDITIONS,
        wraps=1,
    ),
)
