"""The controller of akv2k8s: an AzureKeyVaultSecret has filled no Secret, or the Secret is old."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign

_CODE = (
    "https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/blob/controller-1.8.4/cmd/"
    "azure-keyvault-controller/controller/"
)
_LOGS = "kubectl logs deployment/akv2k8s-controller --namespace akv2k8s"

FAILURES: Final = (
    Failure(
        id="akv2k8s-read-failed",
        title="akv2k8s read failed",
        symptom=(
            Sign(reason="ErrAzureVault"),
            Sign(code="ErrAzureVault"),
            Sign(text=r"Failed to get secret for '[^']{1,253}' from Azure Key Vault '[^']{1,24}'"),
            Sign(text=r"failed to get secret from Azure Key Vault for secret '"),
        ),
        example="Failed to get secret for 'shop-akv2k8s.db-password' from Azure Key Vault 'kv-shop': …",
        cause="The controller of akv2k8s did not read the object, so the Secret is missing or keeps the old "
        "value. It reads as its own identity, not as the workload's. The reason stands at the end.",
        proof="`kubectl describe azurekeyvaultsecret --namespace {namespace}` shows the event with the "
        "reason; the first attempts are in the controller's log alone.",
        next_step="mend the reason: `python -m operations verify --stack {stack}` checks each link from the "
        "controller's token to the secret. The controller tries again at its next resync",
        source=f"{_CODE}azureKeyVaultSecret.go",
        wraps=2,
    ),
    Failure(
        id="akv2k8s-lost-its-secret",
        title="akv2k8s lost its Secret",
        symptom=(
            Sign(reason="ErrResourceExists"),
            Sign(text=r"already exists and is not managed by AzureKeyVaultSecret"),
        ),
        example="Resource 'shop-akv2k8s.db-password' already exists and is not managed by "
        "AzureKeyVaultSecret",
        cause="Something has removed the owner reference of akv2k8s from the Secret, such as another tool "
        "that writes it: the value is right, and will not be deleted with its AzureKeyVaultSecret.",
        proof="`kubectl get secret {secret} --namespace {namespace} --output yaml --show-managed-fields` "
        "shows which tool wrote it.",
        next_step="let one tool write the Secret, or choose another `kubernetes_secret.name`; `kubectl "
        "delete secret {secret} --namespace {namespace}` has akv2k8s make it anew at its next resync",
        source="https://github.com/SparebankenVest/azure-key-vault-to-kubernetes/issues/691",
    ),
    Failure(
        id="akv2k8s-cannot-write",
        title="akv2k8s cannot write",
        symptom=(
            Sign(text=r"cannot update existing secret \S{1,600} of type \S{1,253} (?:not )?controlled by"),
            Sign(text=r"as this azurekeyvaultsecret \S{1,253} would overwrite keys"),
        ),
        example="cannot update existing secret shop/login of type kubernetes.io/tls not controlled by "
        "akv2k8s, as this azurekeyvaultsecret shop-akv2k8s.db-password would overwrite keys",
        cause="A Secret of this name and of another type exists that akv2k8s has not made. It takes over "
        "one of type Opaque, with its labels, and leaves any other.",
        proof=f"`{_LOGS}` shows it; no event does.",
        next_step="choose another `kubernetes_secret.name`, or delete the Secret: `kubectl delete secret "
        "{secret} --namespace {namespace}`",
        source=f"{_CODE}secret.go",
    ),
)
