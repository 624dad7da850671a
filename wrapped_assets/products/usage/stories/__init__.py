"""The stories of a customer's year, one a module."""
