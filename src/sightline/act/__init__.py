"""What follows from what was measured: alerts and notifications."""
