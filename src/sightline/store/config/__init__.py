"""The configuration half of the store: what people decide, in SQLite or PostgreSQL.

A table is a class in `tables.py`, a migration, and a module with its values and questions beside `budgets.py`.
"""
