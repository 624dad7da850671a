"""What the pipeline costs, as ratios taken in one interleaved run. See benchmarks/README.md."""
