"""`python -m sightline` is the command."""

from sightline.cli import main

main()
