"""Landing: what its keys mean, and the store that lists, brings and adds its files, in a folder or a bucket."""
