"""How the captures are made: a stand-in for the providers, a sink for what the libraries send, a driver a family."""
