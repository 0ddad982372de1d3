"""The boards of the monitor: what it finds, whether it looks, and what it costs."""

from watchwright import Annotation, time
from watchwright.units import minutes

from ..._process import started
from .checks import checks_board
from .findings import findings_board
from .itself import itself_board

# A restart empties what it keeps, and begins all its counts anew
restart = Annotation(
    "Restart", time() - started < 2 * minutes, title="Restart of {instance}", color="purple", step="1m"
)

boards = [findings_board, checks_board, itself_board]
