"""Settings that the rules of ``rules/delivery.py`` refuse, with the exact words."""

from tests.settings.cases import case
from tests.settings.samples import (
    CARD_KEY,
    DB,
    DRIVER,
    ON_THE_DRIVER,
    PRINCIPAL,
    VAULTS,
    csi,
    eso,
    pod,
    secret,
)

CASES = [
    case(
        "written-as-a-secret",
        {"workloads": [csi(secret(from_="existing", type="cert", format="pfx", encoding="hex"))], **DRIVER},
        "workloads[0].secrets[0].format: has no effect on a cert; remove it: only secret and cert-key-pair have it",
        "workloads[0].secrets[0].encoding: has no effect on a cert; remove it: only secret and cert-key-pair have it",
    ),
    case(
        "secret-files-differ",
        {"workloads": [csi(secret(from_="existing"), secret(from_="existing", type="key"))], **DRIVER},
        "workloads[0].secrets[1].file: another object has this file; choose another file (pulumi config set --path --plaintext 'workloads[0].secrets[1].file' db-password-2)",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [
                csi(
                    secret(from_="existing", file="tls"),
                    {"name": "other", "from": "existing", "file": "tls/key"},
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].file: one object has this path as a file, another as a folder; choose another file",
    ),
    case(
        "secret-variables-differ",
        {
            "workloads": [
                csi(secret(from_="existing", env="DB"), {"name": "other", "from": "existing", "env": "DB"})
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].env: another variable of the workload has the same name; choose another name",
    ),
    case(
        "secret-variables-differ",
        {"workloads": [csi(secret(from_="existing", env="DB"), env={"DB": "x"})], **DRIVER},
        "workloads[0].secrets[0].env: another variable of the workload has the same name; choose another name",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(
                    secret(from_="existing", env="A", kubernetes_secret={"key": "k"}),
                    {"name": "other", "from": "existing", "env": "B", "kubernetes_secret": {"key": "k"}},
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].kubernetes_secret.key: another object of the same Secret has this key; choose another key",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(
                    secret(from_="existing", kubernetes_secret={"name": "s", "key": "k"}),
                    {
                        "name": "tls",
                        "type": "cert-key-pair",
                        "from": "existing",
                        "kubernetes_secret": {"name": "s", "type": "kubernetes.io/tls"},
                    },
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[1].kubernetes_secret.type: another object of the same Secret has type Opaque; use the same type, or choose another name",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(secret(from_="existing", kubernetes_secret={"name": "s"})),
                csi(secret(from_="existing", kubernetes_secret={"name": "s"}), name="other"),
            ],
            **DRIVER,
        },
        "workloads[1].secrets[0].kubernetes_secret.name: another workload of the namespace has a Secret of this name; choose another name",
    ),
    case(
        "keys-of-a-secret-type",
        {
            "workloads": [
                csi(
                    secret(
                        from_="existing",
                        kubernetes_secret={"type": "kubernetes.io/ssh-auth", "key": "id_rsa"},
                    )
                )
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].kubernetes_secret.key: kubernetes.io/ssh-auth needs the key ssh-privatekey, and no object fills it; remove it, or list the object of that key too",
    ),
    case(
        "keys-of-a-secret-type",
        {
            "workloads": [
                csi(secret(from_="existing", kubernetes_secret={"type": "kubernetes.io/basic-auth"}))
            ],
            **DRIVER,
        },
        "workloads[0].secrets[0].kubernetes_secret.key: kubernetes.io/basic-auth needs the key username or password, and no object fills it; choose one of them (pulumi config set --path 'workloads[0].secrets[0].kubernetes_secret.key' password)",
    ),
    case(
        "kubernetes-secret-is-one",
        {
            "workloads": [
                csi(
                    secret(from_="existing", kubernetes_secret={"name": "shop-service-principal"}),
                    access="service-principal",
                    service_principal=PRINCIPAL,
                )
            ],
            **DRIVER,
            "secret-values:sp": "canary",
        },
        "workloads[0].secrets[0].kubernetes_secret.name: is the Secret with the service principal of workload 'shop'; choose another name",
        secret=("secret-values:sp",),
    ),
    case(
        "mounted-secret-has-a-file",
        {"workloads": [csi(secret(from_="existing", kubernetes_secret={"mount": True}))], **DRIVER},
        "workloads[0].secrets[0].file: missing for kubernetes_secret.mount; set the file (pulumi config set --path --plaintext 'workloads[0].secrets[0].file' db-password)",
    ),
    case(
        "kubernetes-secret-is-one",
        eso(
            DB,
            compose=[{"name": "db-password", "template": "{{ index . `x` }}{{ .y }}"}],
            find=[{"regexp": "a"}],
            scope="vault",
        ),
        "workloads[0].compose[0].kubernetes_secret.key: another object of the same Secret has this key; choose another key",
        "workloads[0].compose[0].file: another object has this file; choose another file",
    ),
    case(
        "secret-files-differ",
        eso(
            secret(from_="existing", file="db"),
            compose=[{"name": "x", "template": '{{ index . "db-password" }}', "file": "db/url"}],
        ),
        "workloads[0].compose[0].file: one object has this path as a file, another as a folder; choose another file",
    ),
    case(
        "secret-variables-differ",
        eso(
            secret(from_="existing", env="DB"),
            compose=[{"name": "x", "template": '{{ index . "db-password" }}', "env": "DB"}],
        ),
        "workloads[0].compose[0].env: another variable of the workload has the same name; choose another name",
    ),
    case(
        "keys-of-a-secret-type",
        eso(
            DB,
            compose=[
                {
                    "name": "pull",
                    "template": '{{ index . "db-password" }}',
                    "kubernetes_secret": {"name": "p", "key": "x", "type": "kubernetes.io/dockerconfigjson"},
                }
            ],
        ),
        "workloads[0].compose[0].kubernetes_secret.key: kubernetes.io/dockerconfigjson needs the key .dockerconfigjson, and no object fills it; remove it, or list the object of that key too",
    ),
    case(
        "mount-is-of-the-driver",
        eso(secret(from_="existing", file="db", kubernetes_secret={"mount": True})),
        "workloads[0].secrets[0].kubernetes_secret.mount: has no effect with technique eso, where every file comes from the Secret; remove it, and set file (pulumi config rm --path 'workloads[0].secrets[0].kubernetes_secret.mount')",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [csi(DB, {**DB, "vault": "payments"}, {**DB, "type": "key", "vault": "payments"})],
            **ON_THE_DRIVER,
        },
        "workloads[0].secrets[2].file: another object has this file; choose another file (pulumi config set --path --plaintext 'workloads[0].secrets[2].file' db-password-2)",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [
                csi(
                    {**DB, "file": "password", "kubernetes_secret": {"mount": True}},
                    {**CARD_KEY, "file": "password", "kubernetes_secret": {"mount": True}},
                )
            ],
            **ON_THE_DRIVER,
        },
        "workloads[0].secrets[1].file: another object has this file; choose another file (pulumi config set --path --plaintext 'workloads[0].secrets[1].file' card-key)",
    ),
    case(
        "secret-files-differ",
        {
            "workloads": [pod(technique="eso", secrets=[DB, {**DB, "vault": "payments"}])],
            "operators": {"external_secrets": {}},
            **VAULTS,
        },
        "workloads[0].secrets[1].file: another object has this file; choose another file (pulumi config set --path --plaintext 'workloads[0].secrets[1].file' db-password-2)",
    ),
    case(
        "property-makes-a-key",
        eso(secret(from_="existing", property="..password", env="DB_PASSWORD")),
        "workloads[0].secrets[0].property: is the key by default, and no key of a Kubernetes Secret is . or begins with ..; set kubernetes_secret.key",
    ),
]
