"""Settings that the rules of ``rules/tls_secrets.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import DRIVER, csi, eso, secret


def _part(key: str) -> dict[str, str]:
    return {"name": "edge-tls", "type": "kubernetes.io/tls", "key": key}


CASES = [
    case(
        "tls-secret-is-a-certificate",
        {
            "workloads": [
                csi(
                    secret(
                        from_="existing",
                        env="TLS",
                        kubernetes_secret={"type": "kubernetes.io/tls", "key": "x"},
                    )
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].kubernetes_secret.key: the program fills tls.crt and tls.key of kubernetes.io/tls, and no other key; choose one of them, remove it for a certificate that fills both, or choose another Secret for a further key",
    ),
    case(
        "tls-secret-is-a-certificate",
        {
            "workloads": [
                csi(
                    secret(
                        from_="existing",
                        type="cert-key-pair",
                        format="pfx",
                        kubernetes_secret={"type": "kubernetes.io/tls"},
                    )
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].format: 'pfx' does not work with kubernetes.io/tls, whose keys are PEM; remove it",
    ),
    case(
        "tls-secret-is-a-certificate",
        eso(
            secret(
                from_="existing",
                type="cert-key-pair",
                encoding="base64",
                kubernetes_secret={"type": "kubernetes.io/tls"},
            )
        ),
        "workloads[0].secrets[0].encoding: 'base64' has no effect: tls.crt and tls.key are made of the object as the vault has it; remove it",
    ),
    case(
        "tls-secret-is-a-certificate",
        {
            "workloads": [
                csi(secret(from_="existing", env="TLS", kubernetes_secret={"type": "kubernetes.io/tls"}))
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].type: 'secret' cannot fill kubernetes.io/tls, which needs a certificate with its private key; choose cert-key-pair, or set kubernetes_secret.key to tls.crt or tls.key (pulumi config set --path --plaintext 'workloads[0].secrets[0].type' cert-key-pair)",
        "workloads[0].secrets[0].env: a variable holds one value, but kubernetes.io/tls has two keys; read the files instead",
    ),
    case(
        "tls-secret-is-a-certificate",
        {
            "workloads": [
                csi(
                    secret(from_="existing", name="a", type="key", kubernetes_secret=_part("tls.crt")),
                    secret(from_="existing", name="b", type="cert", kubernetes_secret=_part("tls.key")),
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].type: 'key' holds no certificate; choose secret or cert-key-pair",
        "workloads[0].secrets[1].type: 'cert' holds no private key; choose secret or cert-key-pair",
    ),
    case(
        "tls-secret-has-both-keys",
        eso(secret(from_="existing", kubernetes_secret=_part("tls.crt"))),
        "workloads[0].secrets[0].kubernetes_secret: kubernetes.io/tls needs tls.crt and tls.key, and no object fills tls.key; list its object with the same name, type and the other key",
    ),
    case(
        "certificate-is-pem",
        eso(
            secret(from_="existing", name="a", type="cert", kubernetes_secret=_part("tls.crt")),
            secret(from_="existing", name="b", kubernetes_secret=_part("tls.key")),
        ),
        "workloads[0].secrets[0].type: technique eso delivers a cert as DER, and kubernetes.io/tls needs PEM; choose cert-key-pair (pulumi config set --path --plaintext 'workloads[0].secrets[0].type' cert-key-pair)",
    ),
]
