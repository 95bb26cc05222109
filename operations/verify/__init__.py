"""Proof of the delivery on what runs: each link of the trust chain, in Azure, the vaults and the cluster.

What is expected is read from the stack's state (``trust``), never from its settings. No check repeats a
value: Secrets are reduced to key names and ages as soon as they are read, and vaults are asked for versions.
"""
