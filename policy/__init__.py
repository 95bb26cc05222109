"""The policy pack: the proofs of ``trust/`` for real previews and updates, by ``--policy-pack policy``."""
