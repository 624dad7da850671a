"""What slides and cards of every product are made of: words, numbers, markup, shapes and type. Knows no document."""
