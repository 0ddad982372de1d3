"""Write promtool's verdicts anew into the corpus: python tests/query/corpus/record.py PROMTOOL_2.42 PROMTOOL_3.14."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from judge import verdicts  # found through the line above
from test_corpus import CORPUS, FLAGS, escaped, read


def record(path: Path, old: Path, new: Path) -> None:
    expressions = [case.expression for case in read(path)]
    columns = (verdicts(old, expressions), verdicts(new, expressions), verdicts(new, expressions, FLAGS))
    rows = zip(*columns, map(escaped, expressions), strict=True)
    path.write_text(
        "#2.42\t3.14\tflags\texpression\n" + "".join("\t".join(row) + "\n" for row in rows), encoding="utf-8"
    )


if __name__ == "__main__":
    for table in sorted(CORPUS.glob("*.tsv")):
        record(table, Path(sys.argv[1]), Path(sys.argv[2]))
