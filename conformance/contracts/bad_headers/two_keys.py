# { "Depends": "py-genlayer:test", "More": 1 }
from genlayer import *
