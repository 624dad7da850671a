"""What any public text goes through: names without addresses, cut between letters."""
