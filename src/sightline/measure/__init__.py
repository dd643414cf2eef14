"""What is measured of requests and calls: money, latency, reliability."""
