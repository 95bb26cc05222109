"""Section ``namespaces``: those of the workloads' namespaces of which there is something to say."""

from components.namespace import PodSecurityLevel
from stacks.settings.model.section import Section
from stacks.settings.types.kubernetes import DnsLabel


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
