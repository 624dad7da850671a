"""A document put into words, one function a moment."""
