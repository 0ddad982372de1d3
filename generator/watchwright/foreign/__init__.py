"""Rule files and dashboards that nobody defined here: read with the place of every character, and checked."""
