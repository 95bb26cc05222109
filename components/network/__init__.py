"""The nodes' virtual network and their egress."""
