"""Where tables go: files and databases, each made of the same batches."""
