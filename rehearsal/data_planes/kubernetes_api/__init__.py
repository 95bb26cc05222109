"""The Kubernetes API of every simulated cluster, at the cluster's own host name.

`endpoint.py` judges a request (users.py) and answers reads; `actions.py` has the few writes. Objects come
from the simulated cluster, and get here what it leaves out (objects.py, pods.py): statuses of the kubelet and
of Kubernetes' own controllers, times, values that stand for hashes.
"""
