"""What starts runs: new landing files, stale partitions, and the clock. Each decides, none does the work."""
