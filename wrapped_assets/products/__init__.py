"""The products: what a subject is, what its year means, and its synthetic source."""
