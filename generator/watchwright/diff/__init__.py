"""What a change of the definitions means: two states, compared part by part, for whoever reviews it."""
