"""Conditions of SecretSyncs (internal/controller/conditions.go of secrets-store-sync-controller v0.0.4)."""

from tests.operations.failures.shown import Shown, event

SHOWN: tuple[Shown, ...] = (
    event(
        "sync-provider-error",
        "ProviderError",
        "Secret creation failed due to provider error, check the logs or the events for more information.",
    ),
    event(
        "sync-without-a-class",
        "ControllerSPCError",
        "Secret update failed because the controller could not retrieve the Secret Provider Class or the "
        "SPC is"
        " misconfigured. Check the logs or the events for more information.",
    ),
    event(
        "sync-of-another-file",
        "UserInputValidationFailed",
        "Secret create or update failed due to SecretProviderClass or SecretSync error, check the logs "
        "or the"
        " events for more information.",
    ),
    event(
        "sync-refused-by-a-policy",
        "ValidatingAdmissionPolicyCheckFailed",
        "Secret update failed due to validating admission policy check failure, check the logs or the "
        "events for"
        " more information.",
    ),
    event(
        "sync-unknown-error",
        "UnknownError",
        "Secret patch failed due to unknown error, check the logs or the events for more information.",
    ),
)
