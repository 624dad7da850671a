"""The command line, `wrapped`: one module for each group of commands, and what they print."""
