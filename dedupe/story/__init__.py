"""Pairs to stories: join the copies, guard against chains, choose the original."""
