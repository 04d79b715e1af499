"""Results to disk: Parquet tables, the rows that stay, rejects and the summary."""
