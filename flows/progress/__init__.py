"""How a run stands while it goes on: looked at, kept as plain values, told on the terminal."""
