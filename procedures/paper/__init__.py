"""Sheets for a page in the admin and for paper: what they are made of, and how they are set as PDF/A."""
