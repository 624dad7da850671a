"""How requests are answered: routes, authentication, limits, problems, the server and its application."""
