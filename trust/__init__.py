"""The trust chain of a stack, read back from its resources.

``graph.py`` holds the resources of a rehearsal, a preview or a state (``sources/``); ``chain.py`` reads the
links of the chain from them; ``access.py`` answers who reads what, and who could. It is pure: it calls no
cloud, and knows neither the settings nor the program, so that it can contradict them.
"""

from trust.errors import TrustError
from trust.graph import Graph, Node
from trust.sources.preview import read_preview
from trust.sources.rehearsal import read_rehearsal
from trust.sources.state import read_state
from trust.values import SECRET, UNKNOWN

__all__ = [
    "SECRET",
    "UNKNOWN",
    "Graph",
    "Node",
    "TrustError",
    "read_preview",
    "read_rehearsal",
    "read_state",
]
