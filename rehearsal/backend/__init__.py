"""The other content of a state folder's backend, besides the rehearsed stack."""
