"""Nouns: the ComponentResources of the trust chain. They never read config and never import ``stacks``."""
