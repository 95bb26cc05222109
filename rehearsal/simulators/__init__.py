"""Simulated Azure, Kubernetes and Random providers over Pulumi's own provider protocol, in a process of their
own.

The simulators do not import the program, and the program does not import them.
"""
