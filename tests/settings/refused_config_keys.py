"""Settings that the rules of ``config_keys.py`` refuse, with the exact words."""

from tests.settings.cases import case

CASES = [
    case(
        "namespace-is-known",
        {"aks-secret:vault": {"name": "kv-shop"}, "Secret_Values:db": "canary-7f3a"},
        "aks-secret:vault: unknown namespace 'aks-secret'; did you mean 'aks-secrets'? rename it in the stack file",
        "Secret_Values:…: unknown namespace 'Secret_Values'; did you mean 'secret-values'? rename it in the stack file",
    ),
    case(
        "namespace-is-known",
        {"settings:vault": {"name": "kv-shop"}},
        "settings:vault: unknown namespace 'settings'; the sections of this project begin with 'aks-secrets:': rename it in the stack file",
    ),
    case(
        "provider-key-is-known",
        {"azure-native:subscriptionID": "x", "azure-native:region": "x"},
        "azure-native:subscriptionID: the provider has no key 'subscriptionID'; did you mean 'subscriptionId'? rename it in the stack file",
        "azure-native:region: the provider has no key 'region'; did you mean 'location'? rename it in the stack file",
    ),
    case(
        "namespace-is-known",
        {"shop:technique": "csi", "kubernetes:vault": {"name": "kv-shop"}},
        "shop:technique: unknown namespace 'shop'; the sections of this project begin with 'aks-secrets:': rename it in the stack file",
        "kubernetes:vault: is read by no provider; the sections of this project begin with 'aks-secrets:': rename it in the stack file",
    ),
]
