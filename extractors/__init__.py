"""Bytes and text in, typed records out. Knows neither Prefect nor DuckDB."""
