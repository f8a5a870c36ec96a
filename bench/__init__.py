"""Speed as ratios to named baselines that are measured in the same run. `make bench` writes docs/bench.md."""
