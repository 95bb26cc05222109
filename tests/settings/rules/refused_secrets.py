"""Settings that the rules of ``rules/secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import eso, secret, workload

CASES = [
    case(
        "field-of-another-source",
        {"workloads": [workload(secrets=[secret(**{"from_": "existing", "value": "canary-7f3a"})])]},
        "workloads[0].secrets[0].value: goes with from: literal, not with from: existing; take it out, or change from",
    ),
    case(
        "field-of-another-source",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "config_key": "db"})])]},
        "workloads[0].secrets[0].config_key: goes with from: config, not with from: random; take it out, or change from",
    ),
    case(
        "field-of-a-seeded-secret",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "existing", "expires": "2027-01-31T00:00:00Z"})])
            ]
        },
        "workloads[0].secrets[0].expires: the program does not write a secret that is existing; take it out, or set it in the vault",
    ),
    case(
        "literal-is-complete",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "value": "canary-7f3a"})])]},
        "workloads[0].secrets[0].sensitive: the stack file shows a literal value to everybody; say sensitive: false if that is right; else use from: config (pulumi config set --secret secret-values:db-password)",
    ),
    case(
        "literal-is-complete",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "sensitive": False})])]},
        "workloads[0].secrets[0].value: missing; from: literal needs a value",
    ),
    case(
        "seeded-object-is-a-secret",
        {"workloads": [workload(secrets=[{"name": "web-tls", "type": "cert", "from": "random"}])]},
        "workloads[0].secrets[0].from: the program does not make a cert; make it in the vault and say existing (pulumi config set --path 'workloads[0].secrets[0].from' existing)",
    ),
    case(
        "secret-size",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": "x" * 25601})])
            ]
        },
        "workloads[0].secrets[0].value: has 25601 bytes; Key Vault keeps 1 to 25600 bytes per secret",
    ),
    case(
        "secret-size",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": ""})])]},
        "workloads[0].secrets[0].value: has 0 bytes; Key Vault keeps 1 to 25600 bytes per secret",
    ),
    case(
        "valid-before-expiry",
        {
            "workloads": [
                workload(
                    secrets=[
                        secret(
                            **{
                                "from_": "random",
                                "not_before": "2027-01-31T00:00:00Z",
                                "expires": "2027-01-01T00:00:00Z",
                            }
                        )
                    ]
                )
            ]
        },
        "workloads[0].secrets[0].expires: 2027-01-01T00:00:00+00:00 is not after not_before; choose a later date",
    ),
    case(
        "secret-listed-once",
        {
            "workloads": [
                workload(
                    secrets=[secret(**{"from_": "existing"}), {"name": "DB-password", "from": "existing"}]
                )
            ]
        },
        "workloads[0].secrets[1].name: 'DB-password' is listed twice; list it once",
    ),
    case(
        "secret-has-one-source",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "random"})]),
                workload(name="b", namespace="b", secrets=[secret(**{"from_": "random", "length": 40})]),
            ]
        },
        "workloads[1].secrets[0]: another workload seeds 'db-password' in another way (from: random); write both alike, or say from: existing in all but one",
    ),
    case(
        "secret-is-no-certificate",
        {
            "workloads": [
                workload(secrets=[{"name": "web-tls", "type": "cert", "from": "existing"}]),
                workload(name="b", namespace="b", secrets=[{"name": "web-tls", "from": "random"}]),
            ]
        },
        "workloads[1].secrets[0].name: 'web-tls' is a certificate of the same vault, which keeps its key pair as a secret of that name; choose another name for the secret",
    ),
    case(
        "secret-listed-once",
        eso(secret(from_="existing", property="a"), secret(from_="existing", property="a")),
        "workloads[0].secrets[1].kubernetes_secret.key: another object of that Secret has that key; choose another key",
        "workloads[0].secrets[1].file: another object is in 'a'; choose another file (pulumi config set --path 'workloads[0].secrets[1].file' a-2)",
        "workloads[0].secrets[1].name: 'db-password' is listed twice; list it once",
    ),
]
