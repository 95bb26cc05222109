"""The keys of ``workloads[].secrets[]`` that say how a value reaches the pod. rules/techniques.py checks them
per technique.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from stacks.settings.model.metadata import AnnotationKey, LabelKey, LabelValue
from stacks.settings.model.section import Section
from stacks.settings.types import nearly
from stacks.settings.types.kubernetes import DNS_SUBDOMAIN, ENV_NAME, SECRET_KEY
from stacks.settings.validation.constraints import IntRange, Pattern

_PROVIDER = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/getting-started/usage/"

EnvName = Annotated[
    str,
    Pattern(
        "secret-environment-variable",
        ENV_NAME,
        is_a="name of an environment variable",
        remedy="use letters, digits, underscores, hyphens and full stops, no digit first",
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
        remedy=(
            "use letters, digits, hyphens, underscores and full stops, slashes between them, no .. and no"
            " slash at an end"
        ),
        example="db-password",
        source=_PROVIDER,
        shown=False,
    ),
]
MountPath = Annotated[
    str,
    Pattern(
        "mount-path",
        r"(?!.*/\.\.?(?:/|$))(?!/(?:bin|boot|etc|home|lib|lib64|root|run|sbin|tmp|usr|var)$)(?!/(?:dev|proc|sys|(?:var/)?run/secrets/(?:azure|kubernetes\.io))(?:/|$))(?!/(?:var/)?run/secrets$)"
        r"(?:/[A-Za-z0-9_.-]+)+",
        is_a="path for a mount",
        remedy=(
            "use an absolute path without a slash at the end, and no system folder, whose files the"
            " mount would hide"
        ),
        example="/mnt/secrets-store",
        mended=nearly.folder,
        source="https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/#volumemount-v1-core",
    ),
]
KubernetesSecretName = Annotated[
    str,
    Pattern(
        "kubernetes-secret-name",
        DNS_SUBDOMAIN,
        is_a="name of a Kubernetes Secret",
        remedy=(
            "use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end"
        ),
        example="shop-secrets",
        source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
        shown=False,
    ),
]
SecretKeyName = Annotated[
    str,
    Pattern(
        "kubernetes-secret-key",
        SECRET_KEY,
        is_a="key of a Kubernetes Secret",
        remedy=(
            "use letters, digits, hyphens, underscores and full stops, but not . alone and no .. at the"
            " beginning"
        ),
        example="password",
        source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
        shown=False,
    ),
]
KeptKey = Annotated[
    str,
    Pattern(
        "kept-key",
        rf"\*|{SECRET_KEY}(?:\.\*)?",
        is_a="key of a kept Secret",
        remedy="use a key, * for what find finds, or <name>.* for what extract delivers",
        example="db-password",
        source="docs/upgrading.md#names-of-kubernetes-secrets",
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
        example="0400",
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
    """File format of a certificate with its private key."""

    PEM = "pem"
    PFX = "pfx"


class SecretEncoding(StrEnum):
    """Encoding of the value in the vault. The driver decodes it."""

    UTF_8 = "utf-8"
    HEX = "hex"
    BASE64 = "base64"


class KubernetesSecretType(StrEnum):
    """Type of a Kubernetes Secret: https://kubernetes.io/docs/concepts/configuration/secret/#secret-types"""

    OPAQUE = "Opaque"
    TLS = "kubernetes.io/tls"
    BASIC_AUTH = "kubernetes.io/basic-auth"
    SSH_AUTH = "kubernetes.io/ssh-auth"
    DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"


ONLY_KEY = {
    KubernetesSecretType.SSH_AUTH: "ssh-privatekey",
    KubernetesSecretType.DOCKER_CONFIG_JSON: ".dockerconfigjson",
}
"""Type → the key without which Kubernetes refuses a Secret of that type. Others may stand beside it."""


class KubernetesSecretSettings(Section):
    """Name, key and type of the Kubernetes Secret that holds the value."""

    name: KubernetesSecretName | None = None
    """Name of the Secret; by default the workload's name, a suffix of the technique and, but for
    kubernetes-secret, the key.
    """
    key: SecretKeyName | None = None
    """Key in the Secret; by default the one that its type requires, else the object's name."""
    type: KubernetesSecretType = KubernetesSecretType.OPAQUE
    """Type of the Secret. kubernetes.io/tls has tls.crt and tls.key, of one certificate or two objects."""
    mode: FilePermission | None = None
    """Mode of the value's file that is mounted from the Secret, in octal, in quotes; "0644" by default. With
    `fs_group` Kubernetes lets its group read too.
    """
    labels: Mapping[LabelKey, LabelValue] = {}
    """Labels of the Secret, such as `argocd.argoproj.io/secret-type: repository`, for all values in it."""
    annotations: Mapping[AnnotationKey, str] = {}
    """Annotations of the Secret, for tools that watch Secrets, for all values in it."""
    mount: bool = False
    """With technique csi: mount `file` from the Secret as well, below `/mnt/kubernetes-secrets`. `fs_group`
    applies there.
    """


class RewriteSettings(Section):
    """A change of keys: every match of a regular expression is replaced."""

    source: str
    """Regular expression in Go's syntax."""
    target: str
    """Text in its place; `$1` or `${name}` stands for a group."""


class DeliveryTargetSettings(Section):
    """Places where a value arrives: the keys that vault objects and templated values share."""

    env: EnvName | None = None
    """Environment variable that holds the value."""
    file: FilePath | None = None
    """File that holds the value, relative to `mount_path`."""
    kubernetes_secret: KubernetesSecretSettings | None = None
    """The Kubernetes Secret that holds the value, with techniques that make one."""


class DeliverySettings(DeliveryTargetSettings):
    """How a vault object reaches the pod."""

    version: ObjectVersion | None = None
    """Version of the object in the vault; the latest by default."""
    version_history: VersionHistory | None = None
    """Number of versions that are mounted, 2 to 100, each as a file. File 0 is the latest."""
    format: SecretFormat | None = None
    """File format of a certificate with its private key; pem by default."""
    encoding: SecretEncoding | None = None
    """Encoding of the value in the vault; utf-8 by default."""
    permission: FilePermission | None = None
    """Mode of the file in octal, in quotes; "0644" by default."""
    property: JsonProperty | None = None
    """Deliver one property of a JSON secret, by its path: `database.password`."""
    extract: bool = False
    """Deliver every property of a JSON secret, each as a key of the Kubernetes Secret."""
    env_from: bool = False
    """With `extract`: deliver every property as an environment variable of its name, too."""
    rewrite: tuple[RewriteSettings, ...] = ()
    """With `extract`: changes of the properties' names, one after the other."""
    variable_names: bool = False
    """With `extract`: make names of variables of the properties' names: `db-url` becomes `DB_URL`."""
