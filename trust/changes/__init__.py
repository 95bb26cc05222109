"""What a change does: who gains and loses access, which locks it loosens, what happens to resources."""
