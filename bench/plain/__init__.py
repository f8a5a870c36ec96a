"""The plain baseline: a minimal Django project with one model row per answer and nothing of Bedside."""
