"""Shards that appear while a run goes on: another program renders them, a thread here reads each into memory and deletes it."""
import queue
import shutil
import threading
import time
import zlib
from typing import List, Optional, Tuple

import numpy as np

from .shards import Shard, below

#: rgb, depth and spots of a shard, as it stores them.
Arrays = Tuple[np.ndarray, np.ndarray, np.ndarray]

#: Shards that wait in memory to be taken.
WAITING = 2


class Arriving:
    def __init__(self, folders: List[str], rank: int = 0, processes: int = 1):
        """Of several processes each takes shards of its own, by their names."""
        self.folders, self.rank, self.processes = folders, rank, processes
        self.read: "queue.Queue[Arrays]" = queue.Queue(WAITING)
        threading.Thread(target=self.work, daemon=True).start()

    def work(self) -> None:
        done = set()
        while True:
            for path in below(self.folders):
                if zlib.crc32(path.encode()) % self.processes != self.rank or path in done:
                    continue
                try:
                    shard = Shard(path)
                    arrays = tuple(np.array(a) for a in (shard.rgb, shard.depth, shard.spots))
                except (OSError, ValueError) as error:
                    print(f"A shard is left out: {path}: {error}", flush=True)
                    done.add(path)
                    continue
                self.read.put(arrays)
                shutil.rmtree(path, ignore_errors=True)
                done.add(path)  # where it could not be deleted, it is not read again
            time.sleep(0.2)

    def take(self, wait: bool = False) -> Optional[Arrays]:
        """A shard, if one has been read; with `wait` as soon as one has."""
        try:
            return self.read.get(wait)
        except queue.Empty:
            return None
