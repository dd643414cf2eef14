"""What an application imports: OpenTelemetry packages only."""
