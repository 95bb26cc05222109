"""A real cluster without nodes: kube-apiserver, kube-controller-manager and etcd on this machine.

`server.py` starts and ends one, `client.py` talks to it. Not here: how it takes part in a rehearsal.
"""
