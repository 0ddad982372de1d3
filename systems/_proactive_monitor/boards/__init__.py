"""The boards of the monitor: what it finds, whether it looks, and what it costs."""

from .checks import checks_board
from .findings import findings_board
from .itself import itself_board

boards = [findings_board, checks_board, itself_board]
