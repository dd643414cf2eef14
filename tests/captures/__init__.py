"""What real libraries sent, byte by byte; README.md tells how to read and renew it."""
