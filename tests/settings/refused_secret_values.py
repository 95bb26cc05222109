"""Settings that the rules of ``secret_values.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, PRINCIPAL, csi, secret, workload

CASES = [
    case(
        "secret-value-missing",
        {"workloads": [workload(secrets=[secret(**{"from_": "config"})])]},
        "workloads[0].secrets[0]: from: config, but secret-values:db-password has no value; set it (pulumi config set --secret secret-values:db-password)",
    ),
    case(
        "secret-value-is-plain",
        {
            "workloads": [workload(secrets=[secret(**{"from_": "config"})])],
            "secret-values:db-password": "canary-7f3a",
        },
        "secret-values:db-password: is in plain text; encrypt it, and choose a new value (pulumi config set --secret secret-values:db-password)",
    ),
    case(
        "secret-value-is-used",
        {"secret-values:db-pasword": "canary-7f3a"},
        "secret-values:db-pasword: is not used by any secret; remove it (pulumi config rm secret-values:db-pasword)",
        secret=("secret-values:db-pasword",),
    ),
    case(
        "secret-value-size",
        {"workloads": [workload(secrets=[secret(**{"from_": "config"})])], "secret-values:db-password": ""},
        "secret-values:db-password: has 0 bytes; Key Vault allows 1 to 25600",
        secret=("secret-values:db-password",),
    ),
    case(
        "secret-value-missing",
        {
            "workloads": [
                csi(secret(from_="existing"), access="service-principal", service_principal=PRINCIPAL)
            ],
            **DRIVER,
        },
        "workloads[0].service_principal.config_key: access: service-principal, but secret-values has no key of this name; correct the name, or set that key with `pulumi config set --secret`",
    ),
    case(  # the text of config_key may be the value itself
        "secret-value-is-used",
        {
            "workloads": [csi(secret(from_="config", config_key="hunter2"))],
            "secret-values:hunter3": "x",
            "secret-values:mail": "x",
            **DRIVER,
        },
        "workloads[0].secrets[0].config_key: from: config, but secret-values has no key of this name; did you mean 'hunter3'? (pulumi config set --path 'workloads[0].secrets[0].config_key' hunter3)",
        "secret-values:hunter3: is not used by any secret; name it in a config_key, or remove it",
        "secret-values:mail: is not used by any secret; name it in a config_key, or remove it",
        secret=("secret-values:hunter3", "secret-values:mail"),
    ),
]
