"""What a run knows while it goes on: of each node and its rows, of digests and references, and why they miss.

Nothing here computes a result, writes for people or knows Dask; `flows.runner` drives it.
"""
