"""The page a customer opens and shares, from a story: HTML, its style, its scripts and its headers, all as pure functions."""
