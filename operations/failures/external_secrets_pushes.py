"""PushSecrets, by which the External Secrets Operator writes into a vault: the condition Errored."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

_CONTROLLER: Final = (
    "https://github.com/external-secrets/external-secrets/blob/v2.9.0/pkg/controllers/pushsecret/"
    "pushsecret_controller.go"
)

FAILURES: Final = (
    Failure(
        id="push-failed",
        title="Push failed",
        symptom=(
            Sign(text=r"\bset secret failed: "),
            Sign(text=r"could not write remote ref \S{0,253} ?to target secretstore"),
            Sign(text=r"could not verify if secret exists in store"),
            Sign(reason="Errored", text=r"could not get secrets client for store"),
        ),
        example="set secret failed: could not write remote ref password to target secretstore orders-push: …",
        cause="The operator did not write a secret of `pushes` into the vault. The reason stands at the end "
        "of the message.",
        proof="`kubectl describe pushsecret --namespace {namespace}` shows the condition Errored with the "
        "reason.",
        next_step="mend the reason; the operator tries again by itself, at once after `kubectl annotate "
        "pushsecret --all --namespace {namespace} force-sync=$(date +%s) --overwrite`",
        source=_CONTROLLER,
        wraps=1,
    ),
    Failure(
        id="push-has-no-source",
        title="Push has no source",
        symptom=(
            Sign(text=r"\bcould not get source secret\b"),
            Sign(text=r"\bsecret key [-._a-zA-Z0-9]{1,253} does not exist\b"),
        ),
        example="could not get source secret",
        cause="The Kubernetes Secret of `pushes` is not in the namespace of its workload, or lacks the key: "
        "what makes it (cert-manager, an operator of a database) has not done so yet, or gives it another "
        "name.",
        proof="`kubectl describe secret --namespace {namespace}` shows the Secrets there with their keys, "
        "without values.",
        next_step="wait for what makes it, or mend `secret` and `key` of the push and type `pulumi up "
        "--stack {stack}`; then `kubectl annotate pushsecret --all --namespace {namespace} "
        "force-sync=$(date +%s) --overwrite`",
        source=_CONTROLLER,
    ),
    Failure(
        id="not-managed-by-external-secrets",
        title="Not managed by external-secrets",
        symptom=(
            Sign(
                text=r"\bcannot get secret (?P<secret>[0-9A-Za-z-]{1,127}): not managed by external-secrets\b"
            ),
            Sign(text=r"\bnot managed by external-secrets\b"),
        ),
        example="set secret failed: could not write remote ref password to target secretstore orders-push: "
        "cannot get secret orders-db-password: not managed by external-secrets",
        cause="The vault has a secret of this name that the operator did not write, and the operator "
        "replaces only those with the tag managed-by=external-secrets.",
        proof="`az keyvault secret show --vault-name {vault} --name {secret} --query tags` shows its tags.",
        next_step="give the push another `name`; or, if the operator may replace it, type `az keyvault "
        "secret set-attributes --vault-name {vault} --name {secret} --tags managed-by=external-secrets`",
        source="https://github.com/external-secrets/external-secrets/blob/v2.9.0/providers/v1/azure/keyvault/"
        "keyvault.go",
    ),
)
