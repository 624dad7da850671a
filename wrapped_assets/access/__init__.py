"""Who may see what: grants, tokens and the registry that keeps them."""
