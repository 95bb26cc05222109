"""What a cluster leans on and does not have: the network that deploys to it, and the key that encrypts for it.

Asked before anything is made: half an hour into an update is late to hear that two networks overlap, and a key that goes takes the cluster
with it.
"""
