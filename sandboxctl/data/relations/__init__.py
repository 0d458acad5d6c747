"""What connects tables: rows for rows of another one, keys, references, histories."""
