"""The boards of x0tta6bl4. The first row of each says whether it is broken, since when, and where."""

from watchwright import Annotation

from ..metrics import model_info
from . import maintenance, models, promises, services

# A new version of a model explains much of what changes on any board
VERSION = ["model", "version"]
new_version = Annotation(
    "New version",
    model_info.max(by=VERSION).unless(model_info.offset("5m").max(by=VERSION)),
    title="{model} {version}",
    color="purple",
)

boards = [promises.board, services.board, models.board, maintenance.board]
