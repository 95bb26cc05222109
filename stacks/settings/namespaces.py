"""Section ``namespaces``: those of the workloads' namespaces of which there is something to say."""

from collections.abc import Iterator

from components.namespace import PodSecurityLevel
from stacks.settings.names import DnsLabel
from stacks.settings.rules import Found, Section, rule

_ADMISSION = "https://kubernetes.io/docs/concepts/security/pod-security-admission/"


class NamespaceSettings(Section):
    """A namespace that workloads name."""

    name: DnsLabel
    """What workloads write at `namespace`."""
    existing: bool = False
    """It is there already: the program neither makes nor labels it."""
    release: bool = False
    """It outlives its place in the list: said before it is handed over to somebody else."""
    enforce: PodSecurityLevel = PodSecurityLevel.BASELINE
    """Pods that do not keep to this Pod Security Standard are refused."""
    warn: PodSecurityLevel = PodSecurityLevel.RESTRICTED
    """Whoever deploys pods that do not keep to this one is told."""
    isolated: bool = False
    """Its pods talk to nobody and nobody to them, but for what their technique needs and on the ports of their Services."""


@rule("existing-namespace-keeps-its-labels", NamespaceSettings, source=_ADMISSION)
def existing_namespaces_keep_their_labels(namespace: NamespaceSettings) -> Iterator[Found]:
    """What the program does not make, it does not label."""
    for key in ("release", "enforce", "warn", "isolated"):
        if namespace.existing and key in namespace.model_fields_set:
            yield Found(
                (key,), "the program neither makes nor labels a namespace that is existing", "take it out, or label it there", remove=True
            )
