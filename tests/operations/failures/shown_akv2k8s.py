"""Events and logs of the controller of akv2k8s (cmd/azure-keyvault-controller/controller, 1.8.4)."""

from tests.operations.failures.shown import Shown, event, printed

SHOWN: tuple[Shown, ...] = (
    event(
        "akv2k8s-read-failed",
        "ErrAzureVault",
        "Failed to get secret for 'web-akv2k8s.web-key' from Azure Key Vault 'kv-web': no datakey specified "
        "for output secret",
    ),
    printed(
        "akv2k8s-cannot-write",
        "Failed to process key shop/web-akv2k8s.web-key. Reason: cannot update existing secret "
        "shop/web-akv2k8s.web-key of type kubernetes.io/tls not controlled by akv2k8s, as this "
        "azurekeyvaultsecret web-akv2k8s.web-key would overwrite keys",
        "operator",
    ),
    event(
        "akv2k8s-lost-its-secret",
        "ErrResourceExists",
        "Resource 'web-akv2k8s.web-key' already exists and is not managed by AzureKeyVaultSecret",
    ),
)
