"""The boards of CMR. The first row of each says whether it is broken, since when, and where."""

from .errors import errors
from .layers import layers
from .monitor import monitor
from .overview import overview
from .resources import resources
from .trends import trends

boards = [overview, trends, resources, errors, layers, monitor]
