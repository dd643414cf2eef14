"""The command, `sightline` or `python -m sightline`: `run` needs the SDK alone, everything else the server."""

import sys


def main() -> None:
    """Entry point."""
    if sys.argv[1:2] == ["run"]:
        from sightline.sdk._run import main as run

        sys.exit(run(sys.argv[2:]))
    try:
        from sightline.cli import main as command
    except ImportError as error:
        sys.exit(f"sightline: this command needs the server, which is not installed ({error}): pip install 'sightline[server]'")
    command()


if __name__ == "__main__":
    main()
