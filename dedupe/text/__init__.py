"""Text to sketches: normalise, tokens, shingles, signatures, fingerprints, term counts."""
