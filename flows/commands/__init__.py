"""What the commands do, and what they print; `flows.cli` reads their options."""
