"""The keys of ``workloads[].secrets[]`` that say how a value arrives in the pod; which of them a technique can do, delivery.py asks."""

from enum import StrEnum
from typing import Annotated

from stacks.settings.model.section import Section
from stacks.settings.types.kubernetes import DNS_SUBDOMAIN
from stacks.settings.validation.constraints import IntRange, Pattern

_PROVIDER = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/"

EnvName = Annotated[
    str,
    Pattern(
        "secret-environment-variable",
        r"[A-Za-z_][A-Za-z0-9_]*",
        is_a="name of an environment variable",
        remedy="use letters, digits and underscores, no digit first",
        example="DB_PASSWORD",
        source="https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/",
        shown=False,
    ),
]
FilePath = Annotated[
    str,
    Pattern(
        "secret-file",
        r"(?!.*\.\.)(?!\.(?:/|$))(?!.*/\.(?:/|$))[A-Za-z0-9_.-]{1,255}(?:/[A-Za-z0-9_.-]{1,255})*",
        is_a="path below the mount",
        remedy="use letters, digits, hyphens, underscores and full stops, slashes between them, no .. and no slash at an end",
        example="db-password",
        source=_PROVIDER,
        shown=False,
    ),
]
KubernetesSecretName = Annotated[
    str,
    Pattern(
        "kubernetes-secret-name",
        DNS_SUBDOMAIN,
        is_a="name of a Kubernetes Secret",
        remedy="use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end",
        example="shop-secrets",
        source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
        shown=False,
    ),
]
SecretKeyName = Annotated[
    str,
    Pattern(
        "kubernetes-secret-key",
        r"[-._a-zA-Z0-9]{1,253}",
        is_a="key of a Kubernetes Secret",
        remedy="use letters, digits, hyphens, underscores and full stops",
        example="password",
        source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
        shown=False,
    ),
]
ObjectVersion = Annotated[
    str,
    Pattern(
        "vault-object-version",
        r"[0-9a-f]{32}",
        is_a="version",
        remedy="use the 32 hexadecimal digits that `az keyvault secret list-versions` prints",
        example=None,
        source="https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers",
        shown=False,
    ),
]
VersionHistory = Annotated[int, IntRange("version-history", 2, 100, unit="versions", source=_PROVIDER)]
FilePermission = Annotated[
    str,
    Pattern(
        "file-permission",
        r"0?[0-7]{3}",
        is_a="file mode",
        remedy="use three octal digits, in quotes",
        example="'\"0400\"'",
        source=_PROVIDER,
        shown=False,
    ),
]


JsonProperty = Annotated[
    str,
    Pattern(
        "json-property",
        r"[^\s]{1,253}",
        is_a="path of a JSON property",
        remedy="write names with full stops between them, without spaces",
        example="database.password",
        source="https://external-secrets.io/latest/guides/all-keys-one-secret/",
        shown=False,
    ),
]


class SecretFormat(StrEnum):
    """How the driver writes a certificate with its private key."""

    PEM = "pem"
    PFX = "pfx"


class SecretEncoding(StrEnum):
    """How the value stands in the vault, so that the driver writes what it means."""

    UTF_8 = "utf-8"
    HEX = "hex"
    BASE64 = "base64"


class KubernetesSecretType(StrEnum):
    """https://kubernetes.io/docs/concepts/configuration/secret/#secret-types"""

    OPAQUE = "Opaque"
    TLS = "kubernetes.io/tls"
    BASIC_AUTH = "kubernetes.io/basic-auth"
    SSH_AUTH = "kubernetes.io/ssh-auth"
    DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"


ONLY_KEY = {
    KubernetesSecretType.SSH_AUTH: "ssh-privatekey",
    KubernetesSecretType.DOCKER_CONFIG_JSON: ".dockerconfigjson",
}
"""Types whose Secrets Kubernetes refuses without this key."""


class KubernetesSecretSettings(Section):
    """Where in a Kubernetes Secret the value stands."""

    name: KubernetesSecretName | None = None
    """Name of the Secret; the workload's name with a word behind it if not given."""
    key: SecretKeyName | None = None
    """Key in it; the one that its type wants, else the object's name if not given."""
    type: KubernetesSecretType = KubernetesSecretType.OPAQUE
    """kubernetes.io/tls makes tls.crt and tls.key of one certificate."""
    mount: bool = False
    """With `csi`: its `file` also stands below `/mnt/kubernetes-secrets`, from the Secret, where `fsGroup` holds."""


class DeliveryTargetSettings(Section):
    """Where a value stands: what objects of the vault and composed values share."""

    env: EnvName | None = None
    """Environment variable with the value."""
    file: FilePath | None = None
    """File with the value, below `mount_path`."""
    kubernetes_secret: KubernetesSecretSettings | None = None
    """Name, key and type of the Kubernetes Secret that holds it, where the technique makes one."""


class DeliverySettings(DeliveryTargetSettings):
    """How a value arrives in the pod."""

    version: ObjectVersion | None = None
    """Version in the vault; the newest if not given."""
    version_history: VersionHistory | None = None
    """How many older versions are mounted besides the newest, each a file; the newest is 0."""
    format: SecretFormat | None = None
    """How a certificate with its private key is written; pem if not given."""
    encoding: SecretEncoding | None = None
    """How the value stands in the vault; utf-8 if not given."""
    permission: FilePermission | None = None
    """Mode of the file, octal, in quotes; "0644" if not given."""
    property: JsonProperty | None = None
    """Of a secret that is JSON: the property that is wanted, by its path."""
    extract: bool = False
    """Of a secret that is JSON: every property, each as a key of the Kubernetes Secret."""
    env_from: bool = False
    """With `extract`: every property is an environment variable too, by its own name."""
