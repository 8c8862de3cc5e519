# { "Depends": "py-genlayer:1jb45aa8ynh2a9c9xn3b7qqh8sm5q93hwfp7jqmwsfhh8jpz09h6" }
import numpy as np
from genlayer import *


class Store(gl.Contract):
    vector: np.ndarray

    def __init__(self):
        pass
