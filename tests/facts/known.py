"""Where a payload says something else than the provider did, and why; the payload decides."""

KNOWN: dict[str, dict[str, str]] = {}
