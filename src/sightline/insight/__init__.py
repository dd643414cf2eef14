"""What changed, and where to look first."""
