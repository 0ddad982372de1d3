"""What expressions mean, as far as the declared metrics tell: the labels, values, numbers and unit of every node."""
