"""One line of CSV now and then, and a picture of all of them."""
import csv
import os
from typing import Dict


class Log:
    """Appends rows to a CSV file; the columns are those of the first row."""

    def __init__(self, path: str):
        self.path = path

    def add(self, row: Dict[str, float]) -> None:
        new = not os.path.exists(self.path)
        with open(self.path, "a", newline="") as file:
            writer = csv.DictWriter(file, list(row))
            if new:
                writer.writeheader()
            writer.writerow({name: f"{value:.6g}" for name, value in row.items()})


def plot(path: str, picture: str) -> None:
    """Losses and validation error over the minutes, as PNG; nothing but a word without Matplotlib."""
    try:
        import matplotlib
    except ImportError:
        print(f"{picture} is not drawn: there is no Matplotlib.")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot
    with open(path, newline="") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    figure, axes = pyplot.subplots(1, 2, figsize=(11, 4))
    minutes = [row["minutes"] for row in rows]
    for name in ("dense", "global", "local", "gradient"):
        axes[0].plot(minutes, [row[name] for row in rows], label=name)
    axes[0].set(xlabel="minutes", ylabel="loss", yscale="log")
    axes[0].legend()
    known = [row for row in rows if row["rmae"] == row["rmae"]]
    axes[1].plot([row["minutes"] for row in known], [row["rmae"] for row in known])
    axes[1].set(xlabel="minutes", ylabel="validation RMAE of the averaged weights", yscale="log")
    figure.tight_layout()
    figure.savefig(picture, dpi=100)
