"""Configuration, people, keys and rules: comes with the issue that needs it."""
