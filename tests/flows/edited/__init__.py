"""A small project whose lines name their own edits; see `edited_project`."""
