"""The boards of CMR. The first row of each says whether it is broken, since when, and where."""

from . import errors, layers, monitor, overview, resources, trends

boards = [each.board for each in (overview, trends, resources, errors, layers, monitor)]
