"""The NASA web server's log of July 1995 through the whole graph, compared with what others counted in it."""
