"""Azure Resource Manager over a simulated world: reads of everything that it holds, and of the subscription.

`endpoint.py` judges a request, and files beside it answer by service; each registers its routes (routes.py).
Writes are the simulated provider's business, except the few that no provider makes: an operation on deleted
vaults.
"""
