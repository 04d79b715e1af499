"""Sketches to pairs: three indexes, exact overlap, TF-IDF, and what each pair is."""
