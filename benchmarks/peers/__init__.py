"""Other systems on the same file: each a script that reads Parquet and prints its groups.

    python -m benchmarks.peers.NAME articles.parquet groups.npy

writes, for each article in input order, the number of its group (the lowest
article number in it), int64[n].  Each runs in a process of its own.
"""
