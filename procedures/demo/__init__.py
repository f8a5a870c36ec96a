"""The demo: people with known passwords, and a ward of cases that are worth looking at. Nobody else needs it."""
