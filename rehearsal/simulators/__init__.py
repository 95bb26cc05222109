"""Simulated Azure, Kubernetes and Random providers over Pulumi's own provider protocol, in a process of their own.

They never import the program, and the program never imports them.
"""
