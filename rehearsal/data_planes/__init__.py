"""The servers that clients of Azure and Kubernetes meet in a rehearsal: the real protocols over a simulated
world.

`planes.py` starts them: a proxy that ends TLS, and behind it one endpoint per host. An endpoint is a function
from a request to an answer (web.py). It reads and writes the world that the simulated providers serve, and it
answers in the words of Azure, Entra, Key Vault and Kubernetes, each cited. Real secret values are never here:
the world holds their hashes, and made-up values stand for them (values.py).
"""
