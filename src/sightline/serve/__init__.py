"""The house's doors: the HTTP API, OTLP, the screens, and what starts and stops them."""
