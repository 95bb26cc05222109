"""Names of Kubernetes objects."""

from typing import Annotated

from stacks.settings.validation.constraints import Pattern

DNS_SUBDOMAIN = r"(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"

DNS_LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"
LABEL_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?"

# A name of at most 63 characters, with or without a DNS subdomain and a slash before it.
QUALIFIED_NAME = (
    r"(?:(?=[-a-z0-9.]{1,253}/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?"
    r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
)

# IsConfigMapKey of apimachinery's validation.go, for the keys of ConfigMaps and Secrets.
SECRET_KEY = r"(?!\.$)(?!\.\.)[-._a-zA-Z0-9]{1,253}"

# IsEnvVarName of apimachinery's validation.go: a C identifier, or one with hyphens and full stops.
ENV_NAME = r"(?!\.\.?$)(?!\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*"

DnsLabel = Annotated[
    str,
    Pattern(
        "kubernetes-label-name",
        DNS_LABEL,
        is_a="Kubernetes name",
        remedy="use 1 to 63 lower-case letters, digits and hyphens, a letter or digit first and last",
        example="podinfo",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names",
        hyphenated=True,
    ),
]

DnsSubdomain = Annotated[
    str,
    Pattern(
        "kubernetes-subdomain-name",
        DNS_SUBDOMAIN,
        is_a="ServiceAccount name",
        remedy=(
            "use 1 to 253 lower-case letters, digits, hyphens and full stops, a letter or digit at each end"
        ),
        example="podinfo",
        source="https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names",
        hyphenated=True,
    ),
]
