"""The rows of the table. Each module has `rows() -> list[Row]`; benchmarks/__main__.py knows their order."""
