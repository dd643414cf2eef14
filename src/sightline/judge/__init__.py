"""Evaluators and the worker that runs them."""
