"""compare.py A.pfm B.pfm: the largest difference of two depth maps; exit code 1 above 1e-4 of the largest depth."""
import sys

import numpy as np

BOUND = 1e-4


def read(path: str) -> np.ndarray:
    with open(path, "rb") as file:
        kind, size, scale = file.readline(), file.readline(), float(file.readline())
        columns, rows = map(int, size.split())
        assert kind.strip() == b"Pf", f"{path} is no PFM of one channel"
        return np.frombuffer(file.read(), "<f4" if scale < 0 else ">f4").reshape(rows, columns)


def main() -> None:
    a, b = read(sys.argv[1]), read(sys.argv[2])
    difference, largest = float(np.abs(a - b).max()), float(b.max())
    print(f"largest difference {difference:.2e} m at depths up to {largest:.2f} m")
    if not difference <= BOUND * largest:
        sys.exit(f"compare.py: {sys.argv[1]} and {sys.argv[2]} differ by {difference:.2e} m.")


if __name__ == "__main__":
    main()
