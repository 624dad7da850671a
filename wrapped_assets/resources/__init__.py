"""What the graph talks to: the landing store, the regional databases, the warehouse. Nothing here imports assets."""
