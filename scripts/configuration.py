"""Prints docs/configuration.md from the settings themselves; a test compares."""

from sightline.settings import Settings


def page() -> str:
    """The page."""
    rows = [
        f"| `{name}` | `SIGHTLINE_{name.upper()}` | `{field.default}` | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    head = [
        "# Configuration",
        "",
        "Command line first, then the environment, then `sightline.toml` in the working directory. Sizes are bytes, times seconds.",
        "",
        "| option | variable | default | meaning |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    print(page(), end="")
