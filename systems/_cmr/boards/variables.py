"""What a board of CMR looks at: some models, and some of their layers."""

from watchwright import LabelVariable

from ..metrics import captures, layer, requests

instance = LabelVariable("instance", requests, label="instance", title="Model on")
chosen_layer = LabelVariable("layer", captures, label=layer, title="Layer")

HERE = {"instance": instance}
THERE = {"instance": instance, "layer": chosen_layer}
