"""The benchmark: a small run of it with every test run, and `publish`, which writes the README's table and plot."""
