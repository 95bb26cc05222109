"""Hand-over to GitOps: what a pod that another tool deploys has to carry, as files for that tool.

Owns: the files, from the outputs of a stack. Deliberately not here: what the outputs hold
(stacks/outputs/access.py), and the objects that the pods use, which the program makes.
"""
