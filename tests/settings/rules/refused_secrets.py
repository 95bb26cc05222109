"""Settings that the rules of ``rules/secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.model.refused_app_routing import served
from tests.settings.samples import REGISTRY, eso, secret, workload

_SHOP_TLS = {"name": "shop-tls", "from": "random"}

CASES = [
    case(
        "field-of-another-source",
        {"workloads": [workload(secrets=[secret(**{"from_": "existing", "value": "canary-7f3a"})])]},
        "workloads[0].secrets[0].value: has no effect with from: existing; remove it, or choose from: literal",
    ),
    case(
        "field-of-another-source",
        {"workloads": [workload(secrets=[secret(**{"from_": "random", "config_key": "db"})])]},
        "workloads[0].secrets[0].config_key: has no effect with from: random; remove it, or choose from: config",
    ),
    case(
        "field-of-another-source",
        {
            "workloads": [
                workload(
                    secrets=[
                        secret(
                            from_="existing",
                            stack={"name": "organization/data/prod", "output": "db"},
                            resource={"id": REGISTRY + "shop1", "value": "username"},
                        )
                    ]
                )
            ]
        },
        "workloads[0].secrets[0].stack: has no effect with from: existing; remove it, or choose from: stack",
        "workloads[0].secrets[0].resource: has no effect with from: existing; remove it, or choose from: resource",
    ),
    case(
        "field-of-another-source",
        {"workloads": [workload(secrets=[secret(from_="random", sensitive=False)])]},
        "workloads[0].secrets[0].sensitive: has no effect with from: random; remove it, or choose from: literal or stack",
    ),
    case(
        "field-of-a-seeded-secret",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "existing", "expires": "2027-01-31T00:00:00Z"})])
            ]
        },
        "workloads[0].secrets[0].expires: has no effect: the program does not write an existing secret; remove it, or set it in the vault",
    ),
    case(
        "literal-is-complete",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "value": "canary-7f3a"})])]},
        "workloads[0].secrets[0].sensitive: everyone who reads the stack file sees a literal value; use from: config for a secret one, and sensitive: false for any other",
    ),
    case(
        "literal-is-complete",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "sensitive": False})])]},
        "workloads[0].secrets[0].value: missing; from: literal needs a value",
    ),
    case(
        "seeded-object-is-a-secret",
        {"workloads": [workload(secrets=[{"name": "web-tls", "type": "cert", "from": "random"}])]},
        "workloads[0].secrets[0].from: the program cannot make a cert; make it in the vault and choose existing (pulumi config set --path 'workloads[0].secrets[0].from' existing)",
    ),
    case(
        "secret-size",
        {
            "workloads": [
                workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": "x" * 25601})])
            ]
        },
        "workloads[0].secrets[0].value: has 25601 bytes; Key Vault allows 1 to 25600",
    ),
    case(
        "secret-size",
        {"workloads": [workload(secrets=[secret(**{"from_": "literal", "sensitive": False, "value": ""})])]},
        "workloads[0].secrets[0].value: has 0 bytes; Key Vault allows 1 to 25600",
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
        "workloads[1].secrets[0]: another workload seeds 'db-password' differently, with from: random; use the same keys, or set from: existing in all but one",
    ),
    case(
        "secret-is-no-certificate",
        {
            "workloads": [
                workload(secrets=[{"name": "web-tls", "type": "cert", "from": "existing"}]),
                workload(name="b", namespace="b", secrets=[{"name": "web-tls", "from": "random"}]),
            ]
        },
        "workloads[1].secrets[0].name: 'web-tls' is also a certificate of the vault, which stores its key pair as a secret of that name; choose another name for the secret",
    ),
    case(
        "secret-is-no-certificate",
        {**served(), "workloads": [*served()["workloads"], workload(name="b", secrets=[_SHOP_TLS])]},
        "workloads[1].secrets[0].name: 'shop-tls' is also a certificate of the vault, which stores its key pair as a secret of that name; choose another name for the secret",
    ),
    case(
        "secret-listed-once",
        eso(secret(from_="existing", property="a"), secret(from_="existing", property="a")),
        "workloads[0].secrets[1].name: 'db-password' is listed twice; list it once",
    ),
    case(
        "secret-has-one-source",
        eso(secret(from_="random", env="A"), secret(from_="random", length=40, env="B")),
        "workloads[0].secrets[1]: another entry seeds 'db-password' differently, with from: random; use the same keys, or set from: existing in all but one",
    ),
]
