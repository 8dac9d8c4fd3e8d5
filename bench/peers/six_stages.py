"""six_stages.py OUT.safetensors: the default weights with the paper's six-stage funnel, for timing only: nobody trained them together.

Stage by stage of the same shapes: 1, 2, 4, 5, 7 and 8 of the nine.
"""
import re
import sys

import network
from golden import safetensors

FROM_NINE = {1: 1, 2: 2, 4: 3, 5: 4, 7: 5, 8: 6}


def main() -> None:
    values, _ = safetensors.read(network.WEIGHTS)
    six = {}
    for name, value in values.items():
        stage = re.match(r"(guid_conv|fuse_conv)(\d+)(.*)", name)
        if not stage:
            six[name] = value
        elif int(stage[2]) in FROM_NINE:
            six[f"{stage[1]}{FROM_NINE[int(stage[2])]}{stage[3]}"] = value
    safetensors.write(sys.argv[1], six)


if __name__ == "__main__":
    main()
