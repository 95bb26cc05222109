"""Conditions of PushSecrets, as the simulated and the real operator have them."""

from tests.operations.failures.shown import Shown, event

_WRITE = "set secret failed: could not write remote ref password to target secretstore orders-push: "

SHOWN: tuple[Shown, ...] = (
    event("push-failed", "Errored", f"{_WRITE}could not parse error: context deadline exceeded"),
    event(
        "push-failed",
        "Errored",
        f"{_WRITE}could not set secret db: keyvault.BaseClient#SetSecret: Failure responding to request: "
        "StatusCode=500 -- Original Error: autorest/azure: Service returned an error.",
    ),
    event(
        "forbiddenbyrbac",
        "Errored",
        f"{_WRITE}could not set secret db: keyvault.BaseClient#SetSecret: Failure responding to request: "
        "StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 "
        'Code="Forbidden" Message="Caller is not authorized to perform action on resource." '
        'InnerError={"code":"ForbiddenByRbac"}',
    ),
    event("push-has-no-source", "Errored", "could not get source secret"),
    event("push-has-no-source", "Errored", "set secret failed: secret key tls.crt does not exist"),
    event(
        "not-managed-by-external-secrets",
        "Errored",
        f"{_WRITE}cannot get secret orders-db-password: not managed by external-secrets",
        secret="orders-db-password",
    ),
)
