# { "Dependz": "py-genlayer:test" }
from genlayer import *
