"""One use case per file: ports in, results out."""
