"""What text goes through on its way to people: names without addresses, cut between letters; the terminal."""
