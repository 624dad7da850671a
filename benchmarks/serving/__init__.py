"""What an answer costs: `python -m benchmarks.serving`."""
