from dataclasses import dataclass

from genlayer import *


@allow_storage
@dataclass
class Entry:
    id: u32
    name: str
