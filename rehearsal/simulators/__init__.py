"""Simulated Azure, Kubernetes and Random providers over Pulumi's provider protocol, in a separate process.

The simulators do not import the program, and the program does not import them.
"""
