"""Tasks that do nothing, as in flat.ts. Argument: how many."""
import sys

from jug import TaskGenerator


@TaskGenerator
def same(n):
    return n


tasks = [same(n) for n in range(int(sys.argv[1]))]
